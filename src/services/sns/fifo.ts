/**
 * FIFO topics: one publication after the other, and messages that are published a second time.
 *
 * A deduplication id is remembered for five minutes in the commit of its message, under the
 * condition that it was not there, so of two callers who publish it at once one wins and the
 * other is told of the winner's message.
 */
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Put, Storage, Write } from '../../storage/storage.ts';
import { topicArn } from './arns.ts';
import type { Draft } from './message.ts';
import { ofTopic, storeOf, type Topic } from './store.ts';
import { factsOf } from './topic.ts';

const TABLE = 'sns/deduplication';

/** What a message was accepted as. */
export interface Remembered {
  readonly id: string;
  readonly sequence: string;
  readonly untilMs: number;
}

/** A topic that was deleted and made again begins anew. */
export function partitionOf(topic: Topic): string {
  return `${ofTopic(topic)}/${topic.createdAtMs}`;
}

export function dedupKey(topic: Topic, { group, dedupId }: Draft): string {
  return factsOf(topic).groupScope ? `${group} ${dedupId}` : `${dedupId}`;
}

/** The message that `key` stands for, if it is still remembered, and the row that says so. */
export async function remembered(
  stack: Stack,
  topic: Topic,
  key: string,
): Promise<{ readonly message?: Remembered; readonly version: number }> {
  const row = await stack.storage.get(TABLE, partitionOf(topic), key);
  if (!row) return { version: 0 };
  const message = JSON.parse(row.value) as Remembered;
  const { version } = row;
  return message.untilMs > stack.clock.nowMs() ? { message, version } : { version };
}

/** The write that remembers a message, unless another one was faster. */
export function remember(topic: Topic, key: string, message: Remembered, version: number): Put {
  const value = JSON.stringify(message);
  const partition = partitionOf(topic);
  return { kind: 'put', table: TABLE, partition, key, value, ifVersion: version };
}

const turns = new WeakMap<Storage, Map<string, Promise<unknown>>>();

/**
 * Runs `publish` when those before it on the same topic are through, so that sequence numbers are
 * handed to storage in their order. A turn ends when the writes are handed in: they take effect in
 * that order, and waiting for the disk would allow one message per fsync.
 */
export function inTurn<Answer>(
  stack: Stack,
  topic: Topic,
  publish: () => Promise<Answer>,
): Promise<Answer> {
  let queues = turns.get(stack.storage);
  if (!queues) {
    queues = new Map();
    turns.set(stack.storage, queues);
  }
  const arn = topicArn(topic);
  const before = queues.get(arn) ?? Promise.resolve();
  const mine = before.then(publish, publish);
  queues.set(arn, mine);
  const after = () => {
    if (queues.get(arn) === mine) queues.delete(arn);
  };
  mine.then(after, after);
  return mine;
}

const KIND = 'sns/forget-deduplication';
/** Rows looked at in one run of the job. */
const PAGE = 1_000;

interface Note {
  readonly partition: string;
  /** Key to go on after, and whether something young was seen before it. */
  readonly after?: string;
  readonly left?: boolean;
}

/** The writes that make a job let go of old ids, unless one is on its way already. */
export async function sweepLater(stack: Stack, topic: Topic): Promise<readonly Write[]> {
  const partition = partitionOf(topic);
  const { sweeps } = storeOf(stack);
  if (await sweeps.get(partition, KIND)) return [];
  const mark = sweeps.put(partition, KIND, { arn: topicArn(topic) }, 0);
  return [mark, sweep(stack, { partition }, stack.settings.quotas['sns.dedupMs'])];
}

function sweep(stack: Stack, note: Note, inMs: number): Write {
  const atMs = stack.clock.nowMs() + inMs;
  return schedule(stack, TIMETABLE, KIND, JSON.stringify(note), atMs);
}

const forget: Job = async (stack, due) => {
  const { partition, after, left: before } = JSON.parse(due.note) as Note;
  const nowMs = stack.clock.nowMs();
  const page = { limit: PAGE, ...(after !== undefined && { after }) };
  const rows = await stack.storage.scan(TABLE, partition, page);
  const isOld = (value: string) => (JSON.parse(value) as Remembered).untilMs <= nowMs;
  const old = rows.filter(({ value }) => isOld(value));
  const removals = old.map(
    ({ key, version }) =>
      ({ kind: 'remove', table: TABLE, partition, key, ifVersion: version }) as const,
  );
  const left = before === true || old.length < rows.length;
  const last = rows.at(-1);
  if (last && rows.length === PAGE) {
    return [...removals, sweep(stack, { partition, after: last.key, left }, 0)];
  }
  if (left) return [...removals, sweep(stack, { partition }, stack.settings.quotas['sns.dedupMs'])];
  return [...removals, storeOf(stack).sweeps.remove(partition, KIND)];
};

export const fifoJobs: Readonly<Record<string, Job>> = { [KIND]: forget };
