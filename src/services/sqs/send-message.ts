/**
 * SendMessage, and SendMessageBatch, whose entries succeed or fail one by one.
 *
 * When the answer leaves, every accepted message is stored. A FIFO queue takes a deduplication id
 * once in five minutes; a repetition is answered like the first time and stores nothing.
 */
import { tracedAs } from '../../core/trace-context.ts';
import { causesOf } from '../../core/trace-header.ts';
import type { Receipt, Write } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { batchAnswer, checkEntries, failedEntry } from './batches.ts';
import { contentOf } from './contents.ts';
import { type Draft, draftMessage, enqueueOf } from './drafts.ts';
import { fault } from './errors.ts';
import { senderIdOf, sequenceNumber } from './message.ts';
import { attributeBytes } from './message-attributes.ts';
import { findQueue, type Queue } from './queue.ts';

type Entry = Sqs.SendMessageRequest | Sqs.SendMessageBatchRequestEntry;

export const SendMessage: Operation<Sqs.Operations['SendMessage']> = async (call, input) => {
  const queue = await findQueue(call, input.QueueUrl, 'sqs:SendMessage');
  const draft = draftEntry(call, queue, input);
  const [receipt] = await call.stack.storage.commit(writesOf(call, queue, draft));
  return answerOf(call, queue, draft, receipt);
};

export const SendMessageBatch: Operation<Sqs.Operations['SendMessageBatch']> = async (
  call,
  input,
) => {
  const queue = await findQueue(call, input.QueueUrl, 'sqs:SendMessage');
  checkEntries(input.Entries, 'SendMessageBatchRequestEntry');
  checkBatchSize(input.Entries, call.stack.settings.quotas['sqs.batchBytes']);
  const drafts: { readonly id: string; readonly draft: Draft; readonly at: number }[] = [];
  const failed: Sqs.BatchResultErrorEntry[] = [];
  const writes: Write[] = [];
  for (const entry of input.Entries) {
    try {
      const draft = draftEntry(call, queue, entry);
      drafts.push({ id: entry.Id, draft, at: writes.length });
      writes.push(...writesOf(call, queue, draft));
    } catch (cause) {
      failed.push(failedEntry(entry.Id, cause));
    }
  }
  const receipts = writes.length > 0 ? await call.stack.storage.commit(writes) : [];
  const successful = drafts.map(({ id, draft, at }) => ({
    Id: id,
    ...answerOf(call, queue, draft, receipts[at]),
  }));
  return batchAnswer(successful, failed);
};

function draftEntry(call: Call, queue: Queue, entry: Entry): Draft {
  return draftMessage(call.stack, queue, {
    body: entry.MessageBody,
    senderId: senderIdOf(call.principalArn),
    attributes: entry.MessageAttributes,
    systemAttributes: entry.MessageSystemAttributes,
    traceHeader: call.traceHeader,
    delaySeconds: entry.DelaySeconds,
    group: entry.MessageGroupId,
    dedupId: entry.MessageDeduplicationId,
  });
}

function writesOf(call: Call, queue: Queue, draft: Draft): readonly Write[] {
  const { journal, clock, settings } = call.stack;
  const enqueue = enqueueOf(queue, draft, settings.quotas['sqs.dedupMs']);
  if (!journal.on) return [enqueue];
  const { id } = draft.message;
  const atMs = clock.nowMs();
  const causes = causesOf(call.traceHeader, call.again);
  const content = journal.wantsContent() ? contentOf(draft.message) : undefined;
  const traced = tracedAs(draft.traceHeader, draft.traceParent);
  const fact = {
    kind: 'publish',
    id,
    arn: queue.arn,
    atMs,
    ...causes,
    ...traced,
    content,
  } as const;
  return [enqueue, ...journal.record(fact)];
}

function answerOf(call: Call, queue: Queue, draft: Draft, receipt: Receipt | undefined) {
  const original = receipt?.duplicateOf;
  if (original !== undefined) noteDuplicate(call, queue, draft, original);
  return {
    MessageId: original ?? draft.message.id,
    MD5OfMessageBody: draft.bodyMd5,
    MD5OfMessageAttributes: draft.attributesMd5,
    MD5OfMessageSystemAttributes: draft.systemAttributesMd5,
    SequenceNumber: queue.fifo ? sequenceNumber(receipt?.position ?? 0) : undefined,
  };
}

/** The journal has it as published already; here is why it went no further. */
function noteDuplicate(call: Call, queue: Queue, draft: Draft, original: string): void {
  const { journal, storage, clock, log } = call.stack;
  const dropped = journal.record({
    kind: 'drop',
    id: draft.message.id,
    arn: queue.arn,
    atMs: clock.nowMs(),
    note: `duplicate of ${original}`,
  });
  if (dropped.length === 0) return;
  storage.commit(dropped).catch((cause: unknown) => {
    log.warn('the journal missed a duplicate', { queue: queue.arn, cause: String(cause) });
  });
}

function checkBatchSize(entries: readonly Entry[], mostBytes: number): void {
  let bytes = 0;
  for (const { MessageBody: body, MessageAttributes: attributes } of entries) {
    bytes += Buffer.byteLength(body) + attributeBytes(attributes);
  }
  if (bytes <= mostBytes) return;
  const most = `Batch requests cannot be longer than ${mostBytes} bytes.`;
  throw fault('BatchRequestTooLong', `${most} You have sent ${bytes} bytes.`);
}
