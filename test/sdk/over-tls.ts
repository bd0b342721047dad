/**
 * A program of its own that uses the AWS SDK for JavaScript over TLS, as users do: it trusts the
 * server by NODE_EXTRA_CA_CERTS, which Node reads once, when it starts. Its argument is the
 * server's address; it prints what it has seen as JSON.
 */
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordCommand,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
} from '@aws-sdk/client-kinesis';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

const options = {
  endpoint: process.argv[2] ?? '',
  region: 'eu-west-1',
  credentials: { accessKeyId: '111122223333', secretAccessKey: 'test' },
  maxAttempts: 1,
};

async function queue(): Promise<object> {
  const sqs = new SQSClient(options);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'sent over TLS' }));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  return { QueueUrl, body: Messages[0]?.Body };
}

async function table(): Promise<object> {
  const dynamodb = new DynamoDBClient(options);
  const TableName = 'orders';
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: '1' }, n: { N: '42' } } }));
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: '1' } } }));
  return { item: Item };
}

/** SubscribeToShard is a stream of events over HTTP/2. */
async function stream(): Promise<object> {
  const kinesis = new KinesisClient(options);
  const StreamName = 'clicks';
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  const { StreamDescriptionSummary } = await kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName }),
  );
  const StreamARN = StreamDescriptionSummary?.StreamARN;
  const { Consumer } = await kinesis.send(
    new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }),
  );
  const Data = Buffer.from('clicked');
  await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: 'p', Data }));
  const { EventStream = [] } = await kinesis.send(
    new SubscribeToShardCommand({
      ConsumerARN: Consumer?.ConsumerARN,
      ShardId: 'shardId-000000000000',
      StartingPosition: { Type: 'TRIM_HORIZON' },
    }),
  );
  for await (const { SubscribeToShardEvent } of EventStream) {
    const [record] = SubscribeToShardEvent?.Records ?? [];
    if (record) return { record: Buffer.from(record.Data ?? []).toString() };
  }
  return {};
}

process.stdout.write(
  JSON.stringify({ ...(await queue()), ...(await table()), ...(await stream()) }),
);
process.exit();
