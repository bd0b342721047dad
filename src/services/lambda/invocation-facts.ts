/**
 * What the journal is to know of invocations that nothing else is stored of: those of a moment go
 * into one commit, because a warm invocation costs less than a commit does, and no answer waits
 * for it. A crash takes the last moment's traces with it, and nothing but those.
 */
import type { Timer } from '../../core/clock.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Worker } from '../../delivery/workers.ts';
import type { Append } from '../../storage/storage.ts';

/** How long facts are gathered. */
const GATHER_MS = 25;

export class InvocationFacts implements Worker {
  readonly name = 'lambda/facts';
  readonly awaited = false;
  readonly #stack: Stack;
  readonly #writing = new Set<Promise<void>>();
  #gathered: Append[] = [];
  #timer: Timer | undefined;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  start(): void {}

  get busy(): boolean {
    return this.#gathered.length > 0 || this.#writing.size > 0;
  }

  async idle(): Promise<void> {
    while (this.busy) {
      this.#flush();
      await Promise.all(this.#writing);
    }
  }

  async nextDueMs(): Promise<number> {
    return Number.POSITIVE_INFINITY;
  }

  stop(): Promise<void> {
    return this.idle();
  }

  keep(facts: readonly Append[]): void {
    if (facts.length === 0) return;
    this.#gathered.push(...facts);
    this.#timer ??= this.#stack.clock.afterWallMs(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const facts = this.#gathered;
    this.#gathered = [];
    if (facts.length === 0) return;
    const writing = this.#commit(facts).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  async #commit(facts: readonly Append[]): Promise<void> {
    const { storage, log } = this.#stack;
    await storage.commit(facts).catch((cause: unknown) => {
      const fields = { facts: facts.length, cause: String(cause) };
      log.warn('the journal missed invocations', fields);
    });
  }
}
