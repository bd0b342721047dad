/**
 * Tables and indexes are ready a moment after they were made or changed, as on AWS: the answer
 * says that it is under way, and what follows it in the same breath, or a durable job, says that
 * it is done. An index that has a table's items to take in takes as long as that takes.
 */
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { backfill } from './backfill.ts';
import { change } from './change.ts';
import { clearing, clearJobs } from './clearing.ts';
import { entryOf } from './index-entries.ts';
import { type TableAddress, tableAt } from './lookup.ts';
import {
  entriesOf,
  INDEXES,
  type IndexRecord,
  partitionOf,
  storeOf,
  type TableRecord,
} from './store.ts';
import type { StoredItem } from './stored-items.ts';

const READY = 'dynamodb/ready';

/** The write that makes a table ready, once it is committed. */
export function readySoon(stack: Stack, { account, region, name, id }: TableRecord): Write {
  const note = JSON.stringify({ account, region, name, id });
  return schedule(stack, WORK, READY, note, stack.clock.nowMs());
}

/**
 * Does it at once, so that who goes on with the answer finds the table ready instead of racing
 * with the job by a millisecond. What takes longer is left to the job.
 */
export function becomeReady(stack: Stack, table: TableRecord): Promise<void> {
  return change(stack, async () => {
    const found = await tableAt(stack, table);
    const { status, indexes = [] } = found?.value ?? {};
    const isQuick = status === 'CREATING' || indexes.every((one) => one.status !== 'CREATING');
    return { writes: isQuick ? await readying(stack, table) : [], answer: undefined };
  });
}

const makeReady: Job = async (stack, { note }) => {
  const { id, ...address } = JSON.parse(note) as TableAddress & { readonly id: string };
  const found = await tableAt(stack, address);
  if (found?.value.id !== id) return [];
  const { value: table } = found;
  for (const index of table.status === 'CREATING' ? [] : table.indexes) {
    if (index.status !== 'CREATING') continue;
    const note = (item: StoredItem, key: string) => entryWrites(table, index, item, key);
    if (!(await backfill(stack, found, note))) return [readySoon(stack, table)];
  }
  return readying(stack, table);
};

/** An item whose attributes cannot be the index's key is passed over, as on AWS. */
function entryWrites(
  table: TableRecord,
  index: IndexRecord,
  found: StoredItem,
  key: string,
): readonly Write[] {
  const entry = entryOf(table, index, found.item(), { key, row: found.row });
  if (!entry) return [];
  const at = { table: INDEXES, partition: entriesOf(table, index), key: entry.key };
  return [{ kind: 'put', ...at, value: entry.row }];
}

/** The writes by which a table has done what it was told to. */
async function readying(
  stack: Stack,
  { id, ...address }: TableAddress & { readonly id: string },
): Promise<readonly Write[]> {
  const { tables } = storeOf(stack);
  const found = await tableAt(stack, address);
  if (found?.value.id !== id) return [];
  const { value, version } = found;
  if (value.status === 'ACTIVE' && value.indexes.every(({ status }) => status === 'ACTIVE')) {
    return [];
  }
  const gone = value.indexes.filter(({ status }) => status === 'DELETING');
  const indexes = value.indexes
    .filter(({ status }) => status !== 'DELETING')
    .map((index) => ({ ...index, status: 'ACTIVE' as const }));
  return [
    tables.put(partitionOf(value), value.name, { ...value, status: 'ACTIVE', indexes }, version),
    ...gone.map((index) => clearing(stack, INDEXES, entriesOf(value, index))),
  ];
}

export const stateJobs: Readonly<Record<string, Job>> = { [READY]: makeReady, ...clearJobs };
