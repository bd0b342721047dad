/**
 * Which attributes a queue may have, and with which values.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
import { validatePolicy } from '../../core/policy.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { QueueAttributeName } from '../../wire/types/sqs.ts';
import { fault, invalidParameter } from './errors.ts';
import { type Attributes, addressOfArn, queueAt } from './queue.ts';
import type { QueueAddress } from './queue-urls.ts';
import {
  parseRedriveAllowPolicy,
  parseRedrivePolicy,
  takesDeadLettersOf,
} from './redrive-policies.ts';

/** Whole numbers, with their range; undefined where a quota is the upper end. */
const NUMBERS: Readonly<Record<string, readonly [from: number, to: number | undefined]>> = {
  DelaySeconds: [0, 900],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
  MaximumMessageSize: [1024, undefined],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  ContentBasedDeduplication: ['true', 'false'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoQueue: ['true'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
  SqsManagedSseEnabled: ['true', 'false'],
};

const TEXTS = new Set(['KmsMasterKeyId', 'Policy', 'RedriveAllowPolicy', 'RedrivePolicy']);

/** An empty value takes these away. */
export const REMOVABLE: ReadonlySet<string> = TEXTS;

export function unknownAttribute(name: string) {
  return fault('InvalidAttributeName', `Unknown Attribute ${name}.`);
}

function invalidValue(name: string) {
  return fault('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
}

/**
 * Refuses `supplied` where it does not fit the queue. `current` is what the queue already has:
 * nothing, for one that is being made.
 */
export async function checkAttributes(
  stack: Stack,
  queue: QueueAddress & { readonly arn: string; readonly fifo: boolean },
  supplied: Attributes,
  current: Attributes,
): Promise<void> {
  for (const [name, value] of Object.entries(supplied)) {
    checkValue(stack, queue.fifo, name as QueueAttributeName, value);
  }
  checkTogether(supplied, { ...current, ...supplied });
  if (supplied.RedrivePolicy) await checkDeadLetterQueue(stack, queue, supplied.RedrivePolicy);
}

function checkValue(stack: Stack, fifo: boolean, name: QueueAttributeName, value: string): void {
  const range = NUMBERS[name];
  const choices = CHOICES[name];
  if (range) {
    const [from, to = stack.settings.quotas['sqs.messageBytes']] = range;
    const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= from && number <= to)) throw invalidValue(name);
  } else if (choices) {
    checkFifoOnly(fifo, name);
    if (!choices.includes(value)) {
      throw name === 'FifoQueue' ? unknownAttribute(name) : invalidValue(name);
    }
  } else if (!TEXTS.has(name)) {
    throw unknownAttribute(name);
  } else if (value !== '') {
    // AWS gives no reason (observed: hashicorp/terraform-provider-aws#42209).
    if (name === 'Policy' && validatePolicy(value) !== undefined) throw invalidValue(name);
    if (name === 'RedrivePolicy') parseRedrivePolicy(value);
    if (name === 'RedriveAllowPolicy') parseRedriveAllowPolicy(value);
  }
}

function checkFifoOnly(fifo: boolean, name: QueueAttributeName): void {
  if (fifo || name === 'SqsManagedSseEnabled') return;
  if (name === 'DeduplicationScope' || name === 'FifoThroughputLimit') {
    const sentence = `You can specify the ${name} only when FifoQueue is set to true.`;
    throw fault('InvalidAttributeName', sentence);
  }
  throw unknownAttribute(name);
}

/** What no attribute can tell by itself. */
function checkTogether(supplied: Attributes, merged: Attributes): void {
  if (merged.FifoThroughputLimit === 'perMessageGroupId') {
    if (merged.DeduplicationScope !== 'messageGroup') {
      const only = 'is allowed only when the value for DeduplicationScope is messageGroup';
      throw fault('InvalidAttributeValue', `The perMessageGroupId value ${only}.`);
    }
  }
  if (supplied.KmsMasterKeyId && supplied.SqsManagedSseEnabled === 'true') {
    const either = 'You can either enable KMS SSE or SQS SSE.';
    const one = 'You can use one type of server-side encryption (SSE) at one time.';
    throw fault('InvalidAttributeValue', `${one} ${either}`);
  }
}

async function checkDeadLetterQueue(
  stack: Stack,
  source: QueueAddress & { readonly arn: string; readonly fifo: boolean },
  text: string,
): Promise<void> {
  const wrong = (reason: string) => invalidParameter('RedrivePolicy', text, reason);
  const { deadLetterTargetArn: arn } = parseRedrivePolicy(text);
  const address = addressOfArn(arn);
  // It must be in the same account and region; AWS looks for it nowhere else.
  const near = address?.partition === source.partition ? address : undefined;
  const target = near && (await queueAt(stack, near));
  if (!target) throw wrong('Dead letter target does not exist.');
  if (target.fifo !== source.fifo) {
    throw wrong('Dead-letter queue must be same type of queue as the source.');
  }
  if (!takesDeadLettersOf(target.row.attributes.RedriveAllowPolicy, source.arn)) {
    throw wrong('Dead letter target does not allow this queue to use it: see RedriveAllowPolicy.');
  }
}
