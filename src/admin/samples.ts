/**
 * A sample of what was appended to some logs: evenly spread stretches, so that what somebody who
 * looks costs does not grow with what goes on. What a record stands for is told with it.
 */
import type { LogEntry, Storage } from '../storage/storage.ts';

export interface Stretch {
  readonly log: string;
  readonly from: number;
  readonly count: number;
  /** How many records each of these stands for, itself included. */
  readonly weight: number;
}

/** What was appended to a log: the positions from `from` up to `next`, without it. */
export interface Appended {
  readonly log: string;
  readonly from: number;
  readonly next: number;
}

/** Records of one stretch: few, to spread them; not single ones, as blocks are read whole. */
const STRETCH = 100;

/** Stretches at even distances would see of what comes in turns some turns only. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Stretches of at most `most` records in all; of each log that has any, at least one record. */
export function stretchesOf(appended: readonly Appended[], most: number): readonly Stretch[] {
  const some = appended.filter(({ from, next }) => next > from);
  const total = some.reduce((sum, { from, next }) => sum + next - from, 0);
  if (total <= most) {
    return some.map(({ log, from, next }) => ({ log, from, count: next - from, weight: 1 }));
  }
  const shared = most - some.length;
  return some.flatMap(({ log, from, next }) => {
    const length = next - from;
    const wanted = Math.min(length, 1 + Math.floor((shared * length) / total));
    const stretches = Math.ceil(wanted / STRETCH);
    return Array.from({ length: stretches }, (_, index): Stretch => {
      const [begin, end] = [part(wanted, stretches, index), part(wanted, stretches, index + 1)];
      const at = part(length, stretches, index);
      const spare = part(length, stretches, index + 1) - at - (end - begin);
      const shift = Math.floor(spare * ((index * GOLDEN) % 1));
      return { log, from: from + at + shift, count: end - begin, weight: length / wanted };
    });
  });
}

/** Where part `index` of `parts` of a length begins. */
function part(length: number, parts: number, index: number): number {
  return Math.floor((length * index) / parts);
}

export interface Sample {
  readonly entries: readonly { readonly entry: LogEntry; readonly weight: number }[];
  /** The part of the records that was read. */
  readonly sampled: number;
}

/** Reads a sample; records that were let go of meanwhile are left out. */
export async function sampleOf(
  storage: Pick<Storage, 'read'>,
  appended: readonly Appended[],
  most: number,
): Promise<Sample> {
  const stretches = stretchesOf(appended, most);
  const reads = stretches.map(async ({ log, from, count, weight }) => {
    const read = await storage.read(log, { from, max: count });
    return read
      .filter(({ position }) => position < from + count)
      .map((entry) => ({ entry, weight }));
  });
  const entries = (await Promise.all(reads)).flat();
  const total = stretches.reduce((sum, { count, weight }) => sum + count * weight, 0);
  const looked = stretches.reduce((sum, { count }) => sum + count, 0);
  return { entries, sampled: total === 0 ? 1 : looked / total };
}
