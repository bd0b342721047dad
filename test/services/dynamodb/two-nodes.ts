/**
 * Two stacks on one storage, as two nodes would have it: they share no memory, and every look at
 * the storage takes each of them a turn, so that the other one comes in between.
 */
import { createStack, type RunningStack } from '../../../src/app.ts';
import { nextTurn, VirtualClock } from '../../../src/core/clock.ts';
import { seededIds } from '../../../src/core/ids.ts';
import { dynamodb } from '../../../src/services/dynamodb/index.ts';
import { dynamodbstreams } from '../../../src/services/dynamodbstreams/index.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import type { Input, OperationName, Output } from '../../sdk/suite.ts';

export interface Node {
  readonly stack: RunningStack;
  call<O extends OperationName<'dynamodb'>>(
    operation: O,
    input: Input<'dynamodb', O>,
  ): Promise<Output<'dynamodb', O>>;
}

const START_MS = Date.UTC(2026, 0, 1);
const AS = { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' };

export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly [Node, Node];
  readonly clock: VirtualClock;
}

export async function twoNodes(): Promise<Cluster> {
  const storage = await openSqlite({ path: ':memory:' });
  const clock = new VirtualClock(START_MS);
  const nodes = [await nodeOn(storage, clock, 1), await nodeOn(storage, clock, 2)] as const;
  return {
    nodes,
    clock,
    [Symbol.asyncDispose]: async () => {
      for (const { stack } of nodes) await stack.close();
      await storage.close();
    },
  };
}

async function nodeOn(storage: Storage, clock: VirtualClock, seed: number): Promise<Node> {
  const services = [dynamodb, dynamodbstreams];
  const ids = seededIds(seed);
  const stack = await createStack({ storage: apart(storage), services, clock, ids });
  return {
    stack,
    call: (operation, input) => stack.invoke('dynamodb', operation, input, AS) as never,
  };
}

/** The same storage as another object; closing it leaves the storage to the others. */
function apart(storage: Storage): Storage {
  return {
    commit: async (writes) => {
      await nextTurn();
      return storage.commit(writes);
    },
    claim: (queue, claim) => storage.claim(queue, claim),
    peek: (queue, peek) => storage.peek(queue, peek),
    counts: (queue, nowMs) => storage.counts(queue, nowMs),
    nextVisibleAtMs: (queue, nowMs) => storage.nextVisibleAtMs(queue, nowMs),
    watch: (name, notify) => storage.watch(name, notify),
    queues: (prefix) => storage.queues(prefix),
    read: (log, read) => storage.read(log, read),
    bounds: (log) => storage.bounds(log),
    get: async (table, partition, key) => {
      const row = await storage.get(table, partition, key);
      await nextTurn();
      return row;
    },
    scan: async (table, partition, scan) => {
      const rows = await storage.scan(table, partition, scan);
      await nextTurn();
      return rows;
    },
    revision: (table, partition) => storage.revision(table, partition),
    idle: () => storage.idle(),
    close: () => storage.idle(),
  };
}
