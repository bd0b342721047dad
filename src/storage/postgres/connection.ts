/**
 * One connection, in pipeline mode. It is used until it breaks, and then replaced by who holds it.
 */
import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { Unavailable } from '../storage.ts';
import type { Statement } from './names.ts';
import type { Values } from './transaction.ts';

export interface Answered {
  readonly rows: readonly Values[];
  /** Rows changed or read. */
  readonly count: number;
  /** `COMMIT`, `SELECT` … as the server calls what it did. */
  readonly command: string;
}

/** How to reach the database; `pg` reads the rest from `connectionString` and the environment. */
export interface ConnectOptions {
  readonly connectionString: string;
  readonly applicationName: string;
  readonly connectTimeoutMs: number;
  /** Whether statements may be prepared under names; not through every pooler. */
  readonly prepares: boolean;
}

export class Connection {
  readonly #client: pg.Client;
  readonly #prepares: boolean;
  /** The database's history: changes with a failover. Told by who opens it. */
  timeline = '';
  #broken: Error | undefined;
  #onBroken: (() => void) | undefined;
  #corked = false;

  private constructor(client: pg.Client, prepares: boolean) {
    this.#client = client;
    this.#prepares = prepares;
    client.on('error', (cause) => this.#break(cause));
    client.on('end', () => this.#break(new Unavailable('The connection to the database ended.')));
  }

  static async open(driver: typeof pg, options: ConnectOptions): Promise<Connection> {
    const client = new driver.Client({
      connectionString: options.connectionString,
      application_name: options.applicationName,
      connectionTimeoutMillis: options.connectTimeoutMs,
      keepAlive: true,
      pipeline: true,
      types: { getTypeParser: typeParser as pg.CustomTypesConfig['getTypeParser'] },
    });
    const connection = new Connection(client, options.prepares);
    try {
      await client.connect();
    } catch (cause) {
      void client.end().catch(() => {});
      throw cause;
    }
    return connection;
  }

  /** Sends at once. After an error of the server it can be used on; see `broken` otherwise. */
  send({ name, text }: Statement, values: Values): Promise<Answered> {
    this.#cork();
    return new Promise((resolve, reject) => {
      const named = this.#prepares && name !== '' ? { name } : {};
      const query = { ...named, text, values: [...values], rowMode: 'array' as const };
      this.#client.query(query, (cause: Error | null, result: pg.QueryArrayResult) => {
        if (cause) reject(cause);
        else resolve({ rows: result.rows, count: result.rowCount ?? 0, command: result.command });
      });
    });
  }

  async query<Row extends Values>(
    statement: Statement,
    values: Values = [],
  ): Promise<readonly Row[]> {
    return (await this.send(statement, values)).rows as unknown as readonly Row[];
  }

  /** Why it cannot be used any longer. */
  get broken(): Error | undefined {
    return this.#broken;
  }

  onBroken(told: () => void): void {
    this.#onBroken = told;
    if (this.#broken) told();
  }

  onNotification(told: (payload: string) => void): void {
    this.#client.on('notification', ({ payload }) => told(payload ?? ''));
  }

  /** Lets answers come in that are on their way. */
  async close(): Promise<void> {
    this.#onBroken = undefined;
    await this.#client.end().catch(() => {});
  }

  /** Breaks it off: what is on its way fails. */
  destroy(): void {
    this.#break(new Unavailable('The connection to the database was given up.'));
    this.#stream.destroy();
  }

  /** What is sent in one go is one write to the socket, and one trip. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    const stream = this.#stream;
    stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }

  get #stream(): Duplex {
    return (this.#client as unknown as { connection: { stream: Duplex } }).connection.stream;
  }

  #break(cause: Error): void {
    if (this.#broken) return;
    this.#broken = cause;
    this.#onBroken?.();
  }
}

/** An optional peer: not loaded before it is needed. */
export async function loadDriver(): Promise<typeof pg> {
  try {
    return (await import('pg')).default;
  } catch (cause) {
    throw new Error('A store on PostgreSQL needs the package pg: npm install pg', { cause });
  }
}

/** Types by number: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const BOOLEAN = 16;
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701]);

/** All our bigints are below 2^53. */
function typeParser(type: number): (text: string) => unknown {
  if (NUMBERS.has(type)) return Number;
  if (type === BOOLEAN) return (text) => text === 't';
  return (text) => text;
}
