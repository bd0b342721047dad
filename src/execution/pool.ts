/**
 * Which environment works on which invocation. One that is idle and of the same key is used
 * again; else a new one is made.
 *
 * The number of environments is bounded, because each is a process. At the bound the idle one
 * that was used the longest time ago makes room; when all work, invocations wait in their order.
 * One that has waited for two seconds goes over the bound: the functions at work may be waiting
 * for just this one.
 */
import type { Clock, Timer } from '../core/clock.ts';
import { Environment, ExecutionClosed, type Site } from './environment.ts';
import type { FunctionSpec } from './execution.ts';
import type { RuntimeFamily } from './runtimes.ts';

export interface PoolOptions extends Site {
  /** Environments at once. */
  readonly most: number;
  readonly keepAliveMs: number;
}

/** Lambda's own concurrency of an account; no machine is to get more processes than that. */
const MOST_EVER = 1000;
const PATIENCE_MS = 2000;

interface Waiter {
  readonly spec: FunctionSpec;
  readonly family: RuntimeFamily;
  readonly take: (environment: Environment) => void;
  readonly refuse: (error: unknown) => void;
  readonly timer: Timer;
  impatient: boolean;
}

export class Pool {
  readonly #options: PoolOptions;
  readonly #clock: Clock;
  readonly #all = new Set<Environment>();
  /** By key; the one used last is at the end. */
  readonly #idle = new Map<string, Environment[]>();
  /** The order in which they fell idle, over all keys, with their ends. */
  readonly #ends = new Map<Environment, Timer>();
  readonly #retired = new WeakSet<Environment>();
  readonly #leaving = new Set<Promise<void>>();
  #waiting: Waiter[] = [];
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** Runs `work` with an environment of this very version. */
  async use<T>(
    spec: FunctionSpec,
    family: RuntimeFamily,
    work: (environment: Environment) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new ExecutionClosed();
    const environment = this.#take(spec, family) ?? (await this.#queue(spec, family));
    try {
      return await work(environment);
    } catch (error) {
      // Our own error: nobody knows what state it is in.
      if (!environment.gone) await environment.end();
      throw this.#closed ? new ExecutionClosed() : error;
    } finally {
      this.#release(environment);
    }
  }

  retire(which: (spec: FunctionSpec) => boolean): void {
    for (const environment of this.#all) {
      if (!which(environment.spec)) continue;
      this.#retired.add(environment);
      if (this.#ends.has(environment)) this.#spinDown(environment);
    }
    this.#serve();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { refuse, timer } of this.#waiting) {
      timer.cancel();
      refuse(new ExecutionClosed());
    }
    this.#waiting = [];
    for (const timer of this.#ends.values()) timer.cancel();
    this.#ends.clear();
    this.#idle.clear();
    await Promise.all([...this.#all].map((environment) => environment.end()));
    await Promise.all(this.#leaving);
  }

  /** An environment that is there or may be made now. */
  #take(spec: FunctionSpec, family: RuntimeFamily, impatient = false): Environment | undefined {
    // One whose process has just ended by itself is still there, and no use.
    const warm = this.#idle.get(spec.key)?.findLast(({ gone }) => !gone);
    if (warm) {
      this.#wake(warm);
      return warm;
    }
    if (this.#all.size >= this.#options.most && !this.#makeRoom()) {
      if (!impatient || this.#all.size >= MOST_EVER) return undefined;
    }
    const environment = new Environment(spec, family, this.#options);
    environment.onGone = () => this.#forget(environment);
    this.#all.add(environment);
    return environment;
  }

  #queue(spec: FunctionSpec, family: RuntimeFamily): Promise<Environment> {
    return new Promise((take, refuse) => {
      const timer = this.#clock.afterWallMs(PATIENCE_MS, () => {
        waiter.impatient = true;
        this.#serve();
      });
      const waiter: Waiter = { spec, family, take, refuse, timer, impatient: false };
      this.#waiting.push(waiter);
    });
  }

  #serve(): void {
    if (this.#waiting.length === 0) return;
    const still: Waiter[] = [];
    for (const waiter of this.#waiting) {
      const environment = this.#take(waiter.spec, waiter.family, waiter.impatient);
      if (!environment) still.push(waiter);
      else {
        waiter.timer.cancel();
        waiter.take(environment);
      }
    }
    this.#waiting = still;
  }

  async #release(environment: Environment): Promise<void> {
    await environment.settled;
    if (environment.gone || this.#closed) return this.#forget(environment);
    if (this.#retired.has(environment)) {
      this.#spinDown(environment);
      return this.#serve();
    }
    const { key } = environment.spec;
    const idle = this.#idle.get(key);
    if (idle) idle.push(environment);
    else this.#idle.set(key, [environment]);
    const { keepAliveMs } = this.#options;
    const end = this.#clock.afterWallMs(keepAliveMs, () => this.#spinDown(environment));
    this.#ends.set(environment, end);
    this.#serve();
  }

  /** Takes it out of the idle ones. */
  #wake(environment: Environment): void {
    this.#ends.get(environment)?.cancel();
    this.#ends.delete(environment);
    const idle = this.#idle.get(environment.spec.key);
    const at = idle?.lastIndexOf(environment) ?? -1;
    if (!idle || at < 0) return;
    if (idle.length === 1) this.#idle.delete(environment.spec.key);
    else idle.splice(at, 1);
  }

  #makeRoom(): boolean {
    const [oldest] = this.#ends.keys();
    if (!oldest) return false;
    this.#spinDown(oldest);
    return true;
  }

  /** Its place is the caller's: for a new environment, or for one of those who wait. */
  #spinDown(environment: Environment): void {
    this.#leave(environment);
    // It goes by itself; `close` waits for what it still has to remove.
    const ending = environment.spinDown().catch(() => undefined);
    this.#leaving.add(ending);
    ending.finally(() => this.#leaving.delete(ending));
  }

  #forget(environment: Environment): void {
    if (this.#leave(environment)) this.#serve();
  }

  #leave(environment: Environment): boolean {
    this.#wake(environment);
    return this.#all.delete(environment);
  }
}
