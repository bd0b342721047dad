/**
 * Bugs to be planted: storages that break one promise each, now and then, and keep the others. The
 * simulation must find every one of them, or it would not find such a bug of ours.
 */
import { nextTurn } from '../../../src/core/clock.ts';
import type { Claim, Claimed, Receipt, Storage, Write } from '../../../src/storage/storage.ts';
import { sharedView } from '../../delivery/nodes.ts';

export type Plant = (storage: Storage) => Storage;

/** Every so often, from a call on that the setting up is over by. */
function nowAndThen(every: number): () => boolean {
  let calls = 0;
  return () => ++calls % every === 0;
}

const isOf = (write: Write, name: string): boolean =>
  'queue' in write && write.queue.endsWith(`/${name}`);

/** Writes of which some are left out, although they are answered as if they had been done. */
function without(every: number, isVictim: (write: Write) => boolean): Plant {
  return (storage) => {
    const isTime = nowAndThen(every);
    return over(storage, {
      commit: async (writes) => {
        const kept = writes.filter((write) => !(isVictim(write) && isTime()));
        const receipts = await storage.commit(kept);
        const byWrite = new Map(kept.map((write, place) => [write, receipts[place]]));
        return writes.map((write): Receipt => byWrite.get(write) ?? { position: 1, changed: 1 });
      },
    });
  };
}

/** Writes of which some are done otherwise than asked. */
function otherwise(every: number, change: (write: Write) => Write | undefined): Plant {
  return (storage) => {
    const isTime = nowAndThen(every);
    const bent = (write: Write): Write => {
      const changed = change(write);
      return changed && isTime() ? changed : write;
    };
    return over(storage, { commit: (writes) => storage.commit(writes.map(bent)) });
  };
}

function claiming(change: (claim: Claim, queue: string) => Claim): Plant {
  return (storage) =>
    over(storage, {
      claim: (queue, claim) => storage.claim(queue, change(claim, queue)),
    });
}

function over(storage: Storage, changed: Partial<Storage>): Storage {
  return { ...sharedView(storage), close: () => storage.close(), ...changed };
}

export const lostSend = without(5, (write) => write.kind === 'enqueue' && isOf(write, 'jobs'));

export const undeadMessage = without(4, (write) => write.kind === 'settle' && hasQueue(write));

function hasQueue(write: Write): boolean {
  return write.kind === 'settle' && write.lease.queue.startsWith('sqs/');
}

/** A delivery that is done, and done again: its end is forgotten, its writes are not. */
export const doubleHandOver = without(
  2,
  (write) => write.kind === 'settle' && write.lease.queue.startsWith('deliveries/'),
);

export const doubleFiring = without(
  1,
  (write) => write.kind === 'settle' && write.lease.queue === 'schedule/timetable',
);

export const earlyMessage = otherwise(2, (write) => {
  if (write.kind !== 'enqueue' || !isOf(write, 'jobs')) return undefined;
  const { message } = write;
  return { ...write, message: { ...message, visibleAtMs: message.sentAtMs } };
});

export const brokenGroups = otherwise(1, (write) => {
  if (write.kind !== 'enqueue' || !isOf(write, 'orders.fifo')) return undefined;
  return { ...write, message: { ...write.message, ordered: false } };
});

export const noDeduplication = otherwise(1, (write) => {
  if (write.kind !== 'enqueue' || !write.dedup || !isOf(write, 'orders.fifo')) return undefined;
  const { dedup: _, ...rest } = write;
  return rest;
});

export const shortLease = claiming((claim, queue) =>
  queue.endsWith('/jobs') ? { ...claim, leaseUntilMs: claim.nowMs + 500 } : claim,
);

/** Counts one receive too many, in storage and in what it tells. */
export const hastyDeadLetter: Plant = (storage) => {
  const more = (claimed: readonly Claimed[]) =>
    claimed.map((one) => ({ ...one, claims: one.claims + 1 }));
  return over(storage, {
    claim: async (queue, claim) => {
      const { follow } = claim;
      if (!queue.endsWith('/work') || !follow) return storage.claim(queue, claim);
      return more(await storage.claim(queue, { ...claim, follow: (one) => follow(more(one)) }));
    },
  });
};

/** Conditions are not looked at: of two who swap the same value, both succeed. */
export const noConditions = otherwise(1, (write) => {
  const isItem = 'table' in write && write.table === 'dynamodb/items';
  if (!isItem) return undefined;
  if (write.kind === 'check') return { ...write, kind: 'remove', key: 'nobody', partition: 'none' };
  if (!('ifVersion' in write)) return undefined;
  const { ifVersion: _, ...rest } = write;
  return rest;
});

/** Reads of items that show what was before, now and then. */
export const staleRow: Plant = (storage) => {
  const isTime = nowAndThen(6);
  const before = new Map<string, Awaited<ReturnType<Storage['get']>>>();
  return over(storage, {
    get: async (table, partition, key) => {
      const row = await storage.get(table, partition, key);
      if (table !== 'dynamodb/items') return row;
      const name = `${partition} ${key}`;
      const stale = before.get(name);
      before.set(name, row);
      return stale && isTime() ? stale : row;
    },
  });
};

/** Lists of writes to items that are done in two steps. */
export const tornTransaction: Plant = (storage) =>
  over(storage, {
    commit: async (writes) => {
      const items = writes.filter(
        (write) => write.kind === 'put' && write.table === 'dynamodb/items',
      );
      const [first] = items;
      if (!first || items.length < 2) return storage.commit(writes);
      const [receipt = {}] = await storage.commit([first]);
      for (let turns = 20; turns > 0; turns--) await nextTurn();
      const rest = [...(await storage.commit(writes.filter((write) => write !== first)))];
      return writes.map((write) => (write === first ? receipt : (rest.shift() ?? {})));
    },
  });

/** A reader is not shown a record in the middle of what it reads. */
export const gapInLog: Plant = (storage) => {
  const isTime = nowAndThen(4);
  return over(storage, {
    read: async (log, read) => {
      const entries = await storage.read(log, read);
      if (!log.startsWith('kinesis/') || entries.length < 2 || !isTime()) return entries;
      return entries.filter((_, place) => place !== entries.length - 2);
    },
  });
};

/** A change of an item that its stream is not told of. */
export const untoldChange = without(
  5,
  (write) => write.kind === 'append' && write.log.startsWith('dynamodb/streams/'),
);
