/**
 * Handling a command: load the state, decide, append what was decided under the condition that
 * the state is still that one. When someone else was faster, all of it is done again.
 */
import { ConcurrencyError } from './append.ts';
import { atOnce, type Backoff } from './clock.ts';
import type { Decider, DomainEvent } from './decider.ts';
import type { EventStore } from './event-store.ts';
import type { Loaded, SnapshotOptions } from './load.ts';

export interface HandleOptions<State> {
  /** How often to decide again after a conflict. Default 3. */
  readonly retries?: number;
  readonly snapshot?: SnapshotOptions<State>;
  /** Waits before deciding again. Default: at once. */
  readonly backoff?: Backoff;
}

export interface Handled<State, Event> extends Loaded<State> {
  /** What was decided and appended; empty when nothing was to be done. */
  readonly events: readonly Event[];
}

/**
 * Throws what `decide` throws, and `ConcurrencyError` when every attempt met a conflict.
 *
 * ```ts
 * const { state, version } = await handle(store, 'account-7', account, { withdraw: 30 });
 * ```
 */
export async function handle<State, Command, Event extends DomainEvent>(
  store: EventStore,
  streamId: string,
  decider: Decider<State, Command, Event>,
  command: Command,
  { retries = 3, snapshot, backoff = atOnce }: HandleOptions<State> = {},
): Promise<Handled<State, Event>> {
  for (let attempt = 1; ; attempt++) {
    const { state, version } = await store.load(streamId, decider, { snapshot });
    const decided = decider.decide(command, state);
    const events = Array.isArray(decided) ? decided : [decided];
    if (events.length === 0) return { state, version, events };
    try {
      const appended = await store.append(streamId, events, { expectedVersion: version });
      const next = events.reduce((before, event) => decider.evolve(before, event), state);
      return { state: next, version: appended.version, events };
    } catch (cause) {
      if (!(cause instanceof ConcurrencyError) || attempt > retries) throw cause;
      await backoff(attempt);
    }
  }
}
