/** Several nodes in one process: each sees the same data through a storage of its own. */
import type { Storage } from '../../src/storage/storage.ts';

/** A node's view of `storage`, which outlives the node. */
export function sharedView(storage: Storage): Storage {
  return {
    shared: true,
    commit: (writes) => storage.commit(writes),
    claim: (queue, claim) => storage.claim(queue, claim),
    peek: (queue, peek) => storage.peek(queue, peek),
    counts: (queue, nowMs) => storage.counts(queue, nowMs),
    nextVisibleAtMs: (queue, nowMs) => storage.nextVisibleAtMs(queue, nowMs),
    watch: (queueOrLog, notify) => storage.watch(queueOrLog, notify),
    queues: (prefix) => storage.queues(prefix),
    read: (log, read) => storage.read(log, read),
    bounds: (log) => storage.bounds(log),
    get: (table, partition, key) => storage.get(table, partition, key),
    scan: (table, partition, scan) => storage.scan(table, partition, scan),
    revision: (table, partition) => storage.revision(table, partition),
    idle: () => storage.idle(),
    close: () => Promise.resolve(),
  };
}

/** A node's view that can die: from then on it is told nothing and nothing it asks is answered. */
export function mortalView(storage: Storage): { readonly storage: Storage; die(): void } {
  const alive = sharedView(storage);
  let isDead = false;
  const view = Object.fromEntries(
    Object.entries(alive).map(([name, member]) => [
      name,
      typeof member !== 'function'
        ? member
        : (...values: readonly never[]) =>
            isDead
              ? new Promise(() => {})
              : (member as (...of: readonly never[]) => unknown)(...values),
    ]),
  ) as unknown as Storage;
  const watch: Storage['watch'] = (name, notify) =>
    storage.watch(name, () => {
      if (!isDead) notify();
    });
  return {
    storage: { ...view, watch },
    die: () => {
      isDead = true;
    },
  };
}
