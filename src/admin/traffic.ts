/**
 * `GET /_millrace/v1/map/live`: what moves on the map, as server-sent events.
 *
 * One follower of the journal serves all who look and ends with the last of them. It paces itself
 * by what it costs: having taken some milliseconds it rests for forty times as long, so that a
 * server under full load keeps its throughput. A look at 1,000 facts takes some 3 ms.
 */
import { ticksMs } from '../core/clock.ts';
import type { Depths, Place } from '../delivery/lens.ts';
import type { Stack } from '../delivery/stack.ts';
import { follow, placeOf } from '../services/admin-http.ts';
import type { EventClient } from '../services/server-sent-events.ts';
import type { Route } from '../services/service.ts';
import { type Moved, Movements } from './movements.ts';
import { QueueDepths } from './queue-depths.ts';
import { Topology } from './topology.ts';

export const LIVE_PATH = '/_millrace/v1/map/live';

const FRAME_MS = 250;
const REST = 40;
/** A storage that was away for a while is not to blind those who look for much longer. */
const LONGEST_REST_MS = 5_000;
/** Looks between counts of queues, and between looks at what there is. */
const DEPTHS_EVERY = 8;
const REFRESH_EVERY = 40;

/** Edges remembered of one who looks; past that it begins anew. */
const MOST_KNOWN = 20_000;

/** Of one server: whoever follows is shared by its clients. */
export function liveMap(): Route {
  let live: LiveMap | undefined;
  return follow((stack, request) => {
    live ??= new LiveMap(stack);
    const { join } = live;
    const place = placeOf(stack, request);
    return (client) => join(client, place);
  });
}

/** Somebody who looks. */
interface Viewer {
  readonly to: EventClient;
  readonly place: Place;
  /** Edges that were on the map when it began to look, or that it was told of. */
  known: Set<string> | undefined;
  /** Depths that are still to be told. */
  queues: Depths;
}

export class LiveMap {
  readonly #stack: Stack;
  readonly #viewers = new Set<Viewer>();
  #following = false;
  #wake = () => {};

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Sends frames from now on. Returns how to leave. */
  readonly join = (to: EventClient, place: Place): (() => void) => {
    const viewer: Viewer = { to, place, known: undefined, queues: {} };
    this.#viewers.add(viewer);
    if (!this.#following) {
      this.#following = true;
      this.#follow();
    }
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#wake();
    };
  };

  /** Never rejects. */
  async #follow(): Promise<void> {
    const { closing, log } = this.#stack;
    let isTold = false;
    let following: Following | undefined;
    while (this.#viewers.size > 0 && !closing.aborted) {
      const beganAt = ticksMs();
      try {
        following ??= await begun(this.#stack, this.#places());
        await this.#frame(following);
        isTold = false;
      } catch (cause) {
        if (!isTold && this.#viewers.size > 0 && !closing.aborted) {
          log.warn('the traffic on the map could not be read', { cause: String(cause) });
        }
        isTold = true;
      }
      const restMs = Math.min(REST * (ticksMs() - beganAt), LONGEST_REST_MS);
      await this.#pause(Math.max(FRAME_MS, restMs));
    }
    this.#following = false;
  }

  #places(): readonly Place[] {
    return [...this.#viewers].map(({ place }) => place);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#viewers.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = this.#stack.clock.afterWallMs(ms, resolve);
    await promise;
    timer.cancel();
  }

  async #frame(following: Following): Promise<void> {
    const { topology } = following;
    await topology.learn(this.#places());
    const { seconds, moved, changes } = await following.look(this.#stack);
    const { tally, sampled } = moved;
    const atMs = this.#stack.clock.nowMs();
    const frame = JSON.stringify({ atMs, seconds, sampled, ...tally.counts() });
    for (const viewer of this.#viewers) {
      const isNew = viewer.known === undefined;
      viewer.known ??= new Set(topology.edges.keys());
      viewer.queues = isNew ? following.depths.all : { ...viewer.queues, ...changes };
      if (isNew || !tally.isEmpty || Object.keys(viewer.queues).length > 0) {
        tell(viewer, viewer.known, frame, moved);
      }
    }
  }
}

/** What was left out for a slow client is told with the next frame, but for the counts. */
function tell(viewer: Viewer, known: Set<string>, frame: string, { tally }: Moved): void {
  const fresh = [...tally.edges.values()].filter(({ id }) => !known.has(id));
  const told = fresh.map((edge) => ({ ...edge, seen: true }));
  const parts = [
    frame.slice(0, -1),
    ...(Object.keys(viewer.queues).length > 0 ? [`"queues":${JSON.stringify(viewer.queues)}`] : []),
    ...(told.length > 0 ? [`"fresh":${JSON.stringify(told)}`] : []),
  ];
  if (!viewer.to.send(`${parts.join(',')}}`)) return;
  viewer.queues = {};
  for (const { id } of fresh) known.add(id);
  if (known.size > MOST_KNOWN) viewer.known = undefined;
}

interface Look {
  readonly seconds: number;
  readonly moved: Moved;
  readonly changes: Depths;
}

/** What following goes by, from the first viewer to the last. */
class Following {
  readonly topology: Topology;
  readonly depths: QueueDepths;
  readonly movements: Movements;
  #lookedAt = ticksMs();
  #looks = 0;

  constructor(stack: Stack) {
    this.topology = new Topology(stack);
    this.depths = new QueueDepths(stack, this.topology);
    this.movements = new Movements(stack, this.topology);
  }

  async look(stack: Stack): Promise<Look> {
    const now = ticksMs();
    const seconds = Math.round(now - this.#lookedAt) / 1_000;
    this.#lookedAt = now;
    const moved = await this.movements.look();
    this.depths.touch(moved.tally.places);
    const isTime = this.#looks % DEPTHS_EVERY === 0;
    this.#looks += 1;
    if (this.#looks % REFRESH_EVERY === 0) await this.topology.refresh();
    const changes = isTime && !stack.closing.aborted ? await this.depths.changes() : {};
    return { seconds, moved, changes };
  }
}

async function begun(stack: Stack, places: readonly Place[]): Promise<Following> {
  const following = new Following(stack);
  await following.topology.learn(places);
  await following.movements.begin();
  return following;
}
