/**
 * Publish and PublishBatch.
 *
 * When the answer leaves, the message is durable together with every hand-over to a queue and
 * every delivery that still has to be tried; a subscription made later gets nothing of it.
 * Entries of a batch succeed or fail on their own; those of a FIFO topic keep their order.
 */

import { AwsError } from '../../core/errors.ts';
import { causesOf } from '../../core/trace-header.ts';
import { DELIVERIES } from '../../delivery/deliver.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type {
  BatchResultErrorEntry,
  Operations,
  PublishBatchRequestEntry,
  PublishBatchRequestEntryList,
} from '../../wire/types/sns.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { checkAccess } from './access.ts';
import { topicArn } from './arns.ts';
import { untilWon } from './change.ts';
import { isEndpointArn, publishToEndpoint, publishToPhone } from './direct.ts';
import { fault, invalid } from './errors.ts';
import { fanOut, type Source } from './fan-out.ts';
import {
  dedupKey,
  inTurn,
  partitionOf,
  type Remembered,
  remember,
  remembered,
  sweepLater,
} from './fifo.ts';
import { type Draft, draftOf, forTopic, sizeOf } from './message.ts';
import type { Notice } from './notice.ts';
import { takesTurn, turnOf } from './sequence.ts';
import type { Topic } from './store.ts';
import { factsOf, knownTopic } from './topic.ts';

export const Publish: Operation<Operations['Publish']> = async (call, input) => {
  const { TopicArn, TargetArn, PhoneNumber } = input;
  if (PhoneNumber !== undefined) return publishToPhone(call, PhoneNumber, input);
  const arn = TopicArn ?? TargetArn;
  if (arn === undefined) {
    throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
  }
  if (isEndpointArn(arn)) return publishToEndpoint(call, arn, input);
  const name = TopicArn === undefined ? 'TargetArn' : 'TopicArn';
  const { topic } = await knownTopic(call, arn, name);
  checkAccess(call, topic, 'SNS:Publish');
  const draft = forTopic(draftOf(input, maxBytes(call.stack, topic)), factsOf(topic));
  const [receipt] = await publish(call.stack, topic, [draft], sourceOf(call));
  return { MessageId: receipt?.id, SequenceNumber: receipt?.sequence };
};

export const PublishBatch: Operation<Operations['PublishBatch']> = async (call, input) => {
  const entries = input.PublishBatchRequestEntries;
  const { topic } = await knownTopic(call, input.TopicArn);
  checkAccess(call, topic, 'SNS:Publish');
  checkBatch(entries, maxBytes(call.stack, topic));
  const drafts = entries.map((entry) => draftOrFailure(entry, topic));
  const good = drafts.flatMap(({ id, draft }) => (draft ? [{ id, draft }] : []));
  const receipts = await publish(
    call.stack,
    topic,
    good.map(({ draft }) => draft),
    sourceOf(call),
  );
  return {
    Successful: good.map(({ id }, index) => ({
      Id: id,
      MessageId: receipts[index]?.id,
      SequenceNumber: receipts[index]?.sequence,
    })),
    Failed: drafts.flatMap(({ failure }) => failure ?? []),
  };
};

export function maxBytes({ settings }: Pick<Stack, 'settings'>, topic: Topic): number {
  return factsOf(topic).maxBytes ?? settings.quotas['sns.messageBytes'];
}

function sourceOf({ traceHeader, again }: Call): Source {
  return { hops: 0, traceHeader, ...causesOf(traceHeader, again) };
}

const MOST_ENTRIES = 10;
const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;

/** What is wrong with the batch as a whole. */
function checkBatch(entries: PublishBatchRequestEntryList, limit: number): void {
  if (entries.length === 0) {
    throw fault('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  }
  if (entries.length > MOST_ENTRIES) {
    const message = 'The batch request contains more entries than permissible.';
    throw fault('TooManyEntriesInBatchRequest', message);
  }
  if (!entries.every(({ Id }) => ENTRY_ID.test(Id))) {
    const message =
      "The Id of a batch entry in a batch request doesn't abide by the specification.";
    throw fault('InvalidBatchEntryId', message);
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    const message = 'Two or more batch entries in the request have the same Id.';
    throw fault('BatchEntryIdsNotDistinct', message);
  }
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > limit) {
    const message = 'The length of all the batch messages put together is more than the limit.';
    throw fault('BatchRequestTooLong', message);
  }
}

interface Entry {
  readonly id: string;
  readonly draft?: Draft;
  readonly failure?: BatchResultErrorEntry;
}

/** Sizes are no concern here: they were looked at for the batch as a whole. */
function draftOrFailure(entry: PublishBatchRequestEntry, topic: Topic): Entry {
  const { Id: id } = entry;
  try {
    const draft = draftOf(entry, Number.POSITIVE_INFINITY);
    return { id, draft: forTopic(draft, factsOf(topic)) };
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    const { code, message } = cause;
    return { id, failure: { Id: id, Code: code, Message: message, SenderFault: true } };
  }
}

/** What a message was accepted as. */
export interface Receipt {
  readonly id: string;
  readonly sequence?: string;
}

interface Publication {
  readonly writes: readonly Write[];
  readonly receipts: readonly Receipt[];
}

/** Publishes messages together: all of them are accepted, or none is. */
async function publish(
  stack: Stack,
  topic: Topic,
  drafts: readonly Draft[],
  source: Source,
): Promise<readonly Receipt[]> {
  if (drafts.length === 0) return [];
  if (!factsOf(topic).fifo) {
    const { writes, receipts } = await plan(stack, topic, drafts, source);
    await stack.storage.commit(writes);
    return receipts;
  }
  return untilWon(async () => {
    const { receipts, done } = await inTurn(stack, topic, async () => {
      const planned = await plan(stack, topic, drafts, source);
      const commit = stack.storage.commit(planned.writes);
      // Where something waits, or the turn is taken, those after it must see that it is so.
      if (planned.writes.some((write) => isWaiting(write) || takesTurn(write))) await commit;
      return { receipts: planned.receipts, done: commit };
    });
    await done;
    return receipts;
  });
}

function isWaiting(write: Write): boolean {
  return write.kind === 'enqueue' && write.queue.startsWith(DELIVERIES);
}

/** The writes by which messages are published, in order. Commits nothing. */
export async function plan(
  stack: Stack,
  topic: Topic,
  drafts: readonly Draft[],
  source: Source,
): Promise<Publication> {
  if (factsOf(topic).fifo) return planFifo(stack, topic, drafts, source);
  const notices = drafts.map((draft) => noticeOf(stack, topic, draft));
  const writes = await fanOut(stack, topic, notices, source);
  return { writes, receipts: notices.map(({ id }) => ({ id })) };
}

function noticeOf(stack: Stack, topic: Topic, draft: Draft): Notice {
  const { published: _, ...kept } = draft;
  const atMs = stack.clock.nowMs();
  return { id: stack.ids.uuid(), topicArn: topicArn(topic), atMs, ...kept };
}

async function planFifo(
  stack: Stack,
  topic: Topic,
  drafts: readonly Draft[],
  source: Source,
): Promise<Publication> {
  const receipts: Receipt[] = [];
  const notices: Notice[] = [];
  const writes: Write[] = [];
  const untilMs = stack.clock.nowMs() + stack.settings.quotas['sns.dedupMs'];
  const inBatch = new Map<string, Remembered>();
  const turn = await turnOf(stack, partitionOf(topic));
  for (const draft of drafts) {
    const key = dedupKey(topic, draft);
    const earlier = await remembered(stack, topic, key);
    const duplicate = inBatch.get(key) ?? earlier.message;
    if (duplicate) {
      writes.push(...recordDuplicate(stack, topic, duplicate.id));
      receipts.push({ id: duplicate.id, sequence: duplicate.sequence });
      continue;
    }
    const sequence = turn.next();
    const notice = { ...noticeOf(stack, topic, draft), sequence };
    const message = { id: notice.id, sequence, untilMs };
    inBatch.set(key, message);
    notices.push(notice);
    receipts.push({ id: notice.id, sequence });
    writes.push(remember(topic, key, message, earlier.version));
  }
  if (notices.length > 0) writes.push(...turn.writes, ...(await sweepLater(stack, topic)));
  return { writes: [...writes, ...(await fanOut(stack, topic, notices, source))], receipts };
}

function recordDuplicate(stack: Stack, topic: Topic, id: string): readonly Write[] {
  const atMs = stack.clock.nowMs();
  return stack.journal.record({
    kind: 'drop',
    id,
    arn: topicArn(topic),
    atMs,
    outcome: 'DUPLICATE',
  });
}
