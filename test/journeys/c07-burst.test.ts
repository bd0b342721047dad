/**
 * C-07: progress is added up in a table whose stream tells what it is worth. However often
 * events come, totals are exact, and each milestone is told of once. The burst and its rules are
 * those of the example.
 */
import type { DynamoDBStreamEvent, SQSEvent, SQSRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { badgesFor, makeBurst } from '../../examples/c07-burst/burst.ts';
import { milestonesOf, readProgress } from '../../examples/c07-burst/progress.ts';
import { SdkFailure, type Suite, startSuite } from '../sdk/suite.ts';
import { openQueue, type Queue } from '../services/events/receivers.ts';

const PARTIAL = { FunctionResponseTypes: ['ReportBatchItemFailures' as const] };
const FROM_START = { StartingPosition: 'TRIM_HORIZON' } as const;

async function aTable(aws: Suite, TableName: string, names: readonly string[]): Promise<string> {
  const { TableDescription } = await aws.call('dynamodb', 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names.map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    KeySchema: names.map((AttributeName, place) => ({
      AttributeName,
      KeyType: place === 0 ? ('HASH' as const) : ('RANGE' as const),
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  return TableDescription?.LatestStreamArn ?? '';
}

/** Does it unless a condition says that it was done. Who meets another transaction tries again. */
async function once(write: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (cause) {
      if (!(cause instanceof SdkFailure)) throw cause;
      const { code, message } = cause;
      if (code === 'ConditionalCheckFailedException') return;
      if (code !== 'TransactionCanceledException') throw cause;
      if (message.includes('ConditionalCheckFailed')) return;
    }
  }
}

/** Messages that `work` throws for come again. */
const each =
  (work: (record: SQSRecord) => Promise<unknown>) =>
  async ({ Records }: SQSEvent) => {
    const failed: { itemIdentifier: string }[] = [];
    for (const record of Records) {
      await work(record).catch(() => failed.push({ itemIdentifier: record.messageId }));
    }
    return { batchItemFailures: failed };
  };

async function pipeline(aws: Suite) {
  await aTable(aws, 'counted', ['eventId']);
  const changes = await aTable(aws, 'progress', ['userId']);
  const given = await aTable(aws, 'badges', ['userId', 'milestone']);
  const dead = await openQueue(aws, 'imports-dlq');
  const imports = await openQueue(aws, 'imports', {
    VisibilityTimeout: '30',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
  });
  const watches = { knowCommas: false };

  const importer = await aws.lambda(
    'import',
    each(async ({ body }) => {
      const { eventId, userId, steps } = readProgress(body, watches.knowCommas);
      const Put = {
        TableName: 'counted',
        Item: { eventId: { S: eventId } },
        ConditionExpression: 'attribute_not_exists(eventId)',
      };
      const Update = {
        TableName: 'progress',
        Key: { userId: { S: userId } },
        UpdateExpression: 'ADD steps :steps',
        ExpressionAttributeValues: { ':steps': { N: String(steps) } },
      };
      const TransactItems = [{ Put }, { Update }];
      await once(() => aws.call('dynamodb', 'TransactWriteItems', { TransactItems }));
    }),
  );
  await importer.feedFrom(imports.arn, PARTIAL);

  const badges = await aws.lambda('badges', async ({ Records }: DynamoDBStreamEvent) => {
    for (const { dynamodb } of Records) {
      const { userId, steps } = dynamodb?.NewImage ?? {};
      for (const milestone of milestonesOf(Number(steps?.N))) {
        const Item = { userId: { S: userId?.S ?? '' }, milestone: { S: String(milestone) } };
        const ConditionExpression = 'attribute_not_exists(userId)';
        const put = { TableName: 'badges', Item, ConditionExpression };
        await once(() => aws.call('dynamodb', 'PutItem', put));
      }
    }
  });
  await badges.feedFrom(changes, FROM_START);

  const announced: string[] = [];
  const announcer = await aws.lambda('announce', ({ Records }: DynamoDBStreamEvent) => {
    for (const { dynamodb } of Records) {
      const { userId, milestone } = dynamodb?.Keys ?? {};
      announced.push(`${userId?.S} reached ${milestone?.S}`);
    }
  });
  await announcer.feedFrom(given, FROM_START);
  return { imports, dead, watches, importer, badges, announced };
}

async function send(aws: Suite, { url: QueueUrl }: Queue, bodies: readonly string[]) {
  for (let first = 0; first < bodies.length; first += 10) {
    const Entries = bodies
      .slice(first, first + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await aws.call('sqs', 'SendMessageBatch', { QueueUrl, Entries });
  }
}

async function stepsIn(aws: Suite): Promise<ReadonlyMap<string, number>> {
  const { Items = [] } = await aws.call('dynamodb', 'Scan', { TableName: 'progress' });
  return new Map(Items.map(({ userId, steps }) => [userId?.S ?? '', Number(steps?.N)]));
}

const sorted = (sums: ReadonlyMap<string, number>) => [...sums].toSorted();

test('totals are exact and milestones are told of once, whatever fails on the way', async () => {
  await using aws = await startSuite();
  const { imports, dead, watches, importer, badges, announced } = await pipeline(aws);
  const burst = makeBurst(200);
  importer.fail(1);
  badges.fail(2);
  await send(aws, imports, burst.bodies);
  await aws.settled();
  expect(sorted(await stepsIn(aws))).toEqual(sorted(burst.without));
  expect(announced.toSorted()).toEqual(badgesFor(burst.without));

  watches.knowCommas = true;
  await aws.call('sqs', 'StartMessageMoveTask', { SourceArn: dead.arn });
  await aws.settled();
  expect(sorted(await stepsIn(aws))).toEqual(sorted(burst.all));
  expect(announced.toSorted()).toEqual(badgesFor(burst.all));
  expect(await dead.messages()).toEqual([]);
  expect(await imports.messages()).toEqual([]);
});

test('what makes no sense ends in the dead-letter queue, and nothing else does', async () => {
  await using aws = await startSuite();
  const { imports, dead } = await pipeline(aws);
  const burst = makeBurst(60);
  await send(aws, imports, burst.bodies);
  await aws.settled();
  const letters = (await dead.messages()).map(({ Body = '' }) => Body);
  expect(letters).toHaveLength(burst.poison);
  for (const body of letters) expect(() => readProgress(body, false)).toThrow('no steps');
});
