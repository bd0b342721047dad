/**
 * What the live stream told lately: rates over the last seconds, a line of the last minute, the
 * depth of queues. Kept outside of React; who shows a number of it listens, and is drawn again
 * when that number changes. Time is the page's own: a virtual clock may stand still.
 */
import type {
  EdgeTraffic,
  NodeTraffic,
  QueueDepth,
  Traffic,
} from '../../../../src/admin-api/index.ts';

export type NodeCount = keyof NodeTraffic;
export type EdgeCount = keyof EdgeTraffic;

/** Seconds that are kept. */
export const KEPT = 60;
/** Rates are of the last so many seconds. */
const RATE_OVER = 10;

interface Series {
  readonly counts: Float64Array;
  /** The second that was counted last. */
  second: number;
}

export class TrafficStore {
  readonly #series = new Map<string, Map<string, Series>>();
  readonly #queues = new Map<string, QueueDepth>();
  readonly #seen = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #watchers = new Set<(frames: readonly Traffic[]) => void>();
  #second = 0;
  #isChanged = false;
  #startedAt: number | undefined;
  #sampled = 1;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Hears of frames themselves, for what moves. */
  readonly watch = (watcher: (frames: readonly Traffic[]) => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** `frames`, oldest first, the last of which came in just now. */
  add(frames: readonly Traffic[], nowMs: number): void {
    // Frames that came in together, after a pause, are of the seconds before.
    let atMs = nowMs - frames.reduce((sum, { seconds }) => sum + seconds * 1_000, 0);
    for (const frame of frames) {
      atMs += frame.seconds * 1_000;
      this.#count(frame, Math.floor(atMs / 1_000));
    }
    this.#sampled = frames.at(-1)?.sampled ?? this.#sampled;
    this.#isChanged = true;
    for (const watcher of this.#watchers) watcher(frames);
  }

  /**
   * Tells who listens, where there is anything new: what came in since, or the next second, in
   * which rates fall where nothing comes. Called a few times a second, however many frames come.
   */
  tick(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    if (!this.#isChanged && second === this.#second) return;
    this.#isChanged = false;
    this.#second = second;
    this.#startedAt ??= second;
    for (const listener of this.#listeners) listener();
  }

  #count({ nodes, edges, queues = {} }: Traffic, second: number): void {
    for (const [arn, counts] of Object.entries(nodes)) this.#add(arn, counts, second);
    for (const [id, counts] of Object.entries(edges)) {
      this.#seen.add(id);
      this.#add(id, counts, second);
    }
    for (const [arn, depth] of Object.entries(queues)) this.#queues.set(arn, depth);
  }

  #add(key: string, counts: object, second: number): void {
    for (const [name, count] of Object.entries(counts)) {
      if (typeof count !== 'number' || count === 0) continue;
      const series = this.#seriesOf(key, name, second);
      if (second <= series.second - KEPT) continue;
      const at = second % KEPT;
      series.counts[at] = (series.counts[at] ?? 0) + count;
    }
  }

  #seriesOf(key: string, name: string, second: number): Series {
    const all = this.#series.get(key) ?? new Map<string, Series>();
    this.#series.set(key, all);
    const series = all.get(name) ?? { counts: new Float64Array(KEPT), second };
    all.set(name, series);
    moveOn(series, second);
    return series;
  }

  /** Per second, over the last ten; all `keys` together. */
  rate(keys: readonly string[], names: readonly (NodeCount | EdgeCount)[]): number {
    const over = Math.min(RATE_OVER, this.#second - (this.#startedAt ?? this.#second) + 1);
    return this.#sum(keys, names, this.#second - RATE_OVER + 1) / over;
  }

  /** Of the last minute. */
  count(keys: readonly string[], names: readonly (NodeCount | EdgeCount)[]): number {
    return this.#sum(keys, names, this.#second - KEPT + 1);
  }

  #sum(keys: readonly string[], names: readonly (NodeCount | EdgeCount)[], from: number): number {
    let sum = 0;
    for (const key of keys) {
      const all = this.#series.get(key);
      if (!all) continue;
      for (const name of names) {
        const series = all.get(name);
        if (!series || series.second < from) continue;
        const first = Math.max(from, series.second - KEPT + 1, 0);
        for (let at = first; at <= series.second; at += 1) sum += series.counts[at % KEPT] ?? 0;
      }
    }
    return sum;
  }

  /** Counts of each second, the oldest first. */
  line(keys: readonly string[], names: readonly (NodeCount | EdgeCount)[]): readonly number[] {
    const line = new Array<number>(KEPT).fill(0);
    const oldest = this.#second - KEPT + 1;
    for (const series of this.#all(keys, names)) {
      const first = Math.max(oldest, series.second - KEPT + 1, 0);
      for (let at = first; at <= Math.min(series.second, this.#second); at += 1) {
        line[at - oldest] = (line[at - oldest] ?? 0) + (series.counts[at % KEPT] ?? 0);
      }
    }
    return line;
  }

  #all(keys: readonly string[], names: readonly string[]): readonly Series[] {
    return keys.flatMap((key) => names.flatMap((name) => this.#series.get(key)?.get(name) ?? []));
  }

  /** Queues together: their messages, and the age of the oldest of all. */
  depth(arns: readonly string[]): QueueDepth | undefined {
    const found = arns.flatMap((arn) => this.#queues.get(arn) ?? []);
    if (found.length === 0) return undefined;
    const sum = (name: keyof QueueDepth) => found.reduce((all, depth) => all + depth[name], 0);
    return {
      visible: sum('visible'),
      inFlight: sum('inFlight'),
      delayed: sum('delayed'),
      oldestAgeMs: Math.max(...found.map(({ oldestAgeMs }) => oldestAgeMs)),
    };
  }

  /** Whether anything went along the edge since the page looks. */
  hasSeen(edge: string): boolean {
    return this.#seen.has(edge);
  }

  get seenCount(): number {
    return this.#seen.size;
  }

  /** The one that is counted now. */
  get second(): number {
    return this.#second;
  }

  /** The part of all facts that the counts are extrapolated from. */
  get sampled(): number {
    return this.#sampled;
  }
}

/** Seconds in which nothing was counted are empty. */
function moveOn(series: Series, second: number): void {
  if (second <= series.second) return;
  if (second - series.second >= KEPT) series.counts.fill(0);
  else for (let at = series.second + 1; at <= second; at += 1) series.counts[at % KEPT] = 0;
  series.second = second;
}
