/**
 * Reading tables: many rows, and many revisions, with one statement.
 */
import { crc32 } from 'node:zlib';
import { damaged } from '../damaged.ts';
import { bytesCompare, endOfPrefix } from '../prefix.ts';
import { Corrupt, type Row, type Scan } from '../storage.ts';
import { Gather } from './gather.ts';
import { type Schema, type Statement, statement } from './names.ts';
import type { Reader } from './stage.ts';
import { rowsOf } from './tables.ts';
import { fromStored, fromStoredKey, textArray, toStored, toStoredKey } from './text.ts';

interface Place {
  readonly table: string;
  readonly partition: string;
}

interface KeyOf extends Place {
  readonly key: string;
}

type Got = readonly [place: number, version: number, seal: number, value: string];
type Scanned = readonly [head: string, tail: string, version: number, seal: number, value: string];

export class TableReads {
  readonly #quick: Reader;
  readonly #slow: Reader;
  readonly #item: string;
  readonly #get: Statement;
  readonly #revise: Statement;
  readonly #gets: Gather<KeyOf, Row | undefined>;
  readonly #revisions: Gather<Place, number>;

  /** Scans go through `slow`, so that the rest does not wait behind a long one. */
  constructor(quick: Reader, slow: Reader, schema: Schema) {
    this.#quick = quick;
    this.#slow = slow;
    this.#item = schema.at('item');
    this.#get = statement('item-get', rowsOf(this.#item, 'i.version, i.seal, i.value'));
    this.#revise = statement(
      'revision-get',
      `SELECT (SELECT coalesce(sum(changes), 0)::bigint FROM ${schema.at('revision')} AS r
         WHERE r.kind = k.kind AND r.partition = k.partition)
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (kind, partition, place)
       ORDER BY place`,
    );
    this.#gets = new Gather((keys) => this.#getAll(keys));
    this.#revisions = new Gather((places) => this.#allRevisions(places));
  }

  get(table: string, partition: string, key: string): Promise<Row | undefined> {
    return this.#gets.ask({ table, partition, key });
  }

  revision(table: string, partition: string): Promise<number> {
    return this.#revisions.ask({ table, partition });
  }

  async scan(table: string, partition: string, scan: Scan): Promise<readonly Row[]> {
    const { after, before, prefix = '', limit, reverse = false } = scan;
    const beyond = after !== undefined && bytesCompare(after, prefix) >= 0;
    const from = toStoredKey(beyond ? after : prefix);
    const end = lowest(endOfPrefix(prefix), before);
    const values: unknown[] = [toStored(table), toStored(partition), from.head, from.tail];
    values.push(limit ?? null);
    if (end !== undefined) {
      const { head, tail } = toStoredKey(end);
      values.push(head, tail);
    }
    const read = this.#scanning(reverse, beyond, end !== undefined);
    const rows = await this.#slow.query<Scanned>(read, values);
    return rows.map(([head, tail, version, seal, value]) =>
      toRow({ table, partition, key: fromStoredKey(head, tail) }, version, seal, value),
    );
  }

  #scanning(reverse: boolean, beyond: boolean, ends: boolean): Statement {
    const order = reverse ? 'DESC' : 'ASC';
    const name = `item-scan-${order}-${beyond ? 'after' : 'from'}${ends ? '-before' : ''}`;
    return statement(
      name.toLowerCase(),
      `SELECT head, tail, version, seal, value FROM ${this.#item}
       WHERE kind = $1 AND partition = $2 AND (head, tail) ${beyond ? '>' : '>='} ($3, $4)
         ${ends ? 'AND (head, tail) < ($6, $7)' : ''}
       ORDER BY head ${order}, tail ${order} LIMIT $5::bigint`,
    );
  }

  async #getAll(keys: readonly KeyOf[]): Promise<readonly (() => Row | undefined)[]> {
    const stored = keys.map(({ key }) => toStoredKey(key));
    const found = await this.#quick.query<Got>(this.#get, [
      textArray(keys.map(({ table }) => toStored(table))),
      textArray(keys.map(({ partition }) => toStored(partition))),
      textArray(stored.map(({ head }) => head)),
      textArray(stored.map(({ digest }) => digest)),
    ]);
    const rows = keys.map(() => (): Row | undefined => undefined);
    for (const [place, version, seal, value] of found) {
      const key = keys[place - 1];
      if (key) rows[place - 1] = () => toRow(key, version, seal, value);
    }
    return rows;
  }

  async #allRevisions(places: readonly Place[]): Promise<readonly (() => number)[]> {
    const rows = await this.#quick.query<readonly [number]>(this.#revise, [
      textArray(places.map(({ table }) => toStored(table))),
      textArray(places.map(({ partition }) => toStored(partition))),
    ]);
    return rows.map(
      ([revision]) =>
        () =>
          revision,
    );
  }
}

function toRow(at: KeyOf, version: number, seal: number, stored: string): Row {
  const value = fromStored(stored);
  if (crc32(value) !== seal) {
    throw new Corrupt(damaged(`Row ${at.key} in partition ${at.partition} of table ${at.table}`));
  }
  return { key: at.key, value, version };
}

/** The lower of two upper bounds, where there are any. */
function lowest(end: string | Uint8Array, before: string | undefined): string | undefined {
  if (typeof end !== 'string') return before;
  return before === undefined || bytesCompare(end, before) < 0 ? end : before;
}
