/**
 * Gives away all that a schema holds, as it is at one moment: nodes may go on meanwhile. The
 * transaction keeps the database from cleaning up for as long as that takes.
 */
import { crc32 } from 'node:zlib';
import { damaged } from '../damaged.ts';
import { unpack } from '../log-block.ts';
import { HASHED_KEY } from '../long-key.ts';
import { Corrupt } from '../storage.ts';
import type { Exporting, Item, KeptRow, QueuedMessage, RememberedKey } from '../transfer.ts';
import { type Redelay, redelayed } from '../transfer-redelay.ts';
import type { Connection } from './connection.ts';
import { endOf } from './log-sql.ts';
import { Schema, statement } from './names.ts';
import { COLUMNS, type MessageRow, toMessage } from './queue-row.ts';
import { POSITIONS_AT_ONCE } from './queue-schema.ts';
import { VERSIONS_AT_ONCE } from './schema.ts';
import { fromStored, fromStoredKey } from './text.ts';
import { connectForTransfer, run, type TransferOptions } from './transfer-connection.ts';

type Items = AsyncGenerator<readonly Item[], void, void>;

/** Few enough that a page of the longest bodies is no burden. */
const PAGE = 64;
const BLOCKS = 4;

export async function exportPostgres(options: TransferOptions): Promise<Exporting> {
  const schema = new Schema(options.schema ?? 'millrace');
  const connection = await connectForTransfer(options);
  return {
    items: () => itemsOf(connection, schema),
    close: () => connection.close(),
  };
}

async function* itemsOf(connection: Connection, schema: Schema): Items {
  await run(
    connection,
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    // Pages come in the order of an index, whatever the planner thinks of sorting all at once.
    'SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan; ' +
      'SET LOCAL cursor_tuple_fraction = 0.001; SET LOCAL statement_timeout = 0; ' +
      'SET LOCAL idle_in_transaction_session_timeout = 0',
  );
  const queues = await connection.query<QueueRow>(
    statement(
      '',
      `SELECT id, name, purged_to, forgotten_to FROM ${schema.at('queue')} ORDER BY name`,
    ),
  );
  // After the moment that all else is seen at, so never less than what was given out by then.
  yield [{ kind: 'given', last: await lastGiven(connection, schema) }];
  yield* messages(connection, schema, queues);
  yield* remembered(connection, schema, queues);
  yield* logs(connection, schema);
  yield* rows(connection, schema);
  await run(connection, 'COMMIT');
}

/**
 * Sequences give out blocks of numbers: of positions each names the last of its block, of versions
 * the first.
 */
async function lastGiven(connection: Connection, schema: Schema): Promise<number> {
  const read = (name: string) =>
    connection.query<readonly [number, boolean]>(
      statement('', `SELECT last_value, is_called FROM ${schema.at(name)}`),
    );
  const [[position], [version]] = await Promise.all([read('position'), read('version')]);
  const [lastPosition, anyPosition] = position ?? [POSITIONS_AT_ONCE, false];
  const [firstVersion, anyVersion] = version ?? [1, false];
  return Math.max(
    anyPosition ? lastPosition : lastPosition - POSITIONS_AT_ONCE,
    anyVersion ? firstVersion + VERSIONS_AT_ONCE - 1 : firstVersion - 1,
  );
}

type QueueRow = readonly [id: number, stored: string, purgedTo: number, forgottenTo: number];

async function* messages(
  connection: Connection,
  schema: Schema,
  queues: readonly QueueRow[],
): Items {
  const page = statement(
    'transfer_messages',
    `SELECT ${COLUMNS} FROM ${schema.at('message')} AS m
     WHERE m.queue = $1 AND m.position > $2 ORDER BY m.position LIMIT ${PAGE}`,
  );
  const redelay = statement(
    'transfer_redelay',
    `SELECT delay, done, until FROM ${schema.at('redelay')} WHERE queue = $1`,
  );
  for (const [id, stored, purgedTo] of queues) {
    const name = fromStored(stored);
    const [pending] = await connection.query<Redelay>(redelay, [id]);
    let found = await connection.query<MessageRow>(page, [id, purgedTo]);
    while (found.length > 0) {
      yield found.map((row) => messageOf(name, row, pending));
      found = await connection.query<MessageRow>(page, [id, found.at(-1)?.[0] ?? 0]);
    }
  }
}

function messageOf(queue: string, row: MessageRow, redelay: Redelay | undefined): QueuedMessage {
  const [position, visibleAtMs, sentAtMs, firstClaimedAtMs, token, claims] = row;
  const { ordered, ...message } = toMessage(queue, row);
  return {
    kind: 'message',
    queue,
    position,
    ...message,
    ...(ordered && { ordered }),
    visibleAtMs: redelayed(redelay, { position, token, sentAtMs }) ?? visibleAtMs,
    token,
    claims,
    ...(claims > 0 && firstClaimedAtMs !== null && { firstClaimedAtMs }),
  };
}

type Remembered = readonly [key: string, untilMs: number, position: number, id: string];

async function* remembered(
  connection: Connection,
  schema: Schema,
  queues: readonly QueueRow[],
): Items {
  const page = statement(
    'transfer_remembered',
    `SELECT key, until, position, id FROM ${schema.at('dedup')}
     WHERE queue = $1 AND key > $2 AND position > $3 ORDER BY key LIMIT ${PAGE}`,
  );
  for (const [id, stored, , forgottenTo] of queues) {
    const queue = fromStored(stored);
    let after = '';
    for (;;) {
      const found = await connection.query<Remembered>(page, [id, after, forgottenTo]);
      if (found.length === 0) break;
      yield found.map(
        ([key, untilMs, position, messageId]): RememberedKey => ({
          kind: 'remembered',
          queue,
          key: keyOf(key),
          untilMs,
          position,
          id: fromStored(messageId),
        }),
      );
      after = found.at(-1)?.[0] ?? '';
    }
  }
}

/** See `toShort`: `=` and the key, or `#` and its hash. */
function keyOf(stored: string): string {
  const rest = stored.slice(1);
  return stored.startsWith('=') ? fromStored(rest) : `${HASHED_KEY}${rest}`;
}

type Ends = readonly [stored: string | null, first: number, next: number];
type BlockRow = readonly [first: number, next: number, frames: string, seal: number, text: string];

async function* logs(connection: Connection, schema: Schema): Items {
  const [block, log] = [schema.at('block'), schema.at('log')];
  // The name that comes next, be it of a log that was trimmed or of one that has blocks.
  const ends = statement(
    'transfer_log',
    `SELECT found.name, e.first, e.next FROM (SELECT least(
       (SELECT name FROM ${log} WHERE name > $1 ORDER BY name LIMIT 1),
       (SELECT log FROM ${block} WHERE log > $1 ORDER BY log LIMIT 1)) AS name) AS found
     CROSS JOIN ${endOf(schema, 'found.name')}`,
  );
  const page = statement(
    'transfer_blocks',
    `SELECT first, next, frames, seal, text FROM ${block} WHERE log = $1 AND first > $2
     ORDER BY part, first LIMIT ${BLOCKS}`,
  );
  const start = statement(
    'transfer_start',
    `SELECT max(first) FROM ${block} WHERE log = $1 AND first <= $2`,
  );
  for (let after = ''; ; ) {
    const [found] = await connection.query<Ends>(ends, [after]);
    if (!found || found[0] === null) return;
    const [stored, first, next] = found;
    after = stored;
    if (next === 1) continue;
    const name = fromStored(stored);
    yield [{ kind: 'log', log: name, first, next }];
    const [begin] = await connection.query<readonly [number | null]>(start, [stored, first]);
    let at = (begin?.[0] ?? first) - 1;
    for (let reached = first; reached < next; ) {
      const blocks = await connection.query<BlockRow>(page, [stored, at]);
      if (blocks.length === 0) throw new Corrupt(`Record ${reached} of log ${name} is missing.`);
      for (const one of blocks) {
        const records = recordsOf(name, one, reached);
        yield records;
        reached += records.length;
        at = one[0];
      }
    }
  }
}

/** Those of the block from position `from` on; there has to be one. */
function recordsOf(
  log: string,
  [first, next, frames, seal, text]: BlockRow,
  from: number,
): readonly Item[] {
  if (first > from || next <= from) {
    throw new Corrupt(`Record ${from} of log ${log} is missing.`);
  }
  const what = () => `Record ${first} of log ${log}`;
  const records = unpack({ frames, seal, text: fromStored(text) }, what);
  return records.slice(from - first).map((record, index) => ({
    kind: 'record',
    log,
    position: from + index,
    ...record,
  }));
}

type ItemRow = readonly [
  table: string,
  partition: string,
  head: string,
  tail: string,
  version: number,
  sealed: number,
  value: string,
];

/** By a cursor: the parts of the table are merged once, and not for each page. */
async function* rows(connection: Connection, schema: Schema): Items {
  await run(
    connection,
    `DECLARE transfer_rows NO SCROLL CURSOR FOR
     SELECT kind, partition, head, tail, version, seal, value FROM ${schema.at('item')}
     ORDER BY kind, partition, head, tail`,
  );
  const fetch = statement('', `FETCH FORWARD ${PAGE} FROM transfer_rows`);
  for (;;) {
    const found = await connection.query<ItemRow>(fetch);
    if (found.length === 0) return;
    yield found.map(rowItem);
  }
}

function rowItem([kind, place, head, tail, version, sealed, stored]: ItemRow): KeptRow {
  const [table, partition] = [fromStored(kind), fromStored(place)];
  const [key, value] = [fromStoredKey(head, tail), fromStored(stored)];
  if (crc32(value) !== sealed) {
    throw new Corrupt(damaged(`Row ${key} in partition ${partition} of table ${table}`));
  }
  return { kind: 'row', table, partition, key, version, value };
}
