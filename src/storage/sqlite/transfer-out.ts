/**
 * Gives away all that a data folder holds, a page at a time, so that memory stays bounded
 * whatever the folder's size. Nobody else can have the folder open meanwhile. Every checksum is
 * looked at on the way.
 */
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { damaged } from '../damaged.ts';
import { unpack } from '../log-block.ts';
import { Corrupt } from '../storage.ts';
import type { Exporting, Item, KeptRow, QueuedMessage, RememberedKey } from '../transfer.ts';
import { type Redelay, redelayed } from '../transfer-redelay.ts';
import { Bodies } from './bodies.ts';
import { rowOf, rowsOf } from './database.ts';
import { COLUMNS, type MessageRow, toMessage } from './message-row.ts';
import { migrate } from './migrations.ts';
import { openAsItIs } from './open.ts';
import { LAST_POSITION, POSITION_BITS } from './schema.ts';

type Items = AsyncGenerator<readonly Item[], void, void>;

/** Few enough that a page of the longest bodies is no burden. */
const PAGE = 64;
const BLOCKS = 4;

export function exportSqlite(path: string): Exporting {
  const database = openAsItIs(path);
  migrate(database);
  const { sql } = database;
  return {
    items: () => itemsOf(sql),
    close: async () => sql.close(),
  };
}

async function* itemsOf(sql: DatabaseSync): Items {
  const [last] = rowOf<[number]>(sql, 'SELECT sequence FROM progress')() ?? [0];
  yield [{ kind: 'given', last }];
  const queues = rowsOf<QueueRow>(
    sql,
    'SELECT id, name, memory FROM queue WHERE name IS NOT NULL ORDER BY name',
  )();
  yield* messages(sql, queues);
  yield* remembered(sql, queues);
  yield* logs(sql);
  yield* rows(sql);
}

type QueueRow = readonly [id: number, name: string, memory: number];

async function* messages(sql: DatabaseSync, queues: readonly QueueRow[]): Items {
  const bodies = new Bodies(sql);
  const page = rowsOf<MessageRow>(
    sql,
    `SELECT ${COLUMNS} FROM message
     WHERE key > (?1 << ${POSITION_BITS}) + ?2 AND key < ((?1 + 1) << ${POSITION_BITS})
     ORDER BY key LIMIT ${PAGE}`,
  );
  const redelay = rowOf<Redelay>(sql, 'SELECT delay, done, until FROM redelay WHERE queue = ?');
  for (const [id, name] of queues) {
    const pending = redelay(id);
    for (let found = page(id, 0); found.length > 0; found = page(id, found.at(-1)?.[0] ?? 0)) {
      yield found.map((row) => messageOf(name, row, bodies, pending));
    }
  }
}

function messageOf(
  queue: string,
  row: MessageRow,
  bodies: Bodies,
  redelay: Redelay | undefined,
): QueuedMessage {
  const [position, , visibleAtMs, token, claims, firstClaimedAtMs, sentAtMs] = row;
  const { ordered, ...message } = toMessage({ name: queue }, row, bodies);
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

async function* remembered(sql: DatabaseSync, queues: readonly QueueRow[]): Items {
  const select = 'SELECT key, until, position, id FROM dedup WHERE memory = ? AND key';
  const inOrder = `ORDER BY key LIMIT ${PAGE}`;
  const from = rowsOf<Remembered>(sql, `${select} >= ? ${inOrder}`);
  const after = rowsOf<Remembered>(sql, `${select} > ? ${inOrder}`);
  for (const [, queue, memory] of queues) {
    let found = from(memory, '');
    while (found.length > 0) {
      yield found.map(
        ([key, untilMs, position, id]): RememberedKey => ({
          kind: 'remembered',
          queue,
          key,
          untilMs,
          position,
          id,
        }),
      );
      found = after(memory, found.at(-1)?.[0] ?? '');
    }
  }
}

type LogRow = readonly [id: number, name: string, first: number, next: number];
type BlockRow = readonly [first: number, frames: string, seal: number, text: string];

async function* logs(sql: DatabaseSync): Items {
  const all = rowsOf<LogRow>(sql, 'SELECT id, name, first, next FROM log ORDER BY name');
  const start = rowOf<[number]>(
    sql,
    `SELECT key & ${LAST_POSITION} FROM block
     WHERE key >= (?1 << ${POSITION_BITS}) AND key <= (?1 << ${POSITION_BITS}) + ?2
     ORDER BY key DESC LIMIT 1`,
  );
  const page = rowsOf<BlockRow>(
    sql,
    `SELECT key & ${LAST_POSITION}, frames, seal, text FROM block
     WHERE key >= (?1 << ${POSITION_BITS}) + ?2 AND key < ((?1 + 1) << ${POSITION_BITS})
     ORDER BY key LIMIT ${BLOCKS}`,
  );
  for (const [id, log, first, next] of all()) {
    if (next === 1) continue;
    yield [{ kind: 'log', log, first, next }];
    let reached = first;
    let at = start(id, first)?.[0];
    while (reached < next) {
      const blocks = at === undefined ? [] : page(id, at);
      if (blocks.length === 0) throw new Corrupt(`Record ${reached} of log ${log} is missing.`);
      for (const [begin, ...block] of blocks) {
        const records = recordsOf(log, begin, block, reached);
        yield records;
        reached += records.length;
      }
      at = reached;
    }
  }
}

/** Those of the block from position `from` on; there has to be one. */
function recordsOf(
  log: string,
  begin: number,
  [frames, seal, text]: readonly [string, number, string],
  from: number,
): readonly Item[] {
  const what = () => `Record ${begin} of log ${log}`;
  const records = unpack({ frames, seal, text }, what);
  if (begin > from || begin + records.length <= from) {
    throw new Corrupt(`Record ${from} of log ${log} is missing.`);
  }
  return records.slice(from - begin).map((record, index) => ({
    kind: 'record',
    log,
    position: from + index,
    ...record,
  }));
}

type ItemRow = readonly [
  partition: string,
  key: string,
  version: number,
  sealed: number,
  value: string,
];

async function* rows(sql: DatabaseSync): Items {
  const tables = rowsOf<[number, string]>(sql, 'SELECT id, name FROM kind ORDER BY name');
  const select = `SELECT partition, key, version, seal, value FROM item
    WHERE kind = ? AND (partition, key)`;
  const inOrder = `ORDER BY partition, key LIMIT ${PAGE}`;
  const from = rowsOf<ItemRow>(sql, `${select} >= (?, ?) ${inOrder}`);
  const after = rowsOf<ItemRow>(sql, `${select} > (?, ?) ${inOrder}`);
  for (const [id, table] of tables()) {
    let found = from(id, '', '');
    while (found.length > 0) {
      yield found.map((row) => rowItem(table, row));
      const [partition = '', key = ''] = found.at(-1) ?? [];
      found = after(id, partition, key);
    }
  }
}

function rowItem(table: string, [partition, key, version, sealed, value]: ItemRow): KeptRow {
  if (crc32(value) !== sealed) {
    throw new Corrupt(damaged(`Row ${key} in partition ${partition} of table ${table}`));
  }
  return { kind: 'row', table, partition, key, version, value };
}
