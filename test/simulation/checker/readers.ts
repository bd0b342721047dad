/**
 * Do all readers of a shard see the same order without gaps? What a reader got must be a piece of
 * the order in which the shard stood at the end.
 */
import type { Finding, ReaderFacts } from '../history.ts';
import type { Lives } from './lives.ts';

export function checkReaders({ history }: Lives): readonly Finding[] {
  const { records, readers = [] } = history;
  const shards = Map.groupBy(records?.records ?? [], ({ shard = '' }) => shard);
  return readers.flatMap((reader) => {
    const order = (shards.get(reader.shard) ?? []).map(({ key }) => key);
    return checkReader(reader, order);
  });
}

function checkReader(facts: ReaderFacts, order: readonly string[]): readonly Finding[] {
  const { reader, keys, fromOldest, toNewest } = facts;
  const places = new Map(order.map((key, place) => [key, place]));
  const [first = ''] = keys;
  let expected = fromOldest ? 0 : (places.get(first) ?? 0);
  const wrong = (fault: Finding['fault'], key: string, what: string): readonly Finding[] => [
    { fault, key, text: `${reader} ${what} of ${facts.shard}` },
  ];
  for (const key of keys) {
    const place = places.get(key);
    if (place === undefined) return wrong('phantom', key, `got ${key}, which is no record`);
    if (place > expected) {
      const missed = order[expected] ?? '';
      // What comes later after all is not missing but out of order.
      const fault = keys.includes(missed) ? 'order' : 'gap';
      return wrong(fault, missed, `got ${key} without ${missed} before it`);
    }
    if (place < expected) return wrong('duplicate', key, `got ${key} again, or too late,`);
    expected = place + 1;
  }
  const missed = order[expected];
  if (!toNewest || missed === undefined || (keys.length === 0 && !fromOldest)) return [];
  return wrong('gap', missed, `stopped before ${missed}`);
}
