import { expect, test } from 'vitest';
import type { Holder, PostgresHealth } from '../../../src/storage/postgres/probe.ts';
import { warningsOf } from '../../../src/storage/postgres/warnings.ts';

const HEALTHY: PostgresHealth = {
  oldestSnapshot: undefined,
  slots: [{ name: 'busy', active: true, lagBytes: 2 ** 40 }],
  standbys: [],
  deadRows: 0,
  liveRows: 0,
  tableBytes: 0,
  clock: { offsetMs: 0, errorMs: 1 },
};

const HOLDER: Holder = {
  what: 'session',
  pid: 4711,
  name: 'psql',
  state: 'idle in transaction',
  heldMs: 61_000,
  transactions: 9,
  query: 'BEGIN',
};

const warned = (held: Partial<Holder>) =>
  warningsOf({ ...HEALTHY, oldestSnapshot: { ...HOLDER, ...held } });

test('whoever holds a snapshot for long is named, with what ends it', () => {
  expect(warningsOf(HEALTHY)).toEqual([]);
  expect(warned({ heldMs: 3_999 })).toEqual([]);
  const [session] = warned({});
  expect(session).toMatch(/^Process 4711 .*psql, idle in transaction.* 61 s: .*\(4711\)/);
  expect(session).toMatch(/BEGIN$/);
  const [prepared] = warned({ what: 'prepared transaction', pid: 0, name: 'two' });
  expect(prepared).toMatch(/ROLLBACK PREPARED 'two'/);
  const slot = { what: 'replication slot', pid: 0, name: 's', heldMs: Number.POSITIVE_INFINITY };
  expect(warned(slot as Partial<Holder>)).toEqual([expect.stringMatching(/slot s /)]);
});

test('a slot that nobody reads is named', () => {
  const slots = [{ name: 'old', active: false, lagBytes: 3 * 1024 ** 3 }];
  expect(warningsOf({ ...HEALTHY, slots })).toEqual([
    expect.stringMatching(/slot old, .*3\.0 GiB/),
  ]);
});
