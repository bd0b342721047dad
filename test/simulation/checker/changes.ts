/**
 * Do a table, its change stream and a stream of records hold what was confirmed, once and in
 * order? Folding the change stream must give the table: neither may know more than the other.
 */
import type { ChangeFacts, Counted, Finding, Publish, RecordFacts } from '../history.ts';
import type { Lives } from './lives.ts';

export function checkChanges({ history }: Lives): readonly Finding[] {
  const { changes, records } = history;
  const confirmed = history.entries.filter(
    (entry): entry is Publish => entry.op === 'publish' && entry.outcome === 'ok',
  );
  const to = (queue: string) => confirmed.filter(({ expects }) => expects.includes(queue));
  return [
    ...(changes ? checkTable(changes) : []),
    ...(changes ? checkKept('the change stream', changes.changes, to(changes.queue)) : []),
    ...(records ? checkKept('the stream', records.records, to(records.queue)) : []),
  ];
}

function checkTable({ items, changes }: ChangeFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const folded = new Map<string, Counted>();
  for (const change of changes) {
    const { item: key, count, before } = change;
    const last = folded.get(key)?.count ?? 0;
    if (before !== last || count !== last + 1 || change.isFirst !== (last === 0)) {
      const text = `${key} went from ${before} to ${count}, when the stream had it at ${last}`;
      findings.push({ fault: 'sequence', key, text });
    }
    folded.set(key, change);
  }
  const names = new Set([...folded.keys(), ...items.map(({ item }) => item)]);
  const held = new Map(items.map((item) => [item.item, item]));
  for (const key of names) {
    const [told, is] = [folded.get(key), held.get(key)];
    if (told?.count === is?.count && told?.key === is?.key) continue;
    const text = `${key} is at ${is?.count} in the table, and at ${told?.count} in its stream`;
    findings.push({ fault: 'diverged', key, text });
  }
  return findings;
}

/** Each confirmed one is kept once, and those of a group in the order of their confirming. */
function checkKept(
  where: string,
  kept: readonly (Counted | RecordFacts['records'][number])[],
  confirmed: readonly Publish[],
): readonly Finding[] {
  const findings: Finding[] = [];
  const places = new Map<string, number>();
  for (const [place, { key }] of kept.entries()) {
    if (places.has(key)) {
      findings.push({ fault: 'duplicate', key, text: `${key} is twice in ${where}` });
    }
    places.set(key, place);
  }
  const latest = new Map<string, number>();
  for (const { key, group = '' } of confirmed) {
    const place = places.get(key);
    if (place === undefined) {
      findings.push({ fault: 'lost', key, text: `${key} was confirmed, and is not in ${where}` });
      continue;
    }
    if (place < (latest.get(group) ?? -1)) {
      findings.push({ fault: 'order', key, text: `${key} is before an earlier one in ${where}` });
    }
    latest.set(group, place);
  }
  return findings;
}
