/** Writes and claims in few words, for tests of storage engines. */
import type {
  Append,
  Check,
  Claim,
  Claimed,
  Enqueue,
  Message,
  Put,
  Release,
  Remove,
  Settle,
  Storage,
} from '../../../src/storage/storage.ts';

export const NOW = 1_700_000_000_000;
export const LEASE_MS = 30_000;
export const Q = 'sqs/000000000000/us-east-1/orders';

export function enqueue(id: string, message: Partial<Message> = {}, queue = Q): Enqueue {
  const born = message.sentAtMs ?? NOW;
  return {
    kind: 'enqueue',
    queue,
    message: { id, body: `body of ${id}`, sentAtMs: born, visibleAtMs: born, ...message },
  };
}

/** Of a queue whose messages take turns. */
export function inTurn(id: string, group: string, message: Partial<Message> = {}): Enqueue {
  return enqueue(id, { group, ordered: true, ...message });
}

export function once(key: string, write: Enqueue, nowMs = NOW): Enqueue {
  return { ...write, dedup: { key, nowMs, untilMs: nowMs + 300_000 } };
}

export function claimOf(claim: Partial<Claim> = {}): Claim {
  const nowMs = claim.nowMs ?? NOW;
  return { max: 10, nowMs, leaseUntilMs: nowMs + LEASE_MS, ...claim };
}

export function settle({ lease }: Pick<Claimed, 'lease'>, fence: Partial<Settle> = {}): Settle {
  return { kind: 'settle', lease, fence: 'latest', lost: 'conflict', ...fence };
}

export function release(
  { lease }: Pick<Claimed, 'lease'>,
  visibleAtMs: number,
  fence: Partial<Release> = {},
): Release {
  return { kind: 'release', lease, fence: 'latest', lost: 'conflict', visibleAtMs, ...fence };
}

export function append(log: string, body: string, atMs = NOW, key?: string): Append {
  return { kind: 'append', log, record: { atMs, body, ...(key !== undefined && { key }) } };
}

const ROW = { table: 'sqs/queues', partition: '000000000000/us-east-1' };

export function put(key: string, value: string, more: Partial<Put> = {}): Put {
  return { kind: 'put', ...ROW, key, value, ...more };
}

export function remove(key: string, more: Partial<Remove> = {}): Remove {
  return { kind: 'remove', ...ROW, key, ...more };
}

export function check(key: string, ifVersion: number, more: Partial<Check> = {}): Check {
  return { kind: 'check', ...ROW, key, ifVersion, ...more };
}

export async function valueAt(storage: Storage, key: string): Promise<string | undefined> {
  return (await storage.get(ROW.table, ROW.partition, key))?.value;
}

export async function claimIds(storage: Storage, claim: Partial<Claim> = {}, queue = Q) {
  const claimed = await storage.claim(queue, claimOf(claim));
  return claimed.map(({ id }) => id);
}

/** The first message that a claim gives; fails when there is none. */
export async function claimOne(storage: Storage, claim: Partial<Claim> = {}): Promise<Claimed> {
  const [claimed] = await storage.claim(Q, claimOf({ max: 1, ...claim }));
  if (!claimed) throw new Error('Nothing to claim.');
  return claimed;
}

export async function bodiesIn(storage: Storage, log: string): Promise<readonly string[]> {
  const entries = await storage.read(log, { from: 1, max: 100_000 });
  return entries.map(({ body }) => body);
}
