/**
 * What the tests of SQS say over and over: a queue, and sending to it and receiving from it, with
 * the answers boiled down to what the test is about.
 */
import { nextTurn } from '../../../src/core/clock.ts';
import { sqs } from '../../../src/services/sqs/index.ts';
import { pollsOf } from '../../../src/services/sqs/long-polls.ts';
import type { AwsOptions } from '../../../src/testing/index.ts';
import type * as Sqs from '../../../src/wire/types/sqs.ts';
import { type Input, type Suite, startSuite } from '../../sdk/suite.ts';

export function startSqs(options: AwsOptions = {}): Promise<Suite> {
  return startSuite({ services: [sqs], ...options });
}

type Options<Operation extends keyof Sqs.Operations> = Partial<Input<'sqs', Operation & string>>;
type Received = Sqs.Message & { readonly Body: string; readonly ReceiptHandle: string };

export interface AQueue {
  readonly url: string;
  readonly arn: string;
  readonly name: string;
  send(body: string, options?: Options<'SendMessage'>): Promise<Sqs.SendMessageResult>;
  receive(options?: Options<'ReceiveMessage'>): Promise<readonly Received[]>;
  /** Bodies of up to ten messages. */
  bodies(options?: Options<'ReceiveMessage'>): Promise<readonly string[]>;
  /** The one message that a receive gives, with all its attributes. */
  one(options?: Options<'ReceiveMessage'>): Promise<Received>;
  remove(message: { readonly ReceiptHandle: string }): Promise<object>;
  hide(message: { readonly ReceiptHandle: string }, seconds: number): Promise<object>;
  attributes(): Promise<Readonly<Record<string, string>>>;
  set(attributes: Sqs.QueueAttributeMap): Promise<object>;
  /** Visible, hidden after a receive, delayed. */
  counts(): Promise<readonly [visible: number, inFlight: number, delayed: number]>;
  /** Resolves when `polls` receives wait at the queue. */
  waiting(polls: number): Promise<void>;
}

export async function aQueue(
  aws: Suite,
  name = 'orders',
  attributes: Sqs.QueueAttributeMap = {},
): Promise<AQueue> {
  const Attributes = name.endsWith('.fifo') ? { FifoQueue: 'true', ...attributes } : attributes;
  const made = await aws.call('sqs', 'CreateQueue', { QueueName: name, Attributes });
  const QueueUrl = made.QueueUrl ?? '';
  const attributesOf = async () => {
    const asked = { QueueUrl, AttributeNames: ['All'] } as const;
    const { Attributes: all = {} } = await aws.call('sqs', 'GetQueueAttributes', asked);
    return all as Record<string, string>;
  };
  const receive = async (options: Options<'ReceiveMessage'> = {}) => {
    const { Messages = [] } = await aws.call('sqs', 'ReceiveMessage', { QueueUrl, ...options });
    return Messages as readonly Received[];
  };
  return {
    url: QueueUrl,
    arn: `arn:aws:sqs:${aws.region}:${aws.account}:${name}`,
    name,
    send: (body, options = {}) =>
      aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: body, ...options }),
    receive,
    bodies: async (options = {}) => {
      const messages = await receive({ MaxNumberOfMessages: 10, ...options });
      return messages.map(({ Body }) => Body);
    },
    one: async (options = {}) => {
      const all = { MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] } as const;
      const [message, ...others] = await receive({ ...all, ...options });
      if (!message || others.length > 0) throw new Error(`${others.length} others came.`);
      return message;
    },
    remove: ({ ReceiptHandle }) => aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle }),
    hide: ({ ReceiptHandle }, VisibilityTimeout) =>
      aws.call('sqs', 'ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout }),
    attributes: attributesOf,
    set: (changes) => aws.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: changes }),
    counts: async () => {
      const all = await attributesOf();
      return [
        Number(all.ApproximateNumberOfMessages),
        Number(all.ApproximateNumberOfMessagesNotVisible),
        Number(all.ApproximateNumberOfMessagesDelayed),
      ];
    },
    waiting: async (polls) => {
      const storage = `sqs/${aws.account}/${aws.region}/${name}`;
      while (pollsOf(aws.stack).waiting(storage) !== polls) await nextTurn();
    },
  };
}

/** A queue with a dead-letter queue. */
export async function withDeadLetters(
  aws: Suite,
  maxReceiveCount: number,
  { name = 'orders', ...attributes }: Sqs.QueueAttributeMap & { readonly name?: string } = {},
): Promise<{ readonly queue: AQueue; readonly dead: AQueue }> {
  const suffix = name.endsWith('.fifo') ? '.fifo' : '';
  const dead = await aQueue(aws, `${name.slice(0, name.length - suffix.length)}-dead${suffix}`);
  const policy = { deadLetterTargetArn: dead.arn, maxReceiveCount };
  const RedrivePolicy = JSON.stringify(policy);
  const queue = await aQueue(aws, name, { ...attributes, RedrivePolicy });
  return { queue, dead };
}
