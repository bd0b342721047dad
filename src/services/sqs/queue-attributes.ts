/** The attributes of a queue. All values are texts, as AWS has them. */
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Operation } from '../service.ts';
import { checkAttributes, REMOVABLE, unknownAttribute } from './attribute-rules.ts';
import { change } from './change.ts';
import { fault } from './errors.ts';
import {
  type Attributes,
  changedRow,
  DEFAULTS,
  findQueue,
  type Queue,
  queueRows,
} from './queue.ts';
import { withNumbers } from './redrive-policies.ts';
import { countsOf } from './retention.ts';

const COUNTED = new Set<Sqs.QueueAttributeName>([
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
]);

const NAMES = new Set<Sqs.QueueAttributeName>([
  ...COUNTED,
  'ContentBasedDeduplication',
  'CreatedTimestamp',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'LastModifiedTimestamp',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'Policy',
  'QueueArn',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
]);

export const GetQueueAttributes: Operation<Sqs.Operations['GetQueueAttributes']> = async (
  call,
  input,
) => {
  const queue = await findQueue(call, input.QueueUrl, 'sqs:GetQueueAttributes');
  const wanted = input.AttributeNames ?? [];
  for (const name of wanted) {
    if (name !== 'All' && !NAMES.has(name)) throw unknownAttribute(name);
  }
  const all = wanted.includes('All');
  const isWanted = (name: Sqs.QueueAttributeName) => all || wanted.includes(name);
  const attributes = Object.entries({
    ...effectiveAttributes(queue),
    ...([...COUNTED].some(isWanted) && (await countAttributes(call.stack, queue))),
  }).filter(([name]) => isWanted(name as Sqs.QueueAttributeName));
  return attributes.length === 0 ? {} : { Attributes: Object.fromEntries(attributes) };
};

/** All but the counts, with the defaults of what was not set. */
export function effectiveAttributes(queue: Queue): Attributes {
  const { row, arn, fifo, maxBytes } = queue;
  const kms = row.attributes.KmsMasterKeyId !== undefined;
  return {
    ...DEFAULTS,
    MaximumMessageSize: String(maxBytes),
    SqsManagedSseEnabled: String(!kms),
    ...(kms && { KmsDataKeyReusePeriodSeconds: '300' }),
    ...(fifo && {
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'queue',
      FifoThroughputLimit: 'perQueue',
    }),
    ...row.attributes,
    QueueArn: arn,
    CreatedTimestamp: seconds(row.createdAtMs),
    LastModifiedTimestamp: seconds(row.modifiedAtMs),
  };
}

function seconds(atMs: number): string {
  return String(Math.floor(atMs / 1000));
}

async function countAttributes(stack: Stack, queue: Queue): Promise<Attributes> {
  const { visible, inFlight, delayed } = await countsOf(stack, queue);
  return {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
}

/**
 * Takes effect at once. A new delay counts for messages sent later; in a FIFO queue also for
 * those that are delayed already.
 */
export const SetQueueAttributes: Operation<Sqs.Operations['SetQueueAttributes']> = async (
  call,
  input,
) =>
  change(call.stack.storage, async () => {
    const queue = await findQueue(call, input.QueueUrl, 'sqs:SetQueueAttributes');
    const supplied = input.Attributes as Attributes;
    checkFixed(queue, supplied);
    const { FifoQueue: _same, ...changes } = supplied;
    await checkAttributes(call.stack, queue, changes, queue.row.attributes);
    const attributes = merged(queue.row.attributes, withNumbers(changes));
    const row = changedRow(queue, { attributes, modifiedAtMs: call.stack.clock.nowMs() });
    const { partition, name, version } = queue;
    const writes: Write[] = [queueRows(call.stack).put(partition, name, row, version)];
    if (queue.fifo && changes.DelaySeconds !== undefined) {
      const delayMs = Number(changes.DelaySeconds) * 1000;
      writes.push({ kind: 'redelay', queue: queue.storage, delayMs });
    }
    return { writes, answer: {} };
  });

/** The type of a queue is for ever. */
function checkFixed(queue: Queue, { FifoQueue: fifoQueue }: Attributes): void {
  if (fifoQueue === undefined || (queue.fifo && fifoQueue === 'true')) return;
  const reason = 'Reason: Modifying queue type is not supported.';
  const sentence = `Invalid value for the parameter FifoQueue. ${reason}`;
  throw fault('InvalidAttributeValue', sentence);
}

/** Old attributes with the new ones over them; either kind of encryption ends the other. */
function merged(current: Attributes, changes: Attributes): Attributes {
  const all: Record<string, string> = { ...current, ...changes };
  for (const [name, value] of Object.entries(changes)) {
    if (value === '' && REMOVABLE.has(name)) delete all[name];
  }
  if (changes.KmsMasterKeyId) delete all.SqsManagedSseEnabled;
  if (changes.SqsManagedSseEnabled === 'true') {
    delete all.KmsMasterKeyId;
    delete all.KmsDataKeyReusePeriodSeconds;
  }
  return all;
}
