/**
 * A server of its own process with a small shop of functions on it, and the books that they keep:
 * a database outside the server's data, which outlives kills of either.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { call, callLambda, roundTrip } from '../../../bench/api.ts';
import { active, zipOf } from '../../../bench/functions.ts';
import { lambdaRequest } from '../../../bench/requests.ts';
import { freePort } from '../../../bench/servers.ts';
import { pause } from '../torture/time.ts';
import { millraceCommand, Victim } from '../torture/victim.ts';

const HANDLERS = new URL('handlers/', import.meta.url);
const ROLE = 'arn:aws:iam::000000000000:role/shop';

export interface Shop {
  readonly victim: Victim;
  readonly port: number;
  /** While this file exists, inventory fails. */
  readonly broken: string;
  readonly books: Books;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ShopOptions {
  /** More arguments of `millrace start`. */
  readonly start?: readonly string[];
}

export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-shop-'));
  const port = await freePort();
  const command = millraceCommand(port, join(folder, 'store'), options);
  const victim = new Victim(port, command, join(folder, 'server.log'));
  const books = new Books(join(folder, 'books.db'));
  victim.spawn();
  if (!(await victim.ready())) throw new Error(`no server: ${victim.died}`);
  return {
    ...{ victim, port, books, broken: join(folder, 'broken') },
    [Symbol.asyncDispose]: async () => {
      await victim.kill();
      books.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `kill -9`, and the server again on the same data. */
export async function killAndRestart({ victim }: Shop): Promise<void> {
  await victim.kill();
  victim.spawn();
  if (!(await victim.ready())) throw new Error(`no server after the kill: ${victim.died}`);
}

/** What functions have written down. */
export class Books {
  readonly path: string;
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.path = path;
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE inbox (id TEXT, effect TEXT, PRIMARY KEY (id, effect)) STRICT;
      CREATE TABLE effects (id TEXT, effect TEXT) STRICT;
      CREATE TABLE told (pid INTEGER, what TEXT) STRICT;
    `);
  }

  /** Ids of all that had an effect, as often as it had it, sorted. */
  effects(effect: string): readonly string[] {
    const rows = this.#database.prepare('SELECT id FROM effects WHERE effect = ? ORDER BY id');
    return rows.all(effect).map(({ id }) => String(id));
  }

  /** What functions have told, in order. */
  told(): readonly { readonly pid: number; readonly what: string }[] {
    const rows = this.#database.prepare('SELECT pid, what FROM told ORDER BY rowid').all();
    return rows.map(({ pid, what }) => ({ pid: Number(pid), what: String(what) }));
  }

  times(what: string): number {
    return this.told().filter((one) => one.what === what).length;
  }

  close(): void {
    this.#database.close();
  }
}

export interface Wish {
  readonly variables?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  /** More of CreateFunction's parameters. */
  readonly more?: object;
}

/** Makes a function of one of the exports of `handlers/shop.mjs`. */
export async function hire({ port, books, broken }: Shop, name: string, wish: Wish = {}) {
  const { variables = {}, timeoutSeconds = 1, more } = wish;
  const files = ['shop.mjs', 'inbox.mjs'].map((file) => [file, read(file)] as const);
  await callLambda(port, 'POST /2015-03-31/functions', {
    ...{ FunctionName: name, Runtime: 'nodejs24.x', Handler: `shop.${name}`, Role: ROLE },
    Timeout: timeoutSeconds,
    Code: { ZipFile: Buffer.from(zipOf(Object.fromEntries(files))).toString('base64') },
    Environment: { Variables: { BOOKS: books.path, BROKEN: broken, ...variables } },
    ...more,
  });
  await active(port, name);
}

function read(file: string): string {
  return readFileSync(new URL(file, HANDLERS), 'utf8');
}

export async function feed({ port }: Shop, name: string, queueArn: string, more: object = {}) {
  const mapping = { FunctionName: name, EventSourceArn: queueArn, ...more };
  await callLambda(port, 'POST /2015-03-31/event-source-mappings', mapping);
}

/** The status and body of an invocation's answer, whatever they are. */
export async function invoke({ port }: Pick<Shop, 'port'>, name: string, headers = '') {
  const what = `POST /2015-03-31/functions/${name}/invocations`;
  const { status, body } = await roundTrip(port, lambdaRequest(what, '{}', headers));
  return { status, text: body.toString() };
}

/** Messages in a queue, waiting or in flight. */
export async function left({ port }: Shop, QueueUrl: string): Promise<number> {
  const asked = { QueueUrl, AttributeNames: ['All'] };
  const { Attributes } = await call(port, 'sqs', 'GetQueueAttributes', asked);
  const counts = Attributes as Readonly<Record<string, string>>;
  const waiting = Number(counts.ApproximateNumberOfMessages);
  return waiting + Number(counts.ApproximateNumberOfMessagesNotVisible);
}

/** Resolves when it holds; throws what did not come about in `patienceMs`. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = 60_000,
): Promise<void> {
  const giveUpAtMs = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAtMs) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await pause(20);
  }
}

/** Also false for one that has ended and that nobody has asked about yet. */
export function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  try {
    return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}
