/**
 * The events of a tail: a page of the newest, what comes in live, and older pages as they are
 * asked for. Each event stands in it once, however it came; the newest is the first.
 */
import type { Published, Tail, TailFrame } from '../../../../src/admin-api/index.ts';

export interface TailState {
  readonly events: readonly Published[];
  /** Where older events go on; undefined when there are none. */
  readonly next: string | undefined;
  /** Looked at to find them, as far as pages go. */
  readonly searched: number;
  /** Published so fast that nobody looked at them live; they are in the history. */
  readonly skipped: number;
  /** Let go of at the far end, because a browser cannot hold everything. */
  readonly letGo: number;
  readonly loaded: boolean;
}

export interface TailStore {
  readonly get: () => TailState;
  readonly subscribe: (listener: () => void) => () => void;
  /** What came in live; `dropped` frames were too many to hold. */
  readonly frames: (frames: readonly TailFrame[], dropped: number) => void;
  /** The newest page: fills what is missing at the near end. */
  readonly newest: (page: Tail) => void;
  readonly older: (page: Tail) => void;
}

const EMPTY: TailState = {
  events: [],
  next: undefined,
  searched: 0,
  skipped: 0,
  letGo: 0,
  loaded: false,
};

const MOST = 20_000;

export function tailStore(most = MOST): TailStore {
  let state = EMPTY;
  const ids = new Set<string>();
  const listeners = new Set<() => void>();
  const set = (changes: Partial<TailState>) => {
    state = { ...state, ...changes };
    for (const listener of listeners) listener();
  };
  const fresh = (events: readonly Published[]) =>
    events.filter(({ id }) => {
      const known = ids.has(id);
      ids.add(id);
      return !known;
    });
  const fitting = (events: readonly Published[]): Partial<TailState> => {
    if (events.length <= most) return { events };
    for (const { id } of events.slice(most)) ids.delete(id);
    const letGo = state.letGo + events.length - most;
    return { events: events.slice(0, most), letGo, next: undefined };
  };
  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    frames: (frames, dropped) => {
      const added = fresh(frames.flatMap(({ events }) => events)).reverse();
      const skipped = frames.reduce((sum, frame) => sum + frame.skipped, dropped);
      if (added.length === 0 && skipped === 0) return;
      set({ ...fitting([...added, ...state.events]), skipped: state.skipped + skipped });
    },
    newest: ({ events, next, searched }) => {
      const added = fresh(events);
      const all = state.loaded ? byTime([...added, ...state.events]) : [...state.events, ...added];
      const first = state.loaded ? {} : { next, searched };
      set({ ...fitting(all), ...first, skipped: 0, loaded: true });
    },
    older: ({ events, next, searched }) => {
      const found = { next, searched: state.searched + searched };
      set({ ...found, ...fitting([...state.events, ...fresh(events)]) });
    },
  };
}

/** The newest first; those of one moment stay as they were. */
function byTime(events: Published[]): readonly Published[] {
  return events.sort((a, b) => b.atMs - a.atMs);
}
