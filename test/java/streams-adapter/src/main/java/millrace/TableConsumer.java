package millrace;

import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBStreams;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBStreamsClientBuilder;
import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsWorkerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.RecordAdapter;
import com.amazonaws.services.kinesis.clientlibrary.exceptions.InvalidStateException;
import com.amazonaws.services.kinesis.clientlibrary.exceptions.ShutdownException;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.IRecordProcessorCheckpointer;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.v2.IRecordProcessor;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.InitialPositionInStream;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.KinesisClientLibConfiguration;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.ShutdownReason;
import com.amazonaws.services.kinesis.clientlibrary.types.InitializationInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ProcessRecordsInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ShutdownInput;
import com.amazonaws.services.kinesis.metrics.impl.NullMetricsFactory;
import com.amazonaws.services.kinesis.model.Record;
import java.util.concurrent.Executors;

/**
 * The Kinesis Client Library on the stream of a table, through its DynamoDB Streams adapter. Writes
 * a line for each shard that begins or ends and for each record.
 *
 * <p>Usage: TableConsumer ENDPOINT STREAM_ARN. Ends when it is killed.
 */
public final class TableConsumer implements IRecordProcessor {
    private String shard;

    @Override
    public void initialize(InitializationInput input) {
        shard = input.getShardId();
        System.out.println("begin " + shard);
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        for (Record record : input.getRecords()) {
            var change = ((RecordAdapter) record).getInternalObject();
            System.out.println("record " + change.getDynamodb().getKeys().get("id").getS());
        }
        checkpoint(input.getCheckpointer());
    }

    @Override
    public void shutdown(ShutdownInput input) {
        System.out.println("end " + shard);
        if (input.getShutdownReason() == ShutdownReason.TERMINATE) {
            checkpoint(input.getCheckpointer());
        }
    }

    private static void checkpoint(IRecordProcessorCheckpointer checkpointer) {
        try {
            checkpointer.checkpoint();
        } catch (InvalidStateException | ShutdownException cause) {
            throw new IllegalStateException(cause);
        }
    }

    public static void main(String[] given) {
        var endpoint = new EndpointConfiguration(given[0], "us-east-1");
        AWSCredentialsProvider credentials =
                new AWSStaticCredentialsProvider(new BasicAWSCredentials("000000000000", "test"));
        AmazonDynamoDB tables = AmazonDynamoDBClientBuilder.standard()
                .withEndpointConfiguration(endpoint)
                .withCredentials(credentials)
                .build();
        AmazonDynamoDBStreams streams = AmazonDynamoDBStreamsClientBuilder.standard()
                .withEndpointConfiguration(endpoint)
                .withCredentials(credentials)
                .build();
        var configuration = new KinesisClientLibConfiguration("leases", given[1], credentials, "worker")
                .withInitialPositionInStream(InitialPositionInStream.TRIM_HORIZON)
                .withIdleTimeBetweenReadsInMillis(200)
                .withParentShardPollIntervalMillis(500)
                .withShardSyncIntervalMillis(1_000);
        StreamsWorkerFactory.createDynamoDbStreamsWorker(
                        TableConsumer::new,
                        configuration,
                        new AmazonDynamoDBStreamsAdapterClient(streams),
                        tables,
                        new NullMetricsFactory(),
                        Executors.newCachedThreadPool())
                .run();
    }
}
