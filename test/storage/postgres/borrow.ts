/**
 * Stores on PostgreSQL for suites that take a new one for each test: a schema that nobody uses is
 * emptied and given out again, because making one takes longer than most tests.
 */
import pg from 'pg';
import { openPostgres } from '../../../src/storage/postgres/open.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { emptyStore } from './cluster.ts';

type Place = Awaited<ReturnType<typeof emptyStore>>;

const TABLES = ['item', 'revision', 'block', 'log', 'queue', 'message', 'lane', 'dedup'];

const free: Place[] = [];
let cleaner: Promise<pg.Client> | undefined;

/** A store that holds nothing; whoever closes it gives it back. */
export async function borrowStore(): Promise<Storage> {
  const place = free.pop() ?? (await emptyStore());
  const storage = await openPostgres({ ...place, applicationName: 'suite' });
  // A suite's stack has it to itself; its virtual days would pass in leases of seconds otherwise.
  Object.defineProperty(storage, 'shared', { value: false });
  const close = storage.close.bind(storage);
  let closing: Promise<void> | undefined;
  storage.close = () => {
    closing ??= close().then(() => giveBack(place));
    return closing;
  };
  return storage;
}

async function giveBack(place: Place): Promise<void> {
  cleaner ??= connect(place.url);
  const client = await cleaner;
  await client.query(TABLES.map((name) => `DELETE FROM ${place.schema}.${name}`).join(';'));
  free.push(place);
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'suite cleaner' });
  await client.connect();
  // Nor be in the way when the server is stopped.
  client.on('error', () => {
    cleaner = undefined;
  });
  return client;
}
