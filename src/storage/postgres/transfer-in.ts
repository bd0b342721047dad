/**
 * Fills an empty schema with what another engine gave away, in one transaction: it is all there
 * with the commit, or nothing is. Nodes that start meanwhile wait for its end, and give up.
 */
import { crc32 } from 'node:zlib';
import { LogPacking, type PackedBlock } from '../log-packing.ts';
import { HASHED_KEY } from '../long-key.ts';
import type {
  Importing,
  Item,
  KeptLog,
  KeptRow,
  QueuedMessage,
  RememberedKey,
} from '../transfer.ts';
import type { Connection } from './connection.ts';
import { migrate } from './migrations.ts';
import { Schema } from './names.ts';
import { toStoredGroup } from './queue-lanes.ts';
import { seal } from './queue-row.ts';
import { POSITIONS_AT_ONCE } from './queue-schema.ts';
import { booleanArray, numberArray, textArray, toStored, toStoredKey } from './text.ts';
import { connectForTransfer, run, type TransferOptions } from './transfer-connection.ts';
import { fillStatements } from './transfer-sql.ts';

const TABLES = ['queue', 'message', 'lane', 'dedup', 'block', 'log', 'item'] as const;

export async function importPostgres(options: TransferOptions): Promise<Importing> {
  const schema = new Schema(options.schema ?? 'millrace');
  const connection = await connectForTransfer(options);
  try {
    await migrate(connection, schema);
    const patient = 'SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0';
    await run(connection, 'BEGIN', `${patient}; SET LOCAL idle_in_transaction_session_timeout = 0`);
    const tables = TABLES.map((name) => schema.at(name)).join(', ');
    await run(connection, `LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`);
    await refuseFilled(connection, schema);
  } catch (cause) {
    await connection.close();
    throw cause;
  }
  return new PostgresImport(connection, schema);
}

async function refuseFilled(connection: Connection, schema: Schema): Promise<void> {
  const any = TABLES.map((name) => `EXISTS (SELECT FROM ${schema.at(name)})`).join(' OR ');
  const [row] = await connection.query<readonly [boolean]>({ name: '', text: `SELECT ${any}` });
  if (row?.[0] === false) return;
  throw new Error(`The schema ${schema.name} of the database is not empty. Choose another.`);
}

class PostgresImport implements Importing {
  readonly #connection: Connection;
  readonly #schema: Schema;
  readonly #sql: ReturnType<typeof fillStatements>;
  readonly #packing: LogPacking;
  readonly #queues = new Map<string, number>();
  #blocks: PackedBlock[] = [];
  #last = 0;

  constructor(connection: Connection, schema: Schema) {
    this.#connection = connection;
    this.#schema = schema;
    this.#sql = fillStatements(schema);
    this.#packing = new LogPacking((block) => this.#blocks.push(block));
  }

  async take(items: readonly Item[]): Promise<void> {
    const messages: QueuedMessage[] = [];
    const keys: RememberedKey[] = [];
    const logs: KeptLog[] = [];
    const rows: KeptRow[] = [];
    for (const item of items) {
      if (item.kind === 'given') this.#last = item.last;
      else if (item.kind === 'message') messages.push(item);
      else if (item.kind === 'remembered') keys.push(item);
      else if (item.kind === 'row') rows.push(item);
      else if (item.kind === 'record') this.#packing.record(item);
      else {
        logs.push(item);
        this.#packing.begin(item);
      }
    }
    await this.#makeQueues([...messages, ...keys].map(({ queue }) => queue));
    await this.#addMessages(messages);
    await this.#remember(keys);
    await this.#addLogs(logs);
    await this.#addBlocks();
    await this.#addRows(rows);
  }

  async finish(): Promise<void> {
    this.#packing.finish();
    await this.#addBlocks();
    const { ordered, lanes, turns } = this.#sql;
    for (const statement of [ordered, lanes, turns]) await this.#connection.query(statement);
    const [position, version] = [this.#schema.at('position'), this.#schema.at('version')];
    await run(
      this.#connection,
      `SELECT setval('${position}', ${this.#last + POSITIONS_AT_ONCE}, false)`,
      `SELECT setval('${version}', ${this.#last + 1}, false)`,
      'COMMIT',
      `ANALYZE ${TABLES.map((name) => this.#schema.at(name)).join(', ')}`,
    );
    await this.#connection.close();
  }

  /** Without a commit nothing of it was ever there. */
  async abandon(): Promise<void> {
    await run(this.#connection, 'ROLLBACK').catch(() => {});
    await this.#connection.close();
  }

  async #makeQueues(names: readonly string[]): Promise<void> {
    const missing = [...new Set(names)].filter((name) => !this.#queues.has(name));
    if (missing.length === 0) return;
    const made = await this.#connection.query<readonly [number]>(this.#sql.queues, [
      textArray(missing.map(toStored)),
    ]);
    for (const [index, name] of missing.entries()) this.#queues.set(name, made[index]?.[0] ?? 0);
  }

  #id(name: string): number {
    return this.#queues.get(name) ?? 0;
  }

  async #addMessages(messages: readonly QueuedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const groups = messages.map(({ group, ordered }) => toStoredGroup(group, ordered === true));
    await this.#connection.query(this.#sql.messages, [
      numberArray(messages.map(({ queue }) => this.#id(queue))),
      numberArray(messages.map(({ position }) => position)),
      numberArray(messages.map(({ visibleAtMs }) => visibleAtMs)),
      numberArray(messages.map(({ sentAtMs }) => sentAtMs)),
      numberArray(messages.map(({ firstClaimedAtMs }) => firstClaimedAtMs ?? null)),
      numberArray(messages.map(({ token }) => token)),
      numberArray(messages.map(({ claims }) => claims)),
      numberArray(messages.map(({ id, meta, body }) => seal(id, meta ?? null, body))),
      booleanArray(messages.map(({ ordered }) => ordered !== true)),
      booleanArray(messages.map(({ ordered }) => ordered === true)),
      textArray(groups.map(({ lane }) => lane)),
      textArray(groups.map(({ longGroup }) => longGroup)),
      textArray(messages.map(({ id }) => toStored(id))),
      textArray(messages.map(({ meta }) => (meta === undefined ? null : toStored(meta)))),
      textArray(messages.map(({ body }) => toStored(body))),
    ]);
  }

  async #remember(keys: readonly RememberedKey[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#connection.query(this.#sql.keys, [
      numberArray(keys.map(({ queue }) => this.#id(queue))),
      textArray(keys.map(({ key }) => storedKey(key))),
      numberArray(keys.map(({ untilMs }) => untilMs)),
      numberArray(keys.map(({ position }) => position)),
      textArray(keys.map(({ id }) => toStored(id))),
    ]);
  }

  /** Only what was trimmed has a row: see `log-sql.ts`. */
  async #addLogs(logs: readonly KeptLog[]): Promise<void> {
    const trimmed = logs.filter(({ first }) => first > 1);
    if (trimmed.length === 0) return;
    await this.#connection.query(this.#sql.logs, [
      textArray(trimmed.map(({ log }) => toStored(log))),
      numberArray(trimmed.map(({ first }) => first)),
    ]);
  }

  async #addBlocks(): Promise<void> {
    const blocks = this.#blocks;
    if (blocks.length === 0) return;
    this.#blocks = [];
    await this.#connection.query(this.#sql.blocks, [
      textArray(blocks.map(({ log }) => toStored(log))),
      numberArray(blocks.map(({ first }) => first)),
      numberArray(blocks.map(({ first, count }) => first + count)),
      numberArray(blocks.map(({ latestAtMs }) => latestAtMs)),
      numberArray(blocks.map(({ bytesBefore }) => bytesBefore)),
      numberArray(blocks.map(({ bytes }) => bytes)),
      textArray(blocks.map(({ frames }) => frames)),
      numberArray(blocks.map((block) => block.seal)),
      textArray(blocks.map(({ text }) => toStored(text))),
    ]);
  }

  async #addRows(rows: readonly KeptRow[]): Promise<void> {
    if (rows.length === 0) return;
    const keys = rows.map(({ key }) => toStoredKey(key));
    await this.#connection.query(this.#sql.rows, [
      textArray(rows.map(({ table }) => toStored(table))),
      textArray(rows.map(({ partition }) => toStored(partition))),
      textArray(keys.map(({ head }) => head)),
      textArray(keys.map(({ digest }) => digest)),
      textArray(keys.map(({ tail }) => tail)),
      numberArray(rows.map(({ version }) => version)),
      numberArray(rows.map(({ value }) => crc32(value))),
      textArray(rows.map(({ value }) => toStored(value))),
    ]);
  }
}

/** See `toShort`: of a long key the hash has come already. */
function storedKey(key: string): string {
  if (key.startsWith(HASHED_KEY)) return `#${key.slice(HASHED_KEY.length)}`;
  return `=${toStored(key)}`;
}
