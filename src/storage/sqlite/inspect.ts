/**
 * Looks at every row of a database that nobody uses: SQLite's own structure, the checksum of
 * each body, record and row, and what belongs together. Names the first thing that is wrong.
 */
import { crc32 } from 'node:zlib';
import { damaged } from '../damaged.ts';
import { unpack } from '../log-block.ts';
import { Corrupt } from '../storage.ts';
import { seal } from './bodies.ts';
import { rowOf, rowsOf } from './database.ts';
import { sqlite } from './node-sqlite.ts';
import { LAST_POSITION, POSITION_BITS } from './schema.ts';

type Sql = InstanceType<typeof sqlite.DatabaseSync>;

export interface Holdings {
  /** Number of the last commit. */
  readonly commit: number;
  readonly queues: number;
  readonly messages: number;
  readonly logs: number;
  readonly records: number;
  readonly tables: number;
  readonly rows: number;
}

/** Rows looked at in one go. */
const PAGE = 500;

export function inspect(file: string): Holdings {
  const sql = new sqlite.DatabaseSync(file, { readOnly: true });
  try {
    checkStructure(sql, file);
    const messages = checkMessages(sql);
    const records = checkLogs(sql);
    const rows = checkRows(sql);
    const count = (what: string) =>
      rowOf<[number]>(sql, `SELECT count(*) FROM ${what}`)()?.[0] ?? 0;
    return {
      commit: rowOf<[number]>(sql, 'SELECT commits FROM progress')()?.[0] ?? 0,
      queues: count('queue WHERE name IS NOT NULL'),
      messages,
      logs: count('log'),
      records,
      tables: count('kind'),
      rows,
    };
  } finally {
    sql.close();
  }
}

function checkStructure(sql: Sql, file: string): void {
  const [found] = rowOf<[string]>(sql, 'PRAGMA integrity_check(1)')() ?? ['no answer'];
  if (found !== 'ok') throw new Corrupt(`${file} is damaged: ${found}.`);
}

/** Calls `look` with every row of what comes in pages; `page` takes the key to go on after. */
function each<Row extends readonly [number, ...unknown[]]>(
  page: (after: number) => readonly Row[],
  look: (row: Row) => void,
): void {
  for (let rows = page(-1); rows.length > 0; rows = page(rows.at(-1)?.[0] ?? 0)) rows.forEach(look);
}

type Message = readonly [
  position: number,
  id: string,
  meta: string | null,
  sealed: number,
  body: string | null,
  bodyId: number | null,
];

/** Keys are larger than JavaScript's whole numbers, so they are taken apart by the database. */
const OF_ONE = `key > (?1 << ${POSITION_BITS}) + ?2 AND key < ((?1 + 1) << ${POSITION_BITS})`;

function checkMessages(sql: Sql): number {
  let messages = 0;
  const page = rowsOf<Message>(
    sql,
    `SELECT key & ${LAST_POSITION}, id, meta, seal, body, body_id FROM message
     WHERE ${OF_ONE} ORDER BY key LIMIT ${PAGE}`,
  );
  const bodyOf = rowOf<[number, string]>(sql, 'SELECT seal, text FROM body WHERE id = ?');
  // One without a name was purged, and its rows are being removed.
  const queues = 'SELECT id, name FROM queue WHERE name IS NOT NULL';
  for (const [queue, name] of rowsOf<[number, string]>(sql, queues)()) {
    each(
      (after) => page(queue, after),
      ([position, id, meta, sealed, body, bodyId]) => {
        messages += 1;
        const stored = body === null ? ([null, bodyId ?? 0] as const) : ([body, null] as const);
        const apart = body === null ? bodyOf(bodyId ?? 0) : undefined;
        const isSound = body !== null || (apart !== undefined && crc32(apart[1]) === apart[0]);
        if (!isSound || seal(id, meta, stored) !== sealed) {
          throw new Corrupt(damaged(`Message ${position} of queue ${name}`));
        }
      },
    );
  }
  const stray = 'SELECT count(*) FROM message WHERE queue NOT IN (SELECT id FROM queue)';
  const [strays] = rowOf<[number]>(sql, stray)() ?? [0];
  if (strays > 0) throw new Corrupt(`${strays} messages belong to queues that are none.`);
  return messages;
}

type Block = readonly [key: number, count: number, frames: string, seal: number, text: string];

/** Each log has every record from its first to its last, once. */
function checkLogs(sql: Sql): number {
  let kept = 0;
  const logs = rowsOf<[number, string, number, number]>(
    sql,
    'SELECT id, name, first, next FROM log',
  );
  const blocks = rowsOf<Block>(
    sql,
    `SELECT key & ${LAST_POSITION}, count, frames, seal, text FROM block
     WHERE ${OF_ONE}
     ORDER BY key LIMIT ${PAGE / 10}`,
  );
  for (const [id, name, first, next] of logs()) {
    let reached: number | undefined;
    each(
      (after) => blocks(id, after),
      ([at, count, frames, seal, text]) => {
        const what = () => `Record ${at} of log ${name}`;
        const { length } = unpack({ frames, seal, text }, what);
        const isNext = reached === undefined ? at <= first : at === reached;
        if (length !== count || !isNext) throw new Corrupt(`${what()} does not follow the others.`);
        reached = at + count;
      },
    );
    if ((reached ?? next) !== next) throw new Corrupt(`Log ${name} lacks records before ${next}.`);
    if (reached === undefined && first !== next) throw new Corrupt(`Log ${name} has no records.`);
    kept += next - first;
  }
  return kept;
}

type Item = readonly [id: number, key: string, seal: number, value: string];

function checkRows(sql: Sql): number {
  let rows = 0;
  const page = rowsOf<Item>(
    sql,
    `SELECT rowid, partition || '/' || key, seal, value FROM item
     WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`,
  );
  each(page, ([, key, sealed, value]) => {
    rows += 1;
    if (crc32(value) !== sealed) throw new Corrupt(damaged(`Row ${key}`));
  });
  return rows;
}
