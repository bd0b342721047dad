/**
 * ChangeMessageVisibility, and ChangeMessageVisibilityBatch, whose entries succeed or fail one by
 * one. The new time counts from now, for this receive only; together with what has passed since
 * the message was received it is at most twelve hours.
 */
import type { Receipt as Outcome, Release } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { batchAnswer, checkEntries, failedEntry } from './batches.ts';
import { checkRange, invalidParameter, missingParameter } from './errors.ts';
import { findQueue, type Queue } from './queue.ts';
import { decodeHandle, type Receipt } from './receipt-handles.ts';

interface Change {
  readonly id: string;
  readonly handle: string;
  readonly receipt: Receipt;
  readonly release: Release;
}

const MOST_SECONDS = 43_200;
const RANGE = `Must be between 0 and ${MOST_SECONDS}, if provided.`;

export const ChangeMessageVisibility: Operation<Sqs.Operations['ChangeMessageVisibility']> = async (
  call,
  input,
) => {
  const queue = await findQueue(call, input.QueueUrl, 'sqs:ChangeMessageVisibility');
  const change = readChange(call, queue, { ...input, Id: '' });
  const [outcome] = await call.stack.storage.commit([change.release]);
  await checkChanged(call, queue, change, outcome);
  return {};
};

export const ChangeMessageVisibilityBatch: Operation<
  Sqs.Operations['ChangeMessageVisibilityBatch']
> = async (call, input) => {
  const queue = await findQueue(call, input.QueueUrl, 'sqs:ChangeMessageVisibility');
  checkEntries(input.Entries, 'ChangeMessageVisibilityBatchRequestEntry');
  const changes: Change[] = [];
  const failed: Sqs.BatchResultErrorEntry[] = [];
  for (const entry of input.Entries) {
    try {
      changes.push(readChange(call, queue, entry));
    } catch (cause) {
      failed.push(failedEntry(entry.Id, cause));
    }
  }
  const releases = changes.map(({ release }) => release);
  const outcomes = releases.length > 0 ? await call.stack.storage.commit(releases) : [];
  const successful: Sqs.ChangeMessageVisibilityBatchResultEntry[] = [];
  for (const [at, change] of changes.entries()) {
    try {
      await checkChanged(call, queue, change, outcomes[at]);
      successful.push({ Id: change.id });
    } catch (cause) {
      failed.push(failedEntry(change.id, cause));
    }
  }
  return batchAnswer(successful, failed);
};

function readChange(
  call: Call,
  queue: Queue,
  entry: Sqs.ChangeMessageVisibilityBatchRequestEntry,
): Change {
  const { Id: id, ReceiptHandle: handle, VisibilityTimeout: seconds } = entry;
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  checkRange('VisibilityTimeout', seconds, 0, MOST_SECONDS, RANGE);
  const receipt = decodeHandle(queue, handle);
  const nowMs = call.stack.clock.nowMs();
  const visibleAtMs = nowMs + seconds * 1000;
  if (visibleAtMs - receipt.receivedAtMs > MOST_SECONDS * 1000) {
    const beyond = 'Total VisibilityTimeout for the message is beyond the limit';
    throw invalidParameter('VisibilityTimeout', seconds, `${beyond} [${MOST_SECONDS} seconds]`);
  }
  const { lease } = receipt;
  const release = { kind: 'release', lease, visibleAtMs, fence: 'latest', lost: 'skip' } as const;
  return { id, handle, receipt, release: { ...release, aliveAtMs: nowMs } };
}

/**
 * Nothing was changed. In a standard queue a message that became visible by itself, and that
 * nobody took since, stays visible and the answer is a success (observed:
 * localstack/localstack#9632). Otherwise AWS has this sentence (observed: vmihailenco/taskq#29).
 */
async function checkChanged(
  call: Call,
  queue: Queue,
  { handle, receipt }: Change,
  outcome: Outcome | undefined,
): Promise<void> {
  if (outcome?.changed !== 0) return;
  const { position, token } = receipt.lease;
  const { storage, clock } = call.stack;
  const peek = { nowMs: clock.nowMs(), max: 1, positions: [position] };
  const [found] = await storage.peek(queue.storage, peek);
  if (!queue.fifo && found?.token === token) return;
  const reason = 'Message does not exist or is not available for visibility timeout change.';
  throw invalidParameter('ReceiptHandle', handle, reason);
}
