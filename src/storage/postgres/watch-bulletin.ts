/**
 * Tells other nodes what was touched, and hears of them, by NOTIFY on a connection of its own: in
 * a transaction that writes, NOTIFY would make all commits of the database queue up. What a few
 * milliseconds bring is one message. It is a hint; who misses it finds out by asking.
 */
import type { Clock, Timer } from '../../core/clock.ts';
import type { Connection } from './connection.ts';
import type { Line } from './line.ts';
import { type Schema, statement } from './names.ts';

export interface BulletinOptions {
  readonly line: Line;
  readonly clock: Clock;
  readonly schema: Schema;
  /** Differs from that of every other node. */
  readonly node: string;
  readonly hear: (names: readonly string[]) => void;
  /** Something may have been missed: the connection is a new one. */
  readonly missed: () => void;
}

const PAUSE_MS = 5;
const RETRY_MS = 1_000;
/** The server takes 7,999. */
const MOST_BYTES = 7_500;
const NOTIFY = statement('bulletin-notify', 'SELECT pg_notify($1, $2)');

export class Bulletin {
  readonly #options: BulletinOptions;
  readonly #channel: string;
  readonly #names = new Set<string>();
  #timer: Timer | undefined;
  #listening: Connection | undefined;
  #closed = false;

  constructor(options: BulletinOptions) {
    this.#options = options;
    this.#channel = `millrace_${options.schema.name}`.slice(0, 63);
    void this.#listen();
  }

  publish(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
    if (names.length > 0) this.#timer ??= this.#later(PAUSE_MS, () => void this.#send());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #send(): Promise<void> {
    this.#timer = undefined;
    const names = [...this.#names];
    this.#names.clear();
    const connection = this.#listening;
    if (!connection || connection.broken) return;
    for (const payload of payloadsOf(this.#options.node, names)) {
      // Who is not told asks; so there is nothing to make good.
      void connection.query(NOTIFY, [this.#channel, payload]).catch(() => {});
    }
  }

  async #listen(): Promise<void> {
    if (this.#closed) return;
    try {
      const connection = await this.#options.line.get();
      connection.onNotification((payload) => this.#hear(payload));
      connection.onBroken(() => void this.#listen());
      await connection.query(statement('', `LISTEN "${this.#channel}"`));
      // Whoever began to watch before the first time is asked for by the poll.
      if (this.#listening) this.#options.missed();
      this.#listening = connection;
    } catch {
      if (!this.#closed) this.#later(RETRY_MS, () => void this.#listen());
    }
  }

  #hear(payload: string): void {
    const [node, ...names] = payload.split('\n');
    if (node !== this.#options.node) this.#options.hear(names.map(decodeURIComponent));
  }

  #later(delayMs: number, fire: () => void): Timer {
    return this.#options.clock.afterWallMs(delayMs, fire);
  }
}

/** Names are encoded: they may hold any character, and a line ends each. */
function payloadsOf(node: string, names: readonly string[]): readonly string[] {
  const payloads: string[] = [];
  let payload = node;
  for (const name of names) {
    const line = `\n${encodeURIComponent(name.toWellFormed()).replaceAll('%2F', '/')}`;
    if (line.length > MOST_BYTES - node.length) continue;
    if (payload.length + line.length > MOST_BYTES) {
      payloads.push(payload);
      payload = node;
    }
    payload += line;
  }
  return payload === node ? payloads : [...payloads, payload];
}
