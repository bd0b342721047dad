/**
 * Replays: a subscription gets messages again that its topic has archived.
 *
 * While one runs, the subscription gets everything from the archive, new messages too, so order
 * is kept; when it has caught up, new messages come directly again. Each page is delivered in the
 * commit that remembers how far the replay has come, so none is delivered twice or left out.
 * https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-subscriber.html
 */
import { deliver, type Item } from '../../delivery/deliver.ts';
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { LogEntry, Write } from '../../storage/storage.ts';
import { beginningMs } from './archives.ts';
import type { TopicAddress } from './arns.ts';
import { deliveryOf } from './fan-out.ts';
import { seen } from './filter.ts';
import { messageFor, noticeOf } from './notice.ts';
import { ofTopic, type Replay, type Subscription, storeOf, type Topic } from './store.ts';
import { subscriber } from './subscribers.ts';
import { findTopic } from './topic.ts';

const KIND = 'sns/replay';
/** Messages per step; fewer than are handed over in one commit. */
const PAGE = 50;

interface Note {
  readonly topic: TopicAddress;
  readonly subscription: string;
  readonly replay: string;
}

export interface ReplaySpan {
  readonly fromMs: number;
  readonly untilMs?: number;
}

/** What a ReplayPolicy asks for; a text says why it is none. */
export function readReplayPolicy(policy: string): ReplaySpan | string {
  let parsed: Readonly<Record<string, unknown>>;
  try {
    parsed = JSON.parse(policy);
  } catch {
    return 'failed to parse JSON';
  }
  if (typeof parsed !== 'object' || parsed === null) return 'must be a JSON object';
  const { PointType: type, StartingPoint: start, EndingPoint: end, ...others } = parsed;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `Attribute ${unknown} is unknown`;
  if (type !== 'Timestamp') return 'PointType must be Timestamp';
  const [fromMs, untilMs] = [momentMs(start), momentMs(end)];
  if (fromMs === undefined) return 'StartingPoint must be a timestamp';
  if (end !== undefined && untilMs === undefined) return 'EndingPoint must be a timestamp';
  if (untilMs !== undefined && untilMs < fromMs) return 'EndingPoint must be after StartingPoint';
  return { fromMs, ...(untilMs !== undefined && { untilMs }) };
}

function momentMs(value: unknown): number | undefined {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** A new replay and the write that sets it going. */
export function begin(
  stack: Stack,
  { topic, id }: Pick<Subscription, 'topic' | 'id'>,
  span: ReplaySpan,
): { readonly replay: Replay; readonly write: Write } {
  const replay: Replay = { id: stack.ids.uuid(), status: 'Pending', next: 1, ...span };
  return { replay, write: step(stack, { topic, subscription: id, replay: replay.id }) };
}

function step(stack: Stack, note: Note): Write {
  return schedule(stack, WORK, KIND, JSON.stringify(note), stack.clock.nowMs());
}

const goOn: Job = async (stack, due) => {
  const note = JSON.parse(due.note) as Note;
  const { subscriptions } = storeOf(stack);
  const partition = ofTopic(note.topic);
  const row = await subscriptions.get(partition, note.subscription);
  const replay = row?.value.replay;
  if (!row || replay?.id !== note.replay) return [];
  if (replay.status !== 'Pending' && replay.status !== 'In progress') return [];

  const next = (changes: Partial<Replay>) => {
    const value = { ...row.value, replay: { ...replay, ...changes } };
    return subscriptions.put(partition, row.key, value, row.version);
  };
  const topic = (await findTopic(stack, note.topic))?.topic;
  if (!topic?.archive) return [next({ status: 'Failed' })];
  const page = await readPage(stack, topic.archive, replay);
  const wanted = page.filter(({ atMs }) => replay.untilMs === undefined || atMs <= replay.untilMs);
  const last = wanted.at(-1);
  if (!last) return [next({ status: 'Completed' })];
  return [
    ...(await deliver(stack, itemsOf(stack, topic, row, wanted))),
    next({ status: 'In progress', next: last.position + 1 }),
    step(stack, note),
  ];
};

type ArchiveOf = NonNullable<Topic['archive']>;

function readPage(stack: Stack, archive: ArchiveOf, replay: Replay): Promise<readonly LogEntry[]> {
  const sinceMs = Math.max(replay.fromMs, beginningMs(archive, stack.clock.nowMs()));
  return stack.storage.read(archive.log, { from: replay.next, max: PAGE, sinceMs });
}

function itemsOf(
  stack: Stack,
  topic: Topic,
  row: Stored<Subscription>,
  entries: readonly LogEntry[],
): readonly Item[] {
  const { filter, shape, ...rest } = subscriber(topic, row);
  return entries.flatMap(({ body }) => {
    const notice = noticeOf(body);
    const { attributes } = notice;
    const look = seen({ attributes, body: (protocol) => messageFor(notice, protocol) });
    if (filter && look.reasonAgainst(filter, shape.as) !== undefined) return [];
    const delivery = deliveryOf({ filter, shape, ...rest }, notice, { hops: 0 });
    const replayed = { ...delivery.shape, replayed: true };
    return [{ delivery: { ...delivery, shape: replayed, sinceMs: stack.clock.nowMs() }, body }];
  });
}

export const replayJobs: Readonly<Record<string, Job>> = { [KIND]: goOn };
