/** Ticks, and what an indicator must come to. Pure: consumers, market and checks share it. */

export interface Tick {
  readonly symbol: string;
  /** Counts up for each symbol; begins with 1. */
  readonly sequence: number;
  /** In cents. */
  readonly price: number;
  readonly atMs: number;
}

/** What is known of one symbol's window, or of all of it. */
export interface Average {
  readonly sum: number;
  readonly ticks: number;
}

/** A symbol's window, and the moving average at its end. */
export interface Point {
  readonly symbol: string;
  readonly startMs: number;
  readonly average: number;
  readonly ticks: number;
  readonly sma: number;
}

export const WINDOW_MS = 10_000;
/** The moving average is over so many windows. */
export const SMA_WINDOWS = 3;

export function add({ sum, ticks }: Average = { sum: 0, ticks: 0 }, { price }: Tick): Average {
  return { sum: sum + price, ticks: ticks + 1 };
}

export const averageOf = ({ sum, ticks }: Average) => sum / ticks;

/** Of the last windows' averages, the newest last. */
export function movingAverage(averages: readonly number[]): number {
  const last = averages.slice(-SMA_WINDOWS);
  return last.reduce((sum, one) => sum + one, 0) / last.length;
}

/** What the indicator must come to, computed from all ticks at once. */
export function recompute(ticks: readonly Tick[]): readonly Point[] {
  const bySymbol = Map.groupBy(ticks, ({ symbol }) => symbol);
  return [...bySymbol].flatMap(([symbol, own]) => {
    const windows = Map.groupBy(own, ({ atMs }) => Math.floor(atMs / WINDOW_MS) * WINDOW_MS);
    const sorted = [...windows].sort(([one], [other]) => one - other);
    const averages: number[] = [];
    return sorted.map(([startMs, inside]): Point => {
      const whole = inside.reduce<Average | undefined>(add, undefined) ?? { sum: 0, ticks: 0 };
      averages.push(averageOf(whole));
      const sma = movingAverage(averages);
      return { symbol, startMs, average: averageOf(whole), ticks: whole.ticks, sma };
    });
  });
}

export interface Market {
  /** The next `count` ticks, all of this moment. */
  trade(count: number, atMs: number): readonly Tick[];
}

/** Prices that wander; the same for the same number of symbols. */
export function openMarket(symbols: number): Market {
  const prices = Array.from({ length: symbols }, (_, at) => 1_000 + at * 100);
  const sequences = prices.map(() => 0);
  let seed = 1;
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  return {
    trade: (count, atMs) =>
      Array.from({ length: count }, (): Tick => {
        const at = next(symbols);
        const price = Math.max(100, (prices[at] ?? 0) + next(21) - 10);
        const sequence = (sequences[at] ?? 0) + 1;
        prices[at] = price;
        sequences[at] = sequence;
        return { symbol: `S${String(at).padStart(3, '0')}`, sequence, price, atMs };
      }),
  };
}
