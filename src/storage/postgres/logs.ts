/**
 * Logs: what a group appends and trims.
 *
 * Records get their positions at the very end of the transaction, in the trip of the COMMIT and
 * under a lock of their log, so that a log that all nodes append to is held no longer than a commit
 * takes. All that a group appends to a log becomes one row (few, when it is much).
 *
 * Trimming moves a mark to the beginning of a block; parts with nothing after their logs' marks
 * are dropped whole.
 */
import { pack } from '../log-block.ts';
import { MOST_BYTES, MOST_RECORDS } from '../log-packing.ts';
import { type Append, type LogRecord, type Receipt, type Trim, Unavailable } from '../storage.ts';
import type { Connection } from './connection.ts';
import { blockAt, endOf, firstSince } from './log-sql.ts';
import { type Schema, statement } from './names.ts';
import type { Answer, Hints, Stage, Undo } from './stage.ts';
import { fromStored, numberArray, textArray, toStored } from './text.ts';
import type { Transaction } from './transaction.ts';

export type LogWrite = Append | Trim;

interface Block {
  readonly log: string;
  readonly records: LogRecord[];
  bytes: number;
  /** Known once it is written. */
  first: number;
}

interface Limits {
  before: number;
  keep: number;
  beforeMs: number;
}

/** Blocks of one log, and what is trimmed after them. */
interface Step {
  readonly blocks: Block[];
  trim: Limits | undefined;
}

interface Pending {
  readonly turn: number;
  readonly write: LogWrite;
  /** Where an appended record came to stand. */
  block: Block | undefined;
  index: number;
}

const NOTHING: Receipt = Object.freeze({});

export class LogStage implements Stage<LogWrite> {
  readonly #statements: ReturnType<typeof statements>;
  readonly #hints: Hints;
  #pending: Pending[] = [];
  #turn = 0;

  constructor(schema: Schema, hints: Hints) {
    this.#statements = statements(schema);
    this.#hints = hints;
  }

  begin(): void {
    this.#pending = [];
  }

  async prepare(): Promise<void> {}

  /**
   * The place in the order of handing in of what is applied from now on. Records take that order,
   * whichever round they come in.
   */
  turn(turn: number): void {
    this.#turn = turn;
  }

  mark(): Undo {
    const { length } = this.#pending;
    return () => {
      this.#pending.length = length;
    };
  }

  apply(write: LogWrite): Answer {
    const pending: Pending = { turn: this.#turn, write, block: undefined, index: 0 };
    this.#pending.push(pending);
    this.#hints.touch(write.log);
    if (write.kind === 'trim') return NOTHING;
    return () => {
      const position = (pending.block?.first ?? Number.NaN) + pending.index;
      if (Number.isNaN(position))
        throw new Unavailable(`Appended to ${write.log}, and lost where.`);
      return { position };
    };
  }

  async flush(): Promise<void> {}

  async finish(tx: Transaction): Promise<void> {
    if (this.#pending.length === 0) return;
    const logs = toSteps(this.#pending);
    const names = [...logs.keys()].map(toStored);
    const sent: Promise<unknown>[] = [tx.query(this.#statements.lock, [textArray(names)])];
    const most = Math.max(...[...logs.values()].map(({ length }) => length));
    for (let index = 0; index < most; index += 1) {
      const steps = [...logs].flatMap(([log, all]) => {
        const step = all[index];
        return step ? [{ log, ...step }] : [];
      });
      const blocks = steps.flatMap((step) => step.blocks);
      if (blocks.length > 0) sent.push(this.#append(tx, blocks));
      const trims = steps.flatMap(({ log, trim }) => (trim ? [{ log, ...trim }] : []));
      if (trims.length > 0) sent.push(this.#trim(tx, trims));
    }
    await Promise.all(sent);
  }

  end(): void {
    this.begin();
  }

  /** A group makes a log's blocks in their order, so the transaction's rows tell which is which. */
  async recover(connection: Connection, transactionId: string): Promise<void> {
    const blocks = new Set(this.#pending.flatMap(({ block }) => block ?? []));
    const names = [...new Set([...blocks].map(({ log }) => log))];
    if (names.length === 0) return;
    const rows = await connection.query<readonly [log: string, first: number]>(
      this.#statements.recover,
      [textArray(names.map(toStored)), transactionId],
    );
    for (const name of names) {
      const firsts = rows.filter(([log]) => fromStored(log) === name);
      const own = [...blocks].filter(({ log }) => log === name);
      if (firsts.length !== own.length) continue;
      own.forEach((block, index) => {
        block.first = firsts[index]?.[1] ?? Number.NaN;
      });
    }
  }

  async #append(tx: Transaction, blocks: readonly Block[]): Promise<void> {
    const packed = blocks.map(({ records }) => pack(records));
    const before = beforeEach(blocks);
    const rows = await tx.query<readonly [place: number, first: number]>(this.#statements.append, [
      textArray(blocks.map(({ log }) => toStored(log))),
      numberArray(before.map(({ records }) => records)),
      numberArray(blocks.map(({ records }) => records.length)),
      numberArray(before.map(({ latestAtMs }) => latestAtMs)),
      numberArray(before.map(({ bytes }) => bytes)),
      numberArray(blocks.map(({ bytes }) => bytes)),
      textArray(packed.map(({ frames }) => frames)),
      numberArray(packed.map(({ seal }) => seal)),
      textArray(packed.map(({ text }) => toStored(text))),
    ]);
    for (const [place, first] of rows) {
      const block = blocks[place - 1];
      if (block) block.first = first;
    }
  }

  async #trim(tx: Transaction, trims: readonly (Limits & { log: string })[]): Promise<void> {
    const known = (moment: number) => (Number.isFinite(moment) ? moment : null);
    await tx.query(this.#statements.trim, [
      textArray(trims.map(({ log }) => toStored(log))),
      numberArray(trims.map(({ before }) => before)),
      numberArray(trims.map(({ keep }) => keep)),
      numberArray(trims.map(({ beforeMs }) => known(beforeMs))),
    ]);
  }
}

/** What is to be done with each log: blocks, a trim, blocks after that … */
function toSteps(all: Pending[]): ReadonlyMap<string, readonly Step[]> {
  const logs = new Map<string, Step[]>();
  for (const pending of all.sort((a, b) => a.turn - b.turn)) {
    const { write } = pending;
    const steps = logs.get(write.log) ?? [];
    logs.set(write.log, steps);
    let step = steps.at(-1);
    if (!step || (write.kind === 'append' && step.trim)) {
      step = { blocks: [], trim: undefined };
      steps.push(step);
    }
    if (write.kind === 'append') addTo(step, write.record, pending);
    else step.trim = tighter(step.trim, write);
  }
  return logs;
}

function addTo({ blocks }: Step, record: LogRecord, pending: Pending): void {
  const { log } = pending.write;
  let block = blocks.at(-1);
  if (!block || block.records.length >= MOST_RECORDS || block.bytes >= MOST_BYTES) {
    block = { log, records: [], bytes: 0, first: Number.NaN };
    blocks.push(block);
  }
  pending.block = block;
  pending.index = block.records.length;
  block.records.push(record);
  block.bytes += Buffer.byteLength(record.body);
}

/** Two trims with nothing appended in between are one. */
function tighter(trim: Limits | undefined, write: Trim): Limits {
  const { before = 0, keep = Number.MAX_SAFE_INTEGER, beforeMs = Number.NEGATIVE_INFINITY } = write;
  return {
    before: Math.max(before, trim?.before ?? before),
    keep: Math.min(keep, trim?.keep ?? keep),
    beforeMs: Math.max(beforeMs, trim?.beforeMs ?? beforeMs),
  };
}

interface Before {
  readonly records: number;
  readonly bytes: number;
  /** Of the block and those before it. */
  readonly latestAtMs: number;
}

/** What stands before each block among those of its log. */
function beforeEach(blocks: readonly Block[]): readonly Before[] {
  const sums = new Map<string, Before>();
  return blocks.map(({ log, records, bytes }) => {
    const sum = sums.get(log) ?? { records: 0, bytes: 0, latestAtMs: Number.NEGATIVE_INFINITY };
    const latestAtMs = records.reduce((most, { atMs }) => Math.max(most, atMs), sum.latestAtMs);
    const next = { records: sum.records + records.length, bytes: sum.bytes + bytes, latestAtMs };
    sums.set(log, next);
    return { ...sum, latestAtMs };
  });
}

function statements(schema: Schema) {
  const block = schema.at('block');
  const log = schema.at('log');
  return {
    lock: statement(
      'log-lock',
      `SELECT pg_advisory_xact_lock(number) FROM (
         SELECT DISTINCT ${schema.lockNumber('log', 'name')} AS number
         FROM unnest($1::text[]) AS k (name) ORDER BY 1) AS numbers`,
    ),
    append: statement(
      'log-append',
      `WITH k AS (
         SELECT k.place, k.log, e.next + k.before AS first, e.next + k.before + k.count AS next,
           greatest(e.latest_at, k.latest_at) AS latest_at,
           e.bytes + k.bytes_before AS bytes_before,
           k.bytes, k.frames, k.seal, k.text, greatest(e.part, now.part) AS part
         FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::float8[], $5::bigint[],
           $6::bigint[], $7::text[], $8::bigint[], $9::text[]) WITH ORDINALITY
           AS k (log, before, count, latest_at, bytes_before, bytes, frames, seal, text, place),
           ${endOf(schema, 'k.log')}, (SELECT part FROM ${schema.at('log_part')}) AS now
       ), made AS (
         INSERT INTO ${block} (log, part, first, next, latest_at, bytes_before, bytes, frames, seal,
           text)
         SELECT log, part, first, next, latest_at, bytes_before, bytes, frames, seal, text FROM k)
       SELECT place, first FROM k`,
    ),
    // Few others have been added since; the log is not looked through from its beginning.
    recover: statement(
      'log-recover',
      `SELECT b.log, b.first FROM unnest($1::text[]) AS k (name), LATERAL (
         SELECT log, part, first, xmin FROM ${block} WHERE log = k.name
         ORDER BY part DESC, first DESC LIMIT 1000) AS b
       WHERE b.xmin = ($2::xid8)::xid ORDER BY b.log, b.part, b.first`,
    ),
    // A block stays as long as any of its records has to; the mark is where one begins.
    trim: statement(
      'log-trim',
      `INSERT INTO ${log} AS l (name, first, gone, latest_at)
       SELECT k.log, CASE WHEN wanted.first >= e.next THEN e.next ELSE b.first END,
         CASE WHEN wanted.first >= e.next THEN e.bytes ELSE b.bytes_before END, e.latest_at
       FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::float8[])
         AS k (log, before, keep, moment)
         CROSS JOIN ${endOf(schema, 'k.log')}
         CROSS JOIN LATERAL (
           SELECT greatest(k.before, e.next - k.keep, CASE WHEN k.moment IS NOT NULL THEN
           coalesce(${firstSince(schema, 'k.log', 'k.moment')}, e.next) END) AS first) AS wanted
         LEFT JOIN LATERAL
           ${blockAt(schema, 'first, bytes_before', 'k.log', 'wanted.first')} AS b
           ON wanted.first < e.next
       WHERE wanted.first >= e.next AND e.next > e.first OR b.first > e.first
       ON CONFLICT (name) DO UPDATE
       SET first = excluded.first, gone = excluded.gone, latest_at = excluded.latest_at
       WHERE excluded.first > l.first`,
    ),
  };
}
