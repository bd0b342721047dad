/**
 * `millrace tail`: what is published, as it comes. A connection that ends is made anew, and what
 * was published meanwhile is asked for.
 */
import type { IncomingMessage } from 'node:http';
import type { Published, Tail, TailFrame } from '../admin-api/index.ts';
import { keepAlive, realClock } from '../core/clock.ts';
import { answerAt, pathOf, printable, refusal, shortArn } from './admin-door.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { ask, objectIn, textOf } from './server-door.ts';

export interface TailOptions {
  readonly endpoint: string;
  /** An EventBridge pattern. */
  readonly pattern?: string;
  readonly text?: string;
  readonly arn?: string;
  /** Prints what there is, and ends. */
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Where lines go: stdout, and stderr for what is no event. */
export interface Outlets {
  readonly out: (text: string) => void;
  readonly say: (text: string) => void;
}

const LIMIT = 100;
const MOST = 1_000;
/** Of the server's heartbeats (src/services/server-sent-events.ts) three may be missed. */
const SILENCE_MS = 45_000;
const PAUSES_MS = [500, 1_000, 2_000, 5_000, 10_000];

export async function tail(options: TailOptions, outlets: Outlets): Promise<void> {
  const printer = new Printer(options, outlets);
  if (options.once) {
    printer.print((await page(options, { limit: LIMIT })).toReversed());
    return;
  }
  const stop = keepAlive();
  try {
    await follow(options, printer, outlets);
  } finally {
    stop();
  }
}

function filterOf({ pattern, text, arn }: TailOptions) {
  return { pattern, text, arn };
}

type Page = { readonly limit: number; readonly fromMs?: number };

/** The newest first. With a filter that finds little, further pages are looked into. */
async function page(options: TailOptions, { limit, fromMs }: Page): Promise<readonly Published[]> {
  const found: Published[] = [];
  let after: string | undefined;
  do {
    const query = { ...filterOf(options), limit: limit - found.length, fromMs, after };
    const { events, next } = await answerAt<Tail>(options.endpoint, 'tail', { query });
    found.push(...events);
    after = next;
  } while (after !== undefined && found.length < limit);
  return found;
}

/** Ends only by an error: the first connection has to succeed, and no later one may be refused. */
async function follow(options: TailOptions, printer: Printer, { say }: Outlets): Promise<never> {
  let pauses = 0;
  let begun = false;
  for (;;) {
    try {
      const stream = await connect(options);
      if (begun) say('connected again');
      if (begun) printer.print((await missed(options, printer.newestAtMs)).toReversed());
      begun = true;
      pauses = 0;
      await printFrames(stream, printer, say);
    } catch (cause) {
      const isAway = !(cause instanceof CommandFailed) || cause.exitCode === EXIT.unreachable;
      if (!begun || !isAway) throw cause;
    }
    const pauseMs = PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)] ?? 0;
    if (pauses === 0) say('the connection has ended; connecting again');
    pauses += 1;
    await new Promise<void>((resolve) => realClock().afterWallMs(pauseMs, resolve));
  }
}

function missed(options: TailOptions, fromMs: number | undefined): Promise<readonly Published[]> {
  return fromMs === undefined ? Promise.resolve([]) : page(options, { limit: MOST, fromMs });
}

async function connect(options: TailOptions): Promise<IncomingMessage> {
  const { endpoint } = options;
  const stream = await ask(endpoint, pathOf('tail/live', filterOf(options)));
  if (stream.statusCode !== 200) throw refusal(endpoint, await textOf(stream));
  stream.socket.setTimeout(SILENCE_MS, () => stream.destroy());
  return stream;
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html, as far as the server uses it. */
async function printFrames(
  stream: IncomingMessage,
  printer: Printer,
  say: Outlets['say'],
): Promise<void> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const piece of stream) {
    text += piece;
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const data = frame.startsWith('data:') ? objectIn(frame.slice('data:'.length)) : undefined;
      if (!data) continue;
      const { events = [], skipped = 0 } = data as Partial<TailFrame>;
      printer.print(events);
      if (skipped > 0) say(`${skipped} more were not looked at: too many at once`);
    }
  }
}

/** Ids that are remembered, so that what is asked for again is not printed again. */
const MOST_REMEMBERED = 2 * MOST;

class Printer {
  newestAtMs: number | undefined;
  readonly #json: boolean;
  readonly #out: (text: string) => void;
  #printed = new Set<string>();

  constructor({ json }: TailOptions, { out }: Outlets) {
    this.#json = json === true;
    this.#out = out;
  }

  /** Oldest first. */
  print(events: readonly Published[]): void {
    for (const event of events) {
      const key = `${event.id} ${event.arn}`;
      if (this.#printed.has(key)) continue;
      this.#printed.add(key);
      this.newestAtMs = Math.max(this.newestAtMs ?? 0, event.atMs);
      this.#out(this.#json ? `${JSON.stringify(event)}\n` : line(event));
    }
    if (this.#printed.size <= MOST_REMEMBERED) return;
    this.#printed = new Set([...this.#printed].slice(-MOST));
  }
}

function line({ id, form, arn, atMs, note, preview }: Published): string {
  const said = note === undefined ? '' : `${printable(note)}  `;
  const where = `${form.padEnd(12)}  ${shortArn(arn)}  ${printable(id)}`;
  return `${new Date(atMs).toISOString()}  ${where}  ${said}${printable(preview)}\n`;
}
