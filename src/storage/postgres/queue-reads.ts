/**
 * Looking at queues without touching them.
 */
import { endOfPrefix } from '../prefix.ts';
import type { Counts, Peek, Peeked, QueueName } from '../storage.ts';
import { type Schema, type Statement, statement } from './names.ts';
import type { Floors } from './queue-floors.ts';
import type { QueueNames, QueueRow } from './queue-names.ts';
import { COLUMNS, type MessageRow, toMessage } from './queue-row.ts';
import { OF } from './queue-schema.ts';
import type { QueueReads, Reader } from './stage.ts';
import { fromStored, numberArray, textArray, toStored } from './text.ts';

const NO_COUNTS: Counts = Object.freeze({ visible: 0, inFlight: 0, delayed: 0 });

/** Of queues with more messages than this, counts that took long are kept for a while. */
const LARGE = 10_000;
const LONG_MS = 20;
/** Counting that took a millisecond is good for this many. */
const SHARE = 20;

interface Counted {
  readonly counts: Counts;
  readonly untilMs: number;
}

type CountRow = readonly [
  visible: number,
  inFlight: number,
  delayed: number,
  oldestSentAtMs: number | null,
];

export interface QueueReadParts {
  readonly reader: Reader;
  readonly names: QueueNames;
  readonly floors: Floors;
  readonly wallNowMs: () => number;
}

export class Reads implements QueueReads {
  readonly #parts: QueueReadParts;
  readonly #sql: ReturnType<typeof statements>;
  readonly #counted = new Map<number, Counted>();
  /** Positions of the last messages that were there when asked about last. */
  #last = new Map<QueueName, number>();

  constructor(schema: Schema, parts: QueueReadParts) {
    this.#parts = parts;
    this.#sql = statements(schema);
  }

  async peek(name: QueueName, peek: Peek): Promise<readonly Peeked[]> {
    const queue = await this.#find(name);
    if (!queue) return [];
    const { after = 0, positions, max, nowMs } = peek;
    const rows = await this.#query<MessageRow>(
      positions ? this.#sql.peekThese : this.#sql.peek,
      positions
        ? [queue.id, after, max, numberArray([...new Set(positions)])]
        : [queue.id, after, max],
    );
    return rows.map((row) => toPeeked(queue, row, nowMs));
  }

  async counts(name: QueueName, nowMs: number): Promise<Counts> {
    const queue = await this.#find(name);
    if (!queue) return NO_COUNTS;
    const { wallNowMs } = this.#parts;
    const known = this.#counted.get(queue.id);
    if (known && wallNowMs() < known.untilMs) return known.counts;
    this.#counted.delete(queue.id);
    const beganAtMs = wallNowMs();
    const [row] = await this.#query<CountRow>(this.#sql.counts, [queue.id, nowMs]);
    if (!row) return NO_COUNTS;
    const [visible, inFlight, delayed, oldest] = row;
    const counts: Counts = {
      visible,
      inFlight,
      delayed,
      ...(oldest !== null && { oldestSentAtMs: oldest }),
    };
    const tookMs = wallNowMs() - beganAtMs;
    if (visible + inFlight + delayed > LARGE && tookMs > LONG_MS) {
      this.#counted.set(queue.id, { counts, untilMs: wallNowMs() + tookMs * SHARE });
    }
    return counts;
  }

  async nextVisibleAtMs(name: QueueName, nowMs: number): Promise<number> {
    const queue = await this.#find(name);
    const [row] = queue
      ? await this.#query<readonly [number | null]>(this.#sql.next, [queue.id, nowMs])
      : [];
    return row?.[0] ?? Number.POSITIVE_INFINITY;
  }

  async queues(prefix: string): Promise<readonly QueueName[]> {
    const stored = toStored(prefix);
    const end = endOfPrefix(stored);
    const rows = await this.#query<readonly [string]>(this.#sql.names, [
      stored,
      typeof end === 'string' ? end : null,
    ]);
    return rows.map(([name]) => fromStored(name));
  }

  /**
   * Where the last message stands, and when the first that may be claimed becomes visible. Both
   * are looked for from where they were before: dead rows may lie in between.
   */
  async signatures(names: readonly QueueName[]): Promise<readonly string[]> {
    const rows = await this.#query<readonly [number, number | null]>(this.#sql.signatures, [
      textArray(names.map(toStored)),
      numberArray(names.map((name) => this.#last.get(name) ?? 0)),
      numberArray(names.map((name) => this.#firstFrom(name))),
    ]);
    const before = this.#last;
    this.#last = new Map();
    return rows.map(([found, first], index) => {
      const name = names[index] ?? '';
      const last = Math.max(found, before.get(name) ?? 0);
      this.#last.set(name, last);
      return `${last} ${first}`;
    });
  }

  /** Where messages take turns, another node's settle may make an old one the first. */
  #firstFrom(name: QueueName): number {
    const { names, floors } = this.#parts;
    const queue = names.known(name);
    return queue && !queue.ordered ? floors.roughly(queue.id) : Number.MIN_SAFE_INTEGER;
  }

  async #find(name: QueueName): Promise<QueueRow | undefined> {
    const { names, reader } = this.#parts;
    await names.find(reader, [name]);
    return names.known(name);
  }

  #query<Row extends readonly unknown[]>(sql: Statement, values: readonly unknown[]) {
    return this.#parts.reader.query<Row>(sql, values);
  }
}

function toPeeked(queue: QueueRow, row: MessageRow, nowMs: number): Peeked {
  const [position, visibleAtMs, , firstClaimedAtMs, token, claims] = row;
  const hidden = token > 0 ? 'in-flight' : 'delayed';
  return {
    ...toMessage(queue.name, row),
    position,
    claims,
    ...(claims > 0 && firstClaimedAtMs !== null && { firstClaimedAtMs }),
    token,
    state: visibleAtMs > nowMs ? hidden : 'visible',
  };
}

function statements(schema: Schema) {
  const [queue, message] = [schema.at('queue'), schema.at('message')];
  const purged = `(SELECT purged_to FROM ${queue} WHERE id = $1)`;
  const kept = `m.queue = $1 AND m.position > greatest($2::bigint, ${purged})`;
  const first = (turn: string) =>
    `(SELECT min(visible_at) FROM ${message} WHERE ${OF.ready('queue')} = ${OF.ready('$1::int')}
      AND ${turn} AND visible_at > $2 AND position + 0 > ${purged})`;
  return {
    peek: statement(
      'queue_peek',
      `SELECT ${COLUMNS} FROM ${message} AS m WHERE ${kept} ORDER BY m.position LIMIT $3`,
    ),
    peekThese: statement(
      'queue_peek_these',
      `SELECT ${COLUMNS} FROM ${message} AS m WHERE ${kept} AND m.position = ANY($4::bigint[])
       ORDER BY m.position LIMIT $3`,
    ),
    counts: statement(
      'queue_counts',
      `SELECT count(*) FILTER (WHERE visible_at <= $2),
         count(*) FILTER (WHERE visible_at > $2 AND token > 0),
         count(*) FILTER (WHERE visible_at > $2 AND token = 0), min(sent_at)
       FROM ${message} WHERE queue = $1 AND position > ${purged}`,
    ),
    next: statement('queue_next', `SELECT least(${first('turn')}, ${first('NOT turn')})`),
    names: statement(
      'queue_names',
      `SELECT name FROM ${queue} WHERE name >= $1 AND ($2::text IS NULL OR name < $2)
         AND EXISTS (SELECT FROM ${message} AS m
           WHERE m.queue = queue.id AND m.position > queue.purged_to OFFSET 0)
       ORDER BY name`,
    ),
    signatures: statement(
      'queue_signatures',
      `SELECT coalesce((SELECT max(m.position) FROM ${message} AS m
           WHERE m.queue = q.id AND m.position >= one.last), 0),
         (SELECT min(m.visible_at) FROM ${message} AS m
          WHERE ${OF.ready('m.queue')} = ${OF.ready('q.id')} AND m.turn
            AND m.visible_at >= one.first AND m.position + 0 > q.purged_to)
       FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY
         AS one (name, last, first, place)
       LEFT JOIN LATERAL (SELECT id, purged_to FROM ${queue} WHERE name = one.name OFFSET 0) AS q
         ON true ORDER BY one.place`,
    ),
  };
}
