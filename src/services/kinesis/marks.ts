/** Where closed shards end: at the marks in their logs, see store.ts. */
import type { Storage } from '../../storage/storage.ts';
import { isMark } from './records.ts';
import { type Closed, logOf, type Shard, type Stream } from './store.ts';

/** Records that are looked at for a mark in one go; it is nearly always the first one. */
const LOOKED_AT = 64;

/** Position of the mark that ends a closed shard. */
export async function endOf(
  storage: Storage,
  stream: Stream,
  shard: Shard,
  closed: Closed,
): Promise<number> {
  if (closed.position !== undefined) return closed.position;
  const log = logOf(stream, shard);
  for (let from = closed.markFrom; ; from += LOOKED_AT) {
    const entries = await storage.read(log, { from, max: LOOKED_AT });
    const mark = entries.find(isMark);
    if (mark) return mark.position;
    if (entries.length === 0) throw new Error(`The log ${log} has no mark.`);
  }
}
