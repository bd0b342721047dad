/**
 * A node of the simulation: a whole stack without its sockets, which is started, paused, crashed
 * and started again on the storage that its predecessors left.
 */
import { createStack, type RunningStack } from '../../../src/app.ts';
import { AwsError } from '../../../src/core/errors.ts';
import { seededIds } from '../../../src/core/ids.ts';
import { allServices } from '../../../src/services/all.ts';
import { Unavailable } from '../../../src/storage/storage.ts';
import { Life } from '../faults/life.ts';
import { Line, Unanswered } from '../faults/line.ts';
import { nodeClock } from '../faults/node-clock.ts';
import type { Outcome } from '../history.ts';
import { nodeLog } from './node-log.ts';
import type { World } from './world.ts';

export interface Reply {
  readonly invokedAtMs: number;
  readonly returnedAtMs: number;
  readonly outcome: Outcome;
  /** What was answered, where the outcome is `ok`. */
  readonly answer: object;
  /** AWS's code, where it was refused. */
  readonly code?: string;
}

const ACCOUNT = '000000000000';
const CLIENT = {
  account: ACCOUNT,
  region: 'us-east-1',
  principalArn: `arn:aws:iam::${ACCOUNT}:root`,
};

/** How long a client waits for an answer; longer than any long poll. */
const PATIENCE_MS = 60_000;

export class Node {
  readonly index: number;
  readonly #world: World;
  readonly #seed: number;
  readonly #shared: boolean;
  readonly #skewMs: number;
  #lives = 0;
  life: Life | undefined;
  line: Line | undefined;
  stack: RunningStack | undefined;
  /** Done with each stack before anybody asks it; registers functions. */
  prepare: (stack: RunningStack, node: Node) => Promise<void> = async () => {};

  constructor(world: World, index: number, seed: number, shared: boolean, skewMs: number) {
    this.#world = world;
    this.index = index;
    this.#seed = seed;
    this.#shared = shared;
    this.#skewMs = skewMs;
  }

  /** Whether it takes requests; one that is paused takes them too, and is silent. */
  get isUp(): boolean {
    return this.stack !== undefined && this.life?.isOver === false;
  }

  get isBusy(): boolean {
    return this.life?.isBusy ?? false;
  }

  /** Begins a new life; resolves when it takes requests, or has crashed before. */
  async start(): Promise<void> {
    const { clock, storage, weather } = this.#world;
    const number = ++this.#lives;
    const life = new Life(`node ${this.index} life ${number}`, () => this.#world.pulse());
    const line = new Line({ storage, clock, life, weather, shared: this.#shared });
    this.life = life;
    this.line = line;
    this.stack = undefined;
    const made = createStack({
      storage: line,
      services: allServices,
      clock: nodeClock(clock, life, this.#skewMs),
      ids: seededIds(this.#seed * 1_000 + this.index * 100 + number),
      settings: { account: ACCOUNT, enforcePolicies: false },
      log: nodeLog(life.name, life, this.#world.complaints),
    })
      .then(async (stack) => {
        await this.prepare(stack, this);
        if (!life.isOver) this.stack = stack;
      })
      .catch((cause: unknown) => this.#stillborn(life, cause));
    await Promise.race([made, life.crashed]);
  }

  /** A process that cannot start ends, and is started again. */
  #stillborn(life: Life, cause: unknown): void {
    if (!isMeant(cause)) this.#world.complaints.push(`${life.name} did not start: ${told(cause)}`);
    life.crash();
  }

  crash(): void {
    this.life?.crash();
    this.stack = undefined;
  }

  /** Asks once, as a client that is told what it is told, and gives up after a while. */
  async ask(service: string, operation: string, input: object): Promise<Reply> {
    const invokedAtMs = this.#world.moment();
    const { stack, life } = this;
    const done = (outcome: Outcome, answer: object = {}, code?: string): Reply => ({
      ...{ invokedAtMs, returnedAtMs: this.#world.moment(), outcome, answer },
      ...(code !== undefined && { code }),
    });
    if (!stack || !life || life.isOver) return done('refused', {}, 'down');
    const answered = life.running().then(() => stack.invoke(service, operation, input, CLIENT));
    const patience = this.#world.alarm(PATIENCE_MS);
    const silence = Promise.race([life.crashed, patience.rung]);
    try {
      const answer = await Promise.race([answered, silence.then(() => undefined)]);
      // An answer of a node that stands still is not heard before it runs again.
      if (answer !== undefined && life.isPaused) await Promise.race([life.running(), silence]);
      return answer === undefined ? done('unknown') : done('ok', answer);
    } catch (cause) {
      return this.#failed(cause, `${service} ${operation}`, done);
    } finally {
      patience.cancel();
      life.pulse();
    }
  }

  #failed(
    cause: unknown,
    what: string,
    done: (outcome: Outcome, answer?: object, code?: string) => Reply,
  ): Reply {
    if (cause instanceof AwsError && cause.status < 500) return done('refused', {}, cause.code);
    if (!isMeant(cause)) this.#world.complaints.push(`${what}: ${told(cause)}`);
    return done('unknown');
  }
}

function isMeant(cause: unknown): boolean {
  return cause instanceof Unavailable || cause instanceof Unanswered;
}

function told(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
