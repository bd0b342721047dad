/** Places that events are delivered to, and what came there. */
import type { Message } from '../../../src/wire/types/sqs.ts';
import type { Suite } from '../../sdk/suite.ts';

/** Lets every service and account do everything. */
const OPEN_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

export interface Queue {
  readonly arn: string;
  readonly url: string;
  /** Takes everything out of the queue. */
  messages(): Promise<readonly Message[]>;
  /** Takes everything out of the queue, as the JSON that it is. */
  events(): Promise<readonly Received[]>;
}

export interface Received {
  readonly id: string;
  readonly source: string;
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly 'detail-type': string;
  readonly 'replay-name'?: string;
  readonly resources: readonly string[];
}

/** A queue that anybody may send to. */
export async function openQueue(
  aws: Suite,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<Queue> {
  const { QueueUrl: url = '' } = await aws.call('sqs', 'CreateQueue', {
    QueueName: name,
    Attributes: { Policy: OPEN_POLICY, ...attributes },
  });
  const messages = () => drain(aws, url);
  return {
    arn: `arn:aws:sqs:${aws.region}:${aws.account}:${name}`,
    url,
    messages,
    events: async () => (await messages()).map(({ Body = '' }) => JSON.parse(Body)),
  };
}

async function drain(aws: Suite, QueueUrl: string): Promise<readonly Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await aws.call('sqs', 'ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    if (Messages.length === 0) return all;
    for (const { ReceiptHandle = '' } of Messages) {
      await aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
    }
    all.push(...Messages);
  }
}

/** Sends what matches `pattern` to the target, and answers with the rule's ARN. */
export async function sendsTo(
  aws: Suite,
  name: string,
  pattern: object,
  target: Readonly<Record<string, unknown>>,
  EventBusName = 'default',
): Promise<string> {
  const EventPattern = JSON.stringify(pattern);
  const { RuleArn = '' } = await aws.call('events', 'PutRule', {
    Name: name,
    EventPattern,
    EventBusName,
  });
  const Targets = [{ Id: 't', Arn: '', ...target }];
  await aws.call('events', 'PutTargets', { Rule: name, EventBusName, Targets });
  return RuleArn;
}

/** Puts one event and answers with its id. */
export async function put(
  aws: Suite,
  detail: unknown,
  entry: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const Detail = typeof detail === 'string' ? detail : JSON.stringify(detail);
  const { Entries } = await aws.call('events', 'PutEvents', {
    Entries: [{ Source: 'com.shop', DetailType: 'OrderPlaced', Detail, ...entry }],
  });
  const result = Entries?.[0];
  if (result?.EventId) return result.EventId;
  throw new Error(`PutEvents refused: ${result?.ErrorCode} ${result?.ErrorMessage}`);
}

export const EVERYTHING = { source: [{ prefix: '' }] };
