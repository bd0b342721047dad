/**
 * Throws malformed requests at a server and watches: it must not crash, hang, grow, show its
 * insides, answer out of shape, or change anything for a request that it refused.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rssMegabytes } from '../../../bench/process.ts';
import { freePort } from '../../../bench/servers.ts';
import { pause } from '../torture/time.ts';
import { millraceCommand, Victim } from '../torture/victim.ts';
import { objection, split } from './oracle.ts';
import { HANG_MS, probe } from './probe.ts';
import { type Case, makeCase } from './requests.ts';
import { visibleState } from './state.ts';

export interface MalformedOptions {
  readonly count: number;
  readonly seed: number;
  /** Only this case of the seed. */
  readonly only?: number;
  readonly say?: (line: string) => void;
}

export interface MalformedVerdict {
  readonly sent: number;
  readonly objections: readonly string[];
  readonly grownMegabytes: number;
  readonly died: string | undefined;
  /** Refused requests of which it was checked that they changed nothing. */
  readonly replayed: number;
}

/** Ours are the queues and topics of the account that the requests come from. */
const OWN_ACCOUNT = ['--account', '111122223333'];
/** Left alone, V8 lets the heap of an idle machine grow for long: no growth would mean anything. */
const SMALL_HEAP = ['--max-old-space-size=96', '--max-semi-space-size=2'];
const CONNECTIONS = 8;
const MOST_OBJECTIONS = 20;
/** The first part of a run fills caches and heaps; growth counts from there. */
const WARM_UP_SHARE = 0.2;
const REPLAYS = 300;
const REPLAYS_PER_LOOK = 20;

export async function malformed(options: MalformedOptions): Promise<MalformedVerdict> {
  const data = mkdtempSync(join(tmpdir(), 'millrace-malformed-'));
  const port = await freePort();
  const command = millraceCommand(port, join(data, 'store'), {
    start: OWN_ACCOUNT,
    node: SMALL_HEAP,
  });
  const server = new Victim(port, command, join(data, 'server.log'));
  try {
    server.spawn();
    if (!(await server.ready())) throw new Error(`no server: ${server.died}`);
    return await new Run(options, server).run();
  } finally {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
}

class Run {
  readonly #options: MalformedOptions;
  readonly #server: Victim;
  readonly #objections: string[] = [];
  /** Indices of requests that were refused. */
  readonly #refused: number[] = [];
  #sent = 0;

  constructor(options: MalformedOptions, server: Victim) {
    this.#options = options;
    this.#server = server;
  }

  async run(): Promise<MalformedVerdict> {
    const { count, only } = this.#options;
    const first = only ?? 0;
    const last = only === undefined ? count : only + 1;
    const warm = first + Math.ceil((last - first) * WARM_UP_SHARE);
    await this.#send(first, warm);
    const before = await this.#restingMegabytes();
    await this.#send(warm, last);
    const after = await this.#restingMegabytes();
    const replayed = this.#isWell() ? await this.#replay() : 0;
    return {
      ...{ sent: this.#sent, objections: this.#objections, replayed },
      grownMegabytes: after - before,
      died: this.#server.died,
    };
  }

  async #send(from: number, until: number): Promise<void> {
    let next = from;
    const lane = async () => {
      while (next < until && this.#isWell()) {
        const index = next++;
        await this.#one(index);
        if (index > 0 && index % 10_000 === 0) this.#options.say?.(`${index} requests`);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  }

  async #one(index: number): Promise<void> {
    const one = makeCase(this.#options.seed, index);
    let observed = await probe(this.#server.port, one);
    // The machine may have been busy with something else: a real hang hangs again, alone or not.
    if (observed.hung) observed = await probe(this.#server.port, one, 3 * HANG_MS);
    this.#sent++;
    const wrong = objection(one, observed);
    if (wrong !== undefined) this.#objections.push(`case ${index}, ${one.kind}: ${wrong}`);
    else if (isRefused(one, observed.bytes)) this.#refused.push(index);
  }

  /** Sends refused requests again, one by one, and looks at the state in between. */
  async #replay(): Promise<number> {
    const { port } = this.#server;
    const every = Math.max(1, Math.floor(this.#refused.length / REPLAYS));
    const chosen = this.#refused.filter((_, i) => i % every === 0);
    let state = await visibleState(port);
    let replayed = 0;
    for (const [i, index] of chosen.entries()) {
      const one = makeCase(this.#options.seed, index);
      const { bytes } = await probe(port, one);
      // What is accepted this time may change things.
      if (isRefused(one, bytes)) replayed++;
      else state = await visibleState(port);
      if (i % REPLAYS_PER_LOOK !== 0 && i !== chosen.length - 1) continue;
      const now = await visibleState(port);
      if (now !== state) {
        const since = chosen.slice(Math.max(0, i - REPLAYS_PER_LOOK), i + 1).join(', ');
        this.#objections.push(`one of the refused cases ${since} changed: ${change(state, now)}`);
      }
      state = now;
    }
    return replayed;
  }

  async #restingMegabytes(): Promise<number> {
    await pause(1_500);
    return this.#isWell() ? rssMegabytes(this.#server.pid) : 0;
  }

  #isWell(): boolean {
    return this.#server.died === undefined && this.#objections.length < MOST_OBJECTIONS;
  }
}

function isRefused(one: Case, bytes: Buffer): boolean {
  const status = split(bytes)?.[0]?.status ?? 0;
  return one.whole && status >= 400 && status < 500;
}

function change(before: string, after: string): string {
  const old = new Set(before.split('\n'));
  return after.split('\n').find((line) => !old.has(line)) ?? 'something is gone';
}
