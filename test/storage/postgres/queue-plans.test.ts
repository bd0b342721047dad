/**
 * Statements on queues have one plan, whatever the planner thinks of the tables: also one that it
 * makes while they are empty and keeps when they have filled up.
 */
import { describe, expect, test } from 'vitest';
import { claimStatements } from '../../../src/storage/postgres/queue-claims-sql.ts';
import { flushStatements } from '../../../src/storage/postgres/queue-flush-sql.ts';
import { prepareStatements } from '../../../src/storage/postgres/queue-prepare-sql.ts';
import { missing, onPostgres } from './cluster.ts';
import { planner, scans } from './planner.ts';

/** Which indexes of what they read and change the statements may use. */
const INDEXES: Readonly<Record<string, readonly string[]>> = {
  lockLanes: ['lane_pkey', 'message_pkey'],
  lockRows: ['message_pkey'],
  oldLanes: ['message_born'],
  lockOld: ['message_born'],
  emptyLanes: ['message_ordered'],
  memory: ['dedup_pkey'],
  settle: ['message_pkey'],
  remove: ['message_pkey'],
  move: ['message_pkey'],
  redelay: ['message_pkey', 'redelay_pkey'],
  countPurged: ['message_pkey'],
  giveTurns: ['message_ordered'],
  rememberAnew: ['dedup_pkey'],
  sweep: ['dedup_until'],
  take: ['message_ready'],
  takeThese: ['message_pkey'],
  leaseThese: ['message_pkey'],
  inFlight: ['message_ready'],
  loud: ['message_ready'],
  lockDueLanes: ['lane_pkey', 'message_ready'],
  walk: ['message_ordered'],
  window: ['message_ready'],
  quiet: ['message_fair'],
};

describe.skipIf(missing)(`plans on ${onPostgres}`, () => {
  test.each(['new', 'emptied', 'full'] as const)(
    'are the right ones for %s tables',
    async (state) => {
      const { schema, plan, close } = await planner(state);
      const all = {
        ...prepareStatements(schema),
        ...flushStatements(schema),
        ...claimStatements(schema),
      };
      const used: Record<string, readonly string[]> = {};
      for (const [name, { text }] of Object.entries(all)) {
        const indexes = new Set<string>();
        for (const scan of scans(await plan(text))) {
          const index = scan['Index Name'] ?? scan['Node Type'];
          if (index.startsWith('queue_')) continue;
          expect(scan['Index Cond'], `${name} looks for something in ${index}`).toBeDefined();
          indexes.add(index);
        }
        if (indexes.size > 0) used[name] = [...indexes].sort();
      }
      await close();
      expect(used).toEqual(INDEXES);
    },
  );
});
