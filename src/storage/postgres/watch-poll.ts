/**
 * Asks several times a second whether what is watched has changed, for hints that got lost. While
 * nothing at all happens in the database, that is one statement that reads no table.
 */
import type { Clock, Timer } from '../../core/clock.ts';
import { endOf } from './log-sql.ts';
import { type Schema, statement } from './names.ts';
import type { QueueReads, Reader } from './stage.ts';
import { textArray, toStored } from './text.ts';
import type { Watchers } from './watchers.ts';

export interface PollOptions {
  readonly reader: Reader;
  readonly queues: QueueReads;
  readonly schema: Schema;
  readonly watchers: Watchers;
  readonly clock: Clock;
  readonly everyMs: number;
}

/** Grows with every transaction that changes anything. */
const MOMENT = statement('poll-moment', 'SELECT pg_snapshot_xmax(pg_current_snapshot())::text');

export class Poll {
  readonly #options: PollOptions;
  readonly #logs;
  readonly #folders;
  #seen = new Map<string, string>();
  #moment = '';
  #timer: Timer | undefined;
  #asking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: PollOptions) {
    this.#options = options;
    const { schema } = options;
    this.#logs = statement(
      'poll-logs',
      `SELECT e.first || ' ' || e.next
       FROM unnest($1::text[]) WITH ORDINALITY AS k (log, place), ${endOf(schema, 'k.log')}
       ORDER BY k.place`,
    );
    this.#folders = statement('poll-folder', folderSql(schema));
    this.#later();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#asking;
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.afterWallMs(this.#options.everyMs, () => {
      // While the database is away nobody has anything to hear.
      this.#asking = this.#ask().catch(() => {});
      void this.#asking.then(() => this.#later());
    });
  }

  async #ask(): Promise<void> {
    const { reader, watchers } = this.#options;
    const { names } = watchers;
    if (names.length === 0) return;
    const [row] = await reader.query<readonly [string]>(MOMENT);
    const moment = row?.[0] ?? '';
    if (moment === this.#moment && names.every((name) => this.#seen.has(name))) return;
    const signatures = await this.#signatures(names);
    this.#moment = moment;
    const before = this.#seen;
    this.#seen = new Map(names.map((name, index) => [name, signatures[index] ?? '']));
    // What was not asked about before may have changed since its watcher last looked.
    watchers.tellOf(names.filter((name) => before.get(name) !== this.#seen.get(name)));
  }

  async #signatures(names: readonly string[]): Promise<readonly string[]> {
    const { reader, queues } = this.#options;
    const isFolder = (name: string) => name.endsWith('/');
    const plain = names.filter((name) => !isFolder(name));
    const [ofQueues, ofLogs, ofFolders] = await Promise.all([
      queues.signatures(plain),
      reader.query<readonly [string]>(this.#logs, [textArray(plain.map(toStored))]),
      Promise.all(
        names.filter(isFolder).map((name) => {
          return reader.query<readonly [string]>(this.#folders, [toStored(name)]);
        }),
      ),
    ]);
    const found = new Map(plain.map((name, i) => [name, `${ofQueues[i]} ${ofLogs[i]?.[0]}`]));
    names.filter(isFolder).forEach((name, index) => {
      found.set(name, String(ofFolders[index]?.[0]?.[0]));
    });
    return names.map((name) => found.get(name) ?? '');
  }
}

/** The ends of all logs whose name goes on from `$1` without another slash, in one text. */
function folderSql(schema: Schema): string {
  const block = schema.at('block');
  const after = (name: string) =>
    `(SELECT log FROM ${block} WHERE log > ${name} AND log < rtrim($1, '/') || '0'
      ORDER BY log LIMIT 1)`;
  return `WITH RECURSIVE logs (name) AS (
      SELECT ${after('$1::text')}
      UNION ALL SELECT ${after('name')} FROM logs WHERE name IS NOT NULL)
    SELECT string_agg(logs.name || ' ' || e.first || ' ' || e.next, ',')
    FROM logs, ${endOf(schema, 'logs.name')}
    WHERE logs.name IS NOT NULL AND position('/' IN substr(logs.name, length($1) + 1)) = 0`;
}
