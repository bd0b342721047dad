/**
 * Reading logs. Blocks that were read stay in memory for other readers, as they never change; the
 * database is asked each time what was trimmed, and for the blocks after those.
 */
import { type Block, BlockCache } from '../block-cache.ts';
import { unpack } from '../log-block.ts';
import type { LogBounds, LogEntry, LogRead } from '../storage.ts';
import { blockAt, endOf, firstSince } from './log-sql.ts';
import { type Schema, statement } from './names.ts';
import type { Reader } from './stage.ts';
import { fromStored, toStored } from './text.ts';

type Begin = readonly [first: number, next: number];
type BlockRow = readonly [first: number, frames: string, seal: number, text: string];

/** Blocks fetched at once: few for who follows the end, more for who reads on. */
const FETCHED = [4, 16, 64];

export class LogReads {
  readonly #reader: Reader;
  readonly #cache = new BlockCache();
  readonly #statements: ReturnType<typeof statements>;

  constructor(reader: Reader, schema: Schema) {
    this.#reader = reader;
    this.#statements = statements(schema);
  }

  async bounds(log: string): Promise<LogBounds> {
    const [row] = await this.#reader.query<readonly [number, number, number]>(
      this.#statements.bounds,
      [toStored(log)],
    );
    const [first, next, bytes] = row ?? [1, 1, 0];
    return { first, next, bytes };
  }

  async read(log: string, read: LogRead): Promise<readonly LogEntry[]> {
    const { from, max, sinceMs = null, maxChars = Number.POSITIVE_INFINITY } = read;
    if (max <= 0 || maxChars <= 0) return [];
    const found = new Found(read);
    const values = [toStored(log), from, sinceMs];
    const [begin] = await this.#reader.query<Begin>(this.#statements.begin, values);
    const [first, next] = begin ?? [1, 1];
    let position = Math.max(from, first);
    for (let fetches = 0; position < next && !found.full; ) {
      const kept = this.#cache.find(log, position);
      const blocks = kept ? [kept] : await this.#fetch(log, position, fetches++);
      if (blocks.length === 0) break;
      for (const block of blocks) {
        found.take(block, position);
        position = block.first + block.records.length;
      }
    }
    return found.entries;
  }

  /** The block that holds `position`, and some after it; none when it was dropped meanwhile. */
  async #fetch(log: string, position: number, fetches: number): Promise<readonly Block[]> {
    const most = FETCHED[Math.min(fetches, FETCHED.length - 1)];
    const values = [toStored(log), position, most];
    const rows = await this.#reader.query<BlockRow>(this.#statements.blocks, values);
    return rows.map(([first, frames, seal, stored]) => {
      const text = fromStored(stored);
      const what = () => `Block ${first} of log ${log}`;
      const block: Block = { first, records: unpack({ frames, seal, text }, what) };
      this.#cache.keep(log, block, text.length);
      return block;
    });
  }
}

/** What a read has gathered so far. */
class Found {
  readonly entries: LogEntry[] = [];
  readonly #read: LogRead;
  #chars = 0;

  constructor(read: LogRead) {
    this.#read = read;
  }

  get full(): boolean {
    const { max, maxChars = Number.POSITIVE_INFINITY } = this.#read;
    return this.entries.length >= max || this.#chars >= maxChars;
  }

  take({ first, records }: Block, from: number): void {
    const { sinceMs } = this.#read;
    for (let position = Math.max(first, from); position < first + records.length; position += 1) {
      if (this.full) return;
      const record = records[position - first];
      if (!record || (sinceMs !== undefined && record.atMs < sinceMs)) continue;
      this.entries.push({ ...record, position });
      this.#chars += record.body.length;
    }
  }
}

function statements(schema: Schema) {
  const block = schema.at('block');
  return {
    bounds: statement(
      'log-bounds',
      `SELECT e.first, e.next, (e.bytes - e.gone)::bigint
       FROM (VALUES ($1::text)) AS k (log), ${endOf(schema, 'k.log')}`,
    ),
    begin: statement(
      'log-begin',
      `SELECT greatest($2::bigint, e.first, CASE WHEN $3::float8 IS NOT NULL THEN
         coalesce(${firstSince(schema, 'k.log', '$3::float8')}, e.next) END), e.next
       FROM (VALUES ($1::text)) AS k (log), ${endOf(schema, 'k.log')}`,
    ),
    blocks: statement(
      'log-blocks',
      `SELECT first, frames, seal, text FROM ${block} WHERE log = $1 AND
         part >= ${blockAt(schema, 'part', '$1', '$2::bigint')} AND
         first >= ${blockAt(schema, 'first', '$1', '$2::bigint')}
       ORDER BY part, first LIMIT $3::bigint`,
    ),
  };
}
