/**
 * How a replay goes on: one minute of event time after the other, as jobs.
 *
 * Each step routes some archived events of one minute, notes how far it came and plans the next
 * step, all in one commit. So a crash neither loses nor repeats an event, and a cancelled replay
 * ends at its next step. Within a minute events keep the order in which they were archived.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
 */
import { nextTurn } from '../../core/clock.ts';
import { deliver, type Item } from '../../delivery/deliver.ts';
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { LogEntry, Storage, Write } from '../../storage/storage.ts';
import { readEvent, replayed } from './event.ts';
import { openBus, route } from './route.ts';
import { type Replay, storeOf } from './store.ts';

export const REPLAY_STEP = 'events/replay-step';

/** From StartReplay to the first event, so that STARTING is a state that can be seen. */
const START_MS = 1000;
/** Between steps, which leaves room for live events. */
const PAUSE_MS = 20;
const MOST_EVENTS_PER_STEP = 100;
const MINUTE_MS = 60_000;

interface Note {
  readonly partition: string;
  readonly replay: string;
  readonly id: string;
  /** What is archived from here on came too late for this replay. */
  readonly upTo?: number;
  /** The latest event that was replayed. */
  readonly last?: Place;
}

/** Where an archived event stands in a replay: by minute, then by position in the archive. */
interface Place {
  readonly minute: number;
  readonly position: number;
  readonly timeMs: number;
}

export function firstStep(stack: Stack, partition: string, replay: Replay): Write {
  return step(stack, { partition, replay: replay.name, id: replay.id }, START_MS);
}

function step(stack: Stack, note: Note, waitMs: number): Write {
  const atMs = stack.clock.nowMs() + waitMs;
  return schedule(stack, WORK, REPLAY_STEP, JSON.stringify(note), atMs);
}

export const replayStep: Job = async (stack, due) => {
  const begun = JSON.parse(due.note) as Note;
  const { replays } = storeOf(stack);
  const row = await replays.get(begun.partition, begun.replay);
  if (!row || row.value.id !== begun.id) return [];
  const replay = row.value;
  const put = (next: Replay) => replays.put(begun.partition, next.name, next, row.version);
  if (replay.state === 'CANCELLING') return [put(ended(stack, replay, 'CANCELLED'))];

  const upTo = begun.upTo ?? (await stack.storage.bounds(replay.archiveLog)).next;
  const places = await placesAfter(stack, replay, upTo, begun.last);
  const first = places[0];
  if (!first) return [put(ended(stack, replay, 'COMPLETED'))];
  const batch = places
    .slice(0, MOST_EVENTS_PER_STEP)
    .filter(({ minute }) => minute === first.minute);
  const last = batch.at(-1) ?? first;
  const { writes, count } = await routeAll(stack, replay, batch);
  const replayed = (replay.replayed ?? 0) + count;
  const running: Replay = { ...replay, state: 'RUNNING', lastReplayedMs: last.timeMs, replayed };
  remember(stack, replay, { after: last, places: places.slice(batch.length) });
  return [put(running), step(stack, { ...begun, upTo, last }, PAUSE_MS), ...writes];
};

function ended(stack: Stack, replay: Replay, state: 'COMPLETED' | 'CANCELLED'): Replay {
  remember(stack, replay, undefined);
  return { ...replay, state, endedAtMs: stack.clock.nowMs() };
}

/** What is left of a replay after a place; kept from step to step so as not to look again. */
interface Agenda {
  readonly after: Place;
  readonly places: readonly Place[];
}

const agendas = new WeakMap<Storage, Map<string, Agenda>>();

function remember({ storage }: Stack, { id }: Replay, agenda: Agenda | undefined): void {
  const known = agendas.get(storage) ?? new Map<string, Agenda>();
  if (agenda) known.set(id, agenda);
  else known.delete(id);
  agendas.set(storage, known);
}

async function placesAfter(
  stack: Stack,
  replay: Replay,
  upTo: number,
  last: Place | undefined,
): Promise<readonly Place[]> {
  const known = agendas.get(stack.storage)?.get(replay.id);
  if (known && known.after.position === last?.position) return known.places;
  const places: Place[] = [];
  for await (const { position, key } of recordsOf(stack, replay.archiveLog, upTo)) {
    const timeMs = Number(key);
    const minute = Math.floor(timeMs / MINUTE_MS);
    const place = { minute, position, timeMs };
    const isWanted = timeMs >= replay.startMs && timeMs < replay.endMs;
    if (isWanted && (!last || inOrder(last, place) < 0)) places.push(place);
  }
  return places.sort(inOrder);
}

function inOrder(a: Place, b: Place): number {
  return a.minute - b.minute || a.position - b.position;
}

const PAGE = 1000;

async function* recordsOf({ storage }: Stack, log: string, upTo: number): AsyncIterable<LogEntry> {
  let from = (await storage.bounds(log)).first;
  while (from < upTo) {
    const page = await storage.read(log, { from, max: Math.min(PAGE, upTo - from) });
    yield* page;
    await nextTurn(); // A long archive must not hold up everybody else.
    const last = page.at(-1);
    if (!last) return;
    from = last.position + 1;
  }
}

async function routeAll(
  stack: Stack,
  replay: Replay,
  batch: readonly Place[],
): Promise<{ readonly writes: readonly Write[]; readonly count: number }> {
  const bus = await openBus(stack, replay.bus);
  const filter = replay.destination.FilterArns;
  const only = filter && filter.length > 0 ? new Set(filter) : undefined;
  const writes: Write[] = [];
  const items: Item[] = [];
  let count = 0;
  for (const { position } of batch) {
    const [entry] = await stack.storage.read(replay.archiveLog, { from: position, max: 1 });
    if (entry?.position !== position) continue; // Retention was faster.
    const event = replayed(readEvent(entry.body), replay.name);
    const routed = route(stack, bus, event, { hops: 0, isForwarded: false, only });
    writes.push(...routed.writes);
    items.push(...routed.items);
    count += 1;
  }
  return { writes: [...writes, ...(await deliver(stack, items))], count };
}
