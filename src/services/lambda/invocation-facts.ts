/**
 * What the journal is to know of invocations that nothing else is stored of: those of a moment go
 * into one commit, because a warm invocation costs less than a commit does, and no answer waits
 * for it. A crash takes the last moment's traces with it, and nothing but those.
 */
import { Gathering } from '../../delivery/gathering.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Append } from '../../storage/storage.ts';

/** How long facts are gathered. */
const GATHER_MS = 25;

export class InvocationFacts {
  readonly worker: Gathering;
  readonly #stack: Stack;
  #gathered: Append[] = [];

  constructor(stack: Stack) {
    this.#stack = stack;
    this.worker = new Gathering(stack, {
      name: 'lambda/facts',
      gatherMs: GATHER_MS,
      hasMore: () => this.#gathered.length > 0,
      write: () => this.#commit(),
    });
  }

  keep(facts: readonly Append[]): void {
    if (facts.length === 0) return;
    this.#gathered.push(...facts);
    this.worker.writeSoon();
  }

  async #commit(): Promise<void> {
    const { storage, log } = this.#stack;
    const facts = this.#gathered;
    this.#gathered = [];
    await storage.commit(facts).catch((cause: unknown) => {
      const fields = { facts: facts.length, cause: String(cause) };
      log.warn('the journal missed invocations', fields);
    });
  }
}
