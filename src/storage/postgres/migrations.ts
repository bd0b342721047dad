/**
 * Brings the tables of an older version forward, one step per format, under a lock so that of
 * several nodes that start one does it.
 *
 * Nodes of the version before go on running meanwhile: a step may add (tables, columns with a
 * default, indexes) and must not take away or change the meaning of what they use; what is to go
 * goes a version later. So the database has two numbers: its `format`, and the oldest format that
 * a node must know to run on it (`needs`). A node refuses a database that needs a newer format
 * than it knows, and otherwise runs on a newer one as it is.
 */
import type { Connection } from './connection.ts';
import { type Schema, statement } from './names.ts';
import { createTables, FORMAT } from './schema.ts';

export interface Step {
  readonly sql: (schema: Schema) => string;
  /** Nodes that know no more than this format cannot run once the step is done. */
  readonly shutsOut?: number;
}

/** The step at index 0 leads from format 1 to format 2. */
const STEPS: readonly Step[] = [];

export interface Formats {
  readonly format: number;
  readonly needs: number;
}

const simple = (text: string) => statement('', text);

/** `steps` are the known ones, but for a test of the way they are taken. */
export async function migrate(
  connection: Connection,
  schema: Schema,
  steps: readonly Step[] = STEPS,
): Promise<Formats> {
  const newest = steps === STEPS ? FORMAT : steps.length + 1;
  const run = (text: string) => connection.query<readonly unknown[]>(simple(text));
  const before = await formats(connection, schema);
  if (before && before.format >= newest) return accept(schema, before, newest);
  await run('BEGIN');
  try {
    // As long as it takes: another node may be at it.
    await run(`SET LOCAL lock_timeout = '10min'; SET LOCAL statement_timeout = '1h'`);
    await run(`SELECT pg_advisory_xact_lock(${schema.lockNumber('migrate', "''")})`);
    const found = await formats(connection, schema);
    if (!found) await run(`${await schemaSql(connection, schema)} ${create(schema, newest)}`);
    else if (found.format < newest) await take(run, schema, found, steps);
    await run('COMMIT');
  } catch (cause) {
    await run('ROLLBACK').catch(() => {});
    throw cause;
  }
  const after = await formats(connection, schema);
  if (!after) throw new Error(`The schema ${schema.name} is gone again.`);
  return accept(schema, after, newest);
}

function accept(schema: Schema, found: Formats, newest: number): Formats {
  if (found.needs <= newest) return found;
  throw new Error(
    `The tables in schema ${schema.name} have format ${found.format} and need a version of ` +
      `millrace that reads format ${found.needs}; this one reads up to ${newest}. ` +
      'Start a newer one.',
  );
}

async function formats(connection: Connection, schema: Schema): Promise<Formats | undefined> {
  // Not by `to_regclass`: a connection remembers what was not there, even past waiting for a lock.
  const [place] = await connection.query(
    simple(`SELECT FROM pg_class WHERE relname = 'format' AND relnamespace =
      (SELECT oid FROM pg_namespace WHERE nspname = $1)`),
    [schema.name],
  );
  if (!place) return undefined;
  const [row] = await connection.query<readonly [number, number]>(
    simple(`SELECT format, needs FROM ${schema.at('format')}`),
  );
  return row && { format: row[0], needs: row[1] };
}

/** `IF NOT EXISTS` would not do: it wants the right to make schemas even where there is one. */
async function schemaSql(connection: Connection, schema: Schema): Promise<string> {
  const text = 'SELECT FROM pg_namespace WHERE nspname = $1';
  const found = await connection.query(simple(text), [schema.name]);
  return found.length > 0 ? '' : `CREATE SCHEMA "${schema.name}";`;
}

function create(schema: Schema, format: number): string {
  return `CREATE TABLE ${schema.at('format')} (format int NOT NULL, needs int NOT NULL);
    INSERT INTO ${schema.at('format')} VALUES (${format}, 1);
    ${createTables(schema)}`;
}

async function take(
  run: (text: string) => Promise<unknown>,
  schema: Schema,
  found: Formats,
  steps: readonly Step[],
): Promise<void> {
  let { format, needs } = found;
  for (const { sql, shutsOut } of steps.slice(format - 1)) {
    await run(sql(schema));
    format += 1;
    if (shutsOut !== undefined) needs = Math.max(needs, shutsOut + 1);
  }
  await run(`UPDATE ${schema.at('format')} SET format = ${format}, needs = ${needs}`);
}
