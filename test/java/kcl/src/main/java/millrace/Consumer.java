package millrace;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.MetricsLevel;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * The Kinesis Client Library at work on a stream whose shards are split, merged and scaled while
 * it is written: two workers that share leases in a table, by polling or by enhanced fan-out.
 *
 * <p>Usage: Consumer ENDPOINT polling|fan-out RECORDS_PER_KEY. Exits with 0 when every record came
 * in the order of its key.
 */
public final class Consumer implements ShardRecordProcessor {
    private static final int WORKERS = 2;
    private static final long PATIENCE_MS = 120_000;

    private final Ledger ledger;
    private String shard;

    private Consumer(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void initialize(InitializationInput input) {
        shard = input.shardId();
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        input.records().forEach(record ->
                ledger.take(shard, StandardCharsets.UTF_8.decode(record.data()).toString()));
        checkpoint(input.checkpointer());
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
        // Whoever has the lease now goes on from the last checkpoint.
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
        checkpoint(input.checkpointer());
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        checkpoint(input.checkpointer());
    }

    private static void checkpoint(RecordProcessorCheckpointer checkpointer) {
        try {
            checkpointer.checkpoint();
        } catch (ShutdownException | InvalidStateException cause) {
            // The lease has moved: the records come again, elsewhere.
        }
    }

    public static void main(String[] arguments) {
        try {
            System.exit(run(arguments) ? 0 : 1);
        } catch (Exception cause) {
            cause.printStackTrace();
            System.exit(1);
        }
    }

    private static boolean run(String[] arguments) throws Exception {
        URI endpoint = URI.create(arguments[0]);
        String manner = arguments[1];
        int perKey = Integer.parseInt(arguments[2]);
        String stream = "kcl-" + manner;
        KinesisAsyncClient kinesis = local(KinesisAsyncClient.builder(), endpoint)
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .protocol(manner.equals("fan-out") ? Protocol.HTTP2 : Protocol.HTTP1_1))
                .build();
        Traffic traffic = new Traffic(kinesis, stream, perKey);
        kinesis.createStream(made -> made.streamName(stream).shardCount(2)).get();
        traffic.awaitActive();

        Ledger ledger = new Ledger();
        List<Scheduler> workers = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            Scheduler scheduler = worker(endpoint, kinesis, stream, manner, "worker-" + worker, ledger);
            workers.add(scheduler);
            Thread thread = new Thread(scheduler);
            thread.setDaemon(true);
            thread.start();
        }
        traffic.run();
        long giveUpAt = System.currentTimeMillis() + PATIENCE_MS;
        while (ledger.seen() < traffic.total() && System.currentTimeMillis() < giveUpAt) {
            Thread.sleep(200);
        }
        for (Scheduler worker : workers) worker.startGracefulShutdown().get(60, TimeUnit.SECONDS);
        ledger.faults().stream().limit(10).forEach(System.err::println);
        System.out.println("KCL, " + manner + ": " + ledger.summary());
        return ledger.seen() == traffic.total() && ledger.faults().isEmpty();
    }

    private static Scheduler worker(URI endpoint, KinesisAsyncClient kinesis, String stream,
            String manner, String name, Ledger ledger) {
        InitialPositionInStreamExtended oldest = InitialPositionInStreamExtended
                .newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        ConfigsBuilder configs = new ConfigsBuilder(new SingleStreamTracker(stream, oldest), stream,
                kinesis, local(DynamoDbAsyncClient.builder(), endpoint).build(),
                local(CloudWatchAsyncClient.builder(), endpoint).build(), name,
                () -> new Consumer(ledger));
        var retrieval = configs.retrievalConfig();
        if (manner.equals("polling")) {
            retrieval.retrievalSpecificConfig(
                    new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(200));
        }
        var leases = configs.leaseManagementConfig().failoverTimeMillis(2_000)
                .shardSyncIntervalMillis(1_000);
        // A worker gets no lease before it has said once how busy it is.
        leases.workerUtilizationAwareAssignmentConfig()
                .inMemoryWorkerMetricsCaptureFrequencyMillis(500)
                .workerMetricsReporterFreqInMillis(1_000);
        return new Scheduler(configs.checkpointConfig(),
                configs.coordinatorConfig().parentShardPollIntervalMillis(500),
                leases,
                configs.lifecycleConfig(),
                configs.metricsConfig().metricsLevel(MetricsLevel.NONE)
                        .metricsFactory(new NullMetricsFactory()),
                configs.processorConfig(), retrieval);
    }

    private static <B extends AwsClientBuilder<B, ?>> B local(B builder, URI endpoint) {
        var credentials = AwsBasicCredentials.create("test", "test");
        return builder.endpointOverride(endpoint).region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(credentials));
    }
}
