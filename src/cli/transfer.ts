/**
 * Brings all that one engine holds to another one: `export` writes it to a file, `import` makes
 * an empty folder or database of it. Servers on either have to be stopped.
 */
import type { Exporting, Importing, Item } from '../storage/transfer.ts';
import { BadExport, fromLines, toLines } from '../storage/transfer-file.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { readWhole, refuseExisting, writeWhole } from './output-file.ts';

export interface Place {
  readonly data: string;
  /** Such as `postgres://…`; a folder otherwise. */
  readonly store?: string;
  readonly storeSchema?: string;
}

/** What came through, in words. */
type Tally = Map<Item['kind'], number>;

export async function exportTo(out: string, place: Place): Promise<string> {
  refuseExisting(out);
  const from = await exporting(place);
  const tally: Tally = new Map();
  try {
    await writeWhole(out, toLines(counted(from.items(), tally)));
  } finally {
    await from.close();
  }
  return told('Exported', tally);
}

export async function importFrom(file: string, place: Place): Promise<string> {
  const tally: Tally = new Map();
  const to = await importing(place);
  try {
    for await (const items of counted(fromLines(readWhole(file)), tally)) await to.take(items);
  } catch (cause) {
    await to.abandon();
    if (!(cause instanceof BadExport)) throw cause;
    throw new CommandFailed(EXIT.checkFailed, `${file}: ${cause.message}`, { cause });
  }
  await to.finish();
  return told('Imported', tally);
}

async function exporting({ data, ...database }: Place): Promise<Exporting> {
  const store = storeOf(database);
  if (store) {
    const { exportPostgres } = await import('../storage/postgres/transfer-out.ts');
    return exportPostgres(store);
  }
  const { exportSqlite } = await import('../storage/sqlite/transfer-out.ts');
  try {
    return exportSqlite(data);
  } catch (cause) {
    if ((cause as Error).name !== 'InUse') throw cause;
    const message = `${(cause as Error).message} Stop it, or export a restored backup of it.`;
    throw new CommandFailed(EXIT.failed, message, { cause });
  }
}

async function importing({ data, ...database }: Place): Promise<Importing> {
  const store = storeOf(database);
  if (store) {
    const { importPostgres } = await import('../storage/postgres/transfer-in.ts');
    return importPostgres(store);
  }
  const { importSqlite } = await import('../storage/sqlite/transfer-in.ts');
  return importSqlite(data);
}

interface Store {
  readonly url: string;
  readonly schema?: string;
}

/** No password goes into a message. */
function storeOf({ store, storeSchema }: Omit<Place, 'data'>): Store | undefined {
  if (store === undefined) return undefined;
  if (/^postgres(ql)?:\/\//.test(store)) {
    return { url: store, ...(storeSchema !== undefined && { schema: storeSchema }) };
  }
  throw new CommandFailed(EXIT.usage, 'A store is an address such as postgres://host/database.');
}

async function* counted(batches: AsyncIterable<readonly Item[]>, tally: Tally) {
  for await (const items of batches) {
    for (const { kind } of items) tally.set(kind, (tally.get(kind) ?? 0) + 1);
    yield items;
  }
}

function told(what: string, tally: Tally): string {
  const of = (kind: Item['kind']) => tally.get(kind) ?? 0;
  const queued = `${of('message')} messages, ${of('remembered')} remembered keys`;
  return `${what} ${queued}, ${of('record')} records of ${of('log')} logs, ${of('row')} rows.\n`;
}
