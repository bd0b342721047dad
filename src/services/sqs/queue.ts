/**
 * A queue as the operations see it: the stored row, and what follows from it.
 *
 * What follows is worked out once per version of the row: a collection answers with the same
 * frozen object until the row changes, so the object is the key.
 */
import { arnOf, parseArn } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Collection, type Stored } from '../../storage/collection.ts';
import type { QueueName, Storage } from '../../storage/storage.ts';
import type { QueueAttributeName } from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import { checkAccess } from './access.ts';
import { fault } from './errors.ts';
import { addressOf, parseQueueUrl, type QueueAddress } from './queue-urls.ts';
import { parseRedrivePolicy } from './redrive-policies.ts';

/** Attributes as they were set; what was not set is not there. */
export type Attributes = Readonly<Partial<Record<QueueAttributeName, string>>>;

export interface QueueRow {
  /** Eight letters, new with each queue, so that no handle outlives its queue. */
  readonly id: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly attributes: Attributes;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Queue extends QueueAddress {
  readonly row: QueueRow;
  readonly version: number;
  readonly arn: string;
  /** Where its messages are. */
  readonly storage: QueueName;
  readonly fifo: boolean;
  readonly contentDedup: boolean;
  readonly dedupPerGroup: boolean;
  readonly visibilityMs: number;
  readonly delayMs: number;
  readonly retentionMs: number;
  readonly waitMs: number;
  readonly maxBytes: number;
  readonly redrive: Redrive | undefined;
}

export interface Redrive {
  readonly arn: string;
  readonly maxReceives: number;
  readonly to: QueueAddress;
}

const rows = new WeakMap<Storage, Collection<QueueRow>>();
const queues = new WeakMap<QueueRow, Queue>();

/** All queues of a stack, as they are stored. */
export function queueRows({ storage }: Stack): Collection<QueueRow> {
  let collection = rows.get(storage);
  if (!collection) {
    collection = new Collection<QueueRow>(storage, 'sqs/queues');
    rows.set(storage, collection);
  }
  return collection;
}

export const STORAGE_PREFIX = 'sqs/';

export function storageName({ partition, name }: QueueAddress): QueueName {
  return `${STORAGE_PREFIX}${partition}/${name}`;
}

/** The address that a name of a queue in the storage stands for. */
export function addressOfStorage(storage: QueueName): QueueAddress | undefined {
  const [, account, region, name] = storage.split('/');
  return account && region && name ? addressOf(account, region, name) : undefined;
}

export function addressOfArn(arn: string): QueueAddress | undefined {
  const parts = parseArn(arn);
  if (parts?.service !== 'sqs' || !parts.region || !parts.account) return undefined;
  return addressOf(parts.account, parts.region, parts.resource);
}

export async function queueAt(stack: Stack, address: QueueAddress): Promise<Queue | undefined> {
  const stored = await queueRows(stack).get(address.partition, address.name);
  return stored && queueOf(stack, address, stored);
}

/** The queue that an ARN names, whoever asks. */
export async function queueByArn(stack: Stack, arn: string): Promise<Queue | undefined> {
  const address = addressOfArn(arn);
  return address && (await queueAt(stack, address));
}

/** All queues of an account and region, by name. */
export async function queuesOf(
  stack: Stack,
  { account, region }: { readonly account: string; readonly region: string },
): Promise<readonly Queue[]> {
  const all = await queueRows(stack).list(`${account}/${region}`);
  return all.map((stored) => queueOf(stack, addressOf(account, region, stored.key), stored));
}

/** The queue that a request names, if the caller may do to it what the operation does. */
export async function findQueue(call: Call, url: string, action: string): Promise<Queue> {
  const address = parseQueueUrl(call, url);
  const queue = address && (await queueAt(call.stack, address));
  if (!queue) throw noSuchQueue();
  if (queue.account !== call.account) checkAccess(call, queue, action);
  return queue;
}

export function noSuchQueue() {
  return fault('QueueDoesNotExist', 'The specified queue does not exist.');
}

/** The row of `queue` with changes; not yet written. */
export function changedRow(queue: Queue, changes: Partial<QueueRow>): QueueRow {
  return { ...queue.row, ...changes };
}

export const DEFAULTS = {
  VisibilityTimeout: '30',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
} as const satisfies Attributes;

function queueOf(stack: Stack, address: QueueAddress, stored: Stored<QueueRow>): Queue {
  const before = queues.get(stored.value);
  if (before) return before;
  const queue = derive(stack, address, stored);
  queues.set(stored.value, queue);
  return queue;
}

function derive(stack: Stack, address: QueueAddress, stored: Stored<QueueRow>): Queue {
  const { account, region, name, partition } = address;
  const { value: row, version } = stored;
  const { attributes } = row;
  const seconds = (key: keyof typeof DEFAULTS) => Number(attributes[key] ?? DEFAULTS[key]) * 1000;
  const redrive = attributes.RedrivePolicy && parseRedrivePolicy(attributes.RedrivePolicy);
  const to = redrive ? addressOfArn(redrive.deadLetterTargetArn) : undefined;
  return {
    ...{ account, region, name, partition, row, version },
    arn: arnOf('sqs', region, account, name),
    storage: storageName(address),
    fifo: attributes.FifoQueue === 'true',
    contentDedup: attributes.ContentBasedDeduplication === 'true',
    dedupPerGroup: attributes.DeduplicationScope === 'messageGroup',
    visibilityMs: seconds('VisibilityTimeout'),
    delayMs: seconds('DelaySeconds'),
    retentionMs: seconds('MessageRetentionPeriod'),
    waitMs: seconds('ReceiveMessageWaitTimeSeconds'),
    maxBytes: Number(attributes.MaximumMessageSize ?? stack.settings.quotas['sqs.messageBytes']),
    redrive:
      redrive && to
        ? { arn: redrive.deadLetterTargetArn, maxReceives: redrive.maxReceiveCount, to }
        : undefined,
  };
}
