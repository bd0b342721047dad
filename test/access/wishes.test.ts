import { describe, expect, test } from 'vitest';
import { wishesOf } from '../../src/access/wishes/all.ts';
import { seededIds } from '../../src/core/ids.ts';
import { allServices } from '../../src/services/all.ts';
import { modelOf } from '../../src/wire/models.ts';
import { randomInput } from './inputs.ts';

const PLACE = { account: '111111111111', region: 'eu-west-1' };
const ARN = (service: string, resource: string) =>
  `arn:aws:${service}:eu-west-1:111111111111:${resource}`;

/** What is asked for, as `action on resource`. */
function asked(service: string, operation: string, input: object): readonly string[] {
  return wishesOf(service, operation, input as never, PLACE).map(
    ({ action, resource }) => `${action} on ${resource}`,
  );
}

type Row = readonly [service: string, operation: string, input: object, ...wishes: string[]];

const ROWS: readonly Row[] = [
  [
    'sqs',
    'SendMessage',
    { QueueUrl: 'http://h/222222222222/q' },
    'sqs:SendMessage on arn:aws:sqs:eu-west-1:222222222222:q',
  ],
  [
    'sqs',
    'SendMessage',
    { QueueUrl: 'http://sqs.us-west-2.amazonaws.com/222222222222/q' },
    'sqs:SendMessage on arn:aws:sqs:us-west-2:222222222222:q',
  ],
  ['sqs', 'SendMessageBatch', { QueueUrl: 'q' }, `sqs:SendMessage on ${ARN('sqs', 'q')}`],
  [
    'sqs',
    'ChangeMessageVisibilityBatch',
    { QueueUrl: 'q' },
    `sqs:ChangeMessageVisibility on ${ARN('sqs', 'q')}`,
  ],
  ['sqs', 'CreateQueue', { QueueName: 'q' }, `sqs:CreateQueue on ${ARN('sqs', 'q')}`],
  [
    'sqs',
    'GetQueueUrl',
    { QueueName: 'q', QueueOwnerAWSAccountId: '222222222222' },
    'sqs:GetQueueUrl on arn:aws:sqs:eu-west-1:222222222222:q',
  ],
  ['sqs', 'ListQueues', {}, 'sqs:ListQueues on *'],
  [
    'sqs',
    'StartMessageMoveTask',
    { SourceArn: ARN('sqs', 'a'), DestinationArn: ARN('sqs', 'b') },
    `sqs:StartMessageMoveTask on ${ARN('sqs', 'a')}`,
    `sqs:SendMessage on ${ARN('sqs', 'b')}`,
  ],
  ['sns', 'Publish', { TopicArn: ARN('sns', 't') }, `sns:Publish on ${ARN('sns', 't')}`],
  ['sns', 'PublishBatch', { TopicArn: ARN('sns', 't') }, `sns:Publish on ${ARN('sns', 't')}`],
  ['sns', 'CreateTopic', { Name: 't' }, `sns:CreateTopic on ${ARN('sns', 't')}`],
  [
    'sns',
    'Unsubscribe',
    { SubscriptionArn: ARN('sns', 't:uuid') },
    `sns:Unsubscribe on ${ARN('sns', 't')}`,
  ],
  ['sns', 'Publish', { PhoneNumber: '+1' }, 'sns:Publish on *'],
  [
    'events',
    'PutEvents',
    {
      Entries: [
        {},
        { EventBusName: 'b' },
        { EventBusName: 'arn:aws:events:us-east-1:222222222222:event-bus/x' },
      ],
    },
    `events:PutEvents on ${ARN('events', 'event-bus/default')}`,
    `events:PutEvents on ${ARN('events', 'event-bus/b')}`,
    'events:PutEvents on arn:aws:events:us-east-1:222222222222:event-bus/x',
  ],
  ['events', 'PutRule', { Name: 'r' }, `events:PutRule on ${ARN('events', 'rule/r')}`],
  [
    'events',
    'PutTargets',
    { Rule: 'r', EventBusName: 'b' },
    `events:PutTargets on ${ARN('events', 'rule/b/r')}`,
  ],
  [
    'events',
    'DescribeEventBus',
    { Name: 'b' },
    `events:DescribeEventBus on ${ARN('events', 'event-bus/b')}`,
  ],
  [
    'events',
    'CreateArchive',
    { ArchiveName: 'a' },
    `events:CreateArchive on ${ARN('events', 'archive/a')}`,
  ],
  [
    'lambda',
    'Invoke',
    { FunctionName: 'f', Qualifier: 'v' },
    `lambda:InvokeFunction on ${ARN('lambda', 'function:f:v')}`,
  ],
  [
    'lambda',
    'Invoke',
    { FunctionName: '222222222222:function:f:v' },
    'lambda:InvokeFunction on arn:aws:lambda:eu-west-1:222222222222:function:f:v',
  ],
  [
    'lambda',
    'GetFunction',
    { FunctionName: 'arn:aws:lambda:us-east-1:222222222222:function:f' },
    'lambda:GetFunction on arn:aws:lambda:us-east-1:222222222222:function:f',
  ],
  [
    'lambda',
    'DeleteLayerVersion',
    { LayerName: 'l', VersionNumber: 3 },
    `lambda:DeleteLayerVersion on ${ARN('lambda', 'layer:l:3')}`,
  ],
  [
    'lambda',
    'CreateEventSourceMapping',
    { FunctionName: 'f' },
    'lambda:CreateEventSourceMapping on *',
  ],
  [
    'dynamodb',
    'Query',
    { TableName: 't', IndexName: 'i' },
    `dynamodb:Query on ${ARN('dynamodb', 'table/t/index/i')}`,
  ],
  [
    'dynamodb',
    'BatchGetItem',
    { RequestItems: { a: {}, b: {} } },
    `dynamodb:BatchGetItem on ${ARN('dynamodb', 'table/a')}`,
    `dynamodb:BatchGetItem on ${ARN('dynamodb', 'table/b')}`,
  ],
  [
    'dynamodb',
    'TransactWriteItems',
    { TransactItems: [{ Put: { TableName: 'a' } }, { ConditionCheck: { TableName: 'b' } }] },
    `dynamodb:PutItem on ${ARN('dynamodb', 'table/a')}`,
    `dynamodb:ConditionCheckItem on ${ARN('dynamodb', 'table/b')}`,
  ],
  [
    'dynamodb',
    'TransactGetItems',
    { TransactItems: [{ Get: { TableName: 'a' } }] },
    `dynamodb:GetItem on ${ARN('dynamodb', 'table/a')}`,
  ],
  [
    'dynamodb',
    'ExecuteStatement',
    { Statement: 'SELECT * FROM "t"."i"' },
    `dynamodb:PartiQLSelect on ${ARN('dynamodb', 'table/t/index/i')}`,
  ],
  [
    'dynamodb',
    'BatchExecuteStatement',
    { Statements: [{ Statement: "DELETE FROM t WHERE id = 'a'" }, { Statement: 'nonsense' }] },
    `dynamodb:PartiQLDelete on ${ARN('dynamodb', 'table/t')}`,
    'dynamodb:PartiQLSelect on *',
  ],
  [
    'dynamodbstreams',
    'GetRecords',
    { IteratorArn: ARN('dynamodb', 'table/t/stream/x') },
    `dynamodb:GetRecords on ${ARN('dynamodb', 'table/t/stream/x')}`,
  ],
  [
    'kinesis',
    'PutRecord',
    { StreamName: 's' },
    `kinesis:PutRecord on ${ARN('kinesis', 'stream/s')}`,
  ],
  [
    'kinesis',
    'GetRecords',
    { StreamARN: ARN('kinesis', 'stream/a'), IteratorArn: ARN('kinesis', 'stream/b') },
    `kinesis:GetRecords on ${ARN('kinesis', 'stream/a')}`,
    `kinesis:GetRecords on ${ARN('kinesis', 'stream/b')}`,
  ],
  [
    'logs',
    'CreateLogGroup',
    { logGroupName: '/a' },
    `logs:CreateLogGroup on ${ARN('logs', 'log-group:/a:log-stream:')}`,
  ],
  [
    'logs',
    'PutLogEvents',
    { logGroupName: '/a', logStreamName: 's' },
    `logs:PutLogEvents on ${ARN('logs', 'log-group:/a:log-stream:s')}`,
  ],
  [
    'sts',
    'AssumeRole',
    { RoleArn: 'arn:aws:iam::222222222222:role/r' },
    'sts:AssumeRole on arn:aws:iam::222222222222:role/r',
  ],
];

describe('what a request wishes', () => {
  test.each(ROWS)('%s %s %j', (...row) => {
    const [service, operation, input, ...wishes] = row as unknown as Row;
    expect(asked(service, operation, input)).toEqual(wishes);
  });
});

/**
 * Operations that concern no single resource, by their names or as AWS's reference has it; and
 * those whose resource stands in a statement or an iterator, which the rows above try.
 */
const OF_ALL = new RegExp(
  [
    ...['sqs:ListQueues', 'sqs:CancelMessageMoveTask', 'sts:\\w+', '\\w+:List\\w+'],
    '\\w+:Describe(?:Limits|Endpoints|AccountSettings|LogGroups|ResourcePolicies)',
    ...['kinesis:UpdateAccountSettings', 'events:TestEventPattern', 'events:PutPartnerEvents'],
    ...['lambda:GetAccountSettings', 'lambda:CreateEventSourceMapping'],
    ...['logs:(?:Put|Delete)ResourcePolicy', 'sns:\\w*SMS\\w*', 'sns:\\w*PhoneNumber\\w*'],
    ...['dynamodb:(?:BatchExecute|Execute)Statement', 'dynamodb:ExecuteTransaction'],
    ...['dynamodb:ImportTable', 'dynamodbstreams:GetRecords'],
  ]
    .map((one) => `^${one}$`)
    .join('|'),
);

describe('every operation', () => {
  const all = allServices.flatMap(({ name, operations }) =>
    Object.keys(operations).map((operation) => [name, operation] as const),
  );

  test.each(all)('%s %s names its resource', (service, operation) => {
    const { random } = seededIds(7);
    // Somewhere among many inputs each member is there.
    const wishes = Array.from({ length: 60 }, () =>
      wishesOf(service, operation, randomInput({ random }, service, operation) as never, PLACE),
    ).flat();
    expect(wishes.every(({ action }) => /^[a-z]+:[A-Z]\w+$/.test(action))).toBe(true);
    const named = wishes.some(({ resource }) => resource !== '*');
    if (OF_ALL.test(`${service}:${operation}`)) return;
    expect(named).toBe(true);
    expect(modelOf(service).operation(operation)).toBeDefined();
  });
});
