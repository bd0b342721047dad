/**
 * DeleteMessage, and DeleteMessageBatch, whose entries succeed or fail one by one.
 *
 * Deleting what is gone already succeeds. A standard queue deletes with any handle of the
 * message, also with an older one (AWS may or may not, and answers the same). A FIFO queue wants
 * the latest handle, and that before it has run out.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Receipt as Outcome, Settle, Write } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { batchAnswer, checkEntries, failedEntry } from './batches.ts';
import { invalidParameter } from './errors.ts';
import { findQueue, type Queue } from './queue.ts';
import { decodeHandle, type Receipt } from './receipt-handles.ts';

interface Deletion {
  readonly id: string;
  readonly handle: string;
  readonly receipt: Receipt;
  /** Where its settle stands among the writes. */
  readonly at: number;
}

export const DeleteMessage: Operation<Sqs.Operations['DeleteMessage']> = async (call, input) => {
  const queue = await findQueue(call, input.QueueUrl, 'sqs:DeleteMessage');
  const handle = input.ReceiptHandle;
  const receipt = decodeHandle(queue, handle);
  const outcomes = await call.stack.storage.commit(deletionOf(call.stack, queue, receipt));
  if (queue.fifo) await checkDeleted(call, queue, { id: '', handle, receipt, at: 0 }, outcomes);
  return {};
};

export const DeleteMessageBatch: Operation<Sqs.Operations['DeleteMessageBatch']> = async (
  call,
  input,
) => {
  const queue = await findQueue(call, input.QueueUrl, 'sqs:DeleteMessage');
  checkEntries(input.Entries, 'DeleteMessageBatchRequestEntry');
  const deletions: Deletion[] = [];
  const failed: Sqs.BatchResultErrorEntry[] = [];
  const writes: Write[] = [];
  for (const { Id: id, ReceiptHandle: handle } of input.Entries) {
    try {
      const receipt = decodeHandle(queue, handle);
      deletions.push({ id, handle, receipt, at: writes.length });
      writes.push(...deletionOf(call.stack, queue, receipt));
    } catch (cause) {
      failed.push(failedEntry(id, cause));
    }
  }
  const outcomes = writes.length > 0 ? await call.stack.storage.commit(writes) : [];
  const successful: Sqs.DeleteMessageBatchResultEntry[] = [];
  for (const deletion of deletions) {
    try {
      if (queue.fifo) await checkDeleted(call, queue, deletion, outcomes);
      successful.push({ Id: deletion.id });
    } catch (cause) {
      failed.push(failedEntry(deletion.id, cause));
    }
  }
  return batchAnswer(successful, failed);
};

/** The writes that delete a message if its lease still allows it, and record that. */
export function deletionOf(
  { clock, journal }: Stack,
  queue: Queue,
  { lease, messageId }: Pick<Receipt, 'lease' | 'messageId'>,
): readonly Write[] {
  const atMs = clock.nowMs();
  const settle: Settle = queue.fifo
    ? { kind: 'settle', lease, fence: 'latest', aliveAtMs: atMs, lost: 'skip' }
    : { kind: 'settle', lease, fence: 'any', lost: 'skip' };
  if (!journal.on) return [settle];
  return [settle, ...journal.record({ kind: 'delete', id: messageId, arn: queue.arn, atMs })];
}

/** Nothing was deleted: fine when the message is gone, an error when only the lease is. */
async function checkDeleted(
  call: Call,
  queue: Queue,
  { handle, receipt, at }: Deletion,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (outcomes[at]?.changed !== 0) return;
  const { storage, clock } = call.stack;
  const positions = [receipt.lease.position];
  const found = await storage.peek(queue.storage, { nowMs: clock.nowMs(), max: 1, positions });
  if (found.length === 0) return;
  throw invalidParameter('ReceiptHandle', handle, 'The receipt handle has expired.');
}
