/**
 * Functions of this very process, which tests register instead of uploading code. They live as
 * long as the process; a stack opened again on the same data needs them registered again.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { InProcessHandler } from '../../execution/execution.ts';
import type { Storage } from '../../storage/storage.ts';

class Handlers {
  readonly #byArn = new Map<string, InProcessHandler>();

  /** Makes `handler` what all versions of a function run that say they run a handler. */
  register(functionArn: string, handler: InProcessHandler): void {
    this.#byArn.set(functionArn, handler);
  }

  find(functionArn: string): InProcessHandler | undefined {
    return this.#byArn.get(functionArn);
  }
}

const handlers = new WeakMap<Storage, Handlers>();

export function handlersOf({ storage }: Pick<Stack, 'storage'>): Handlers {
  let found = handlers.get(storage);
  if (!found) {
    found = new Handlers();
    handlers.set(storage, found);
  }
  return found;
}
