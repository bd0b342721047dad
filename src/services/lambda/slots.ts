/**
 * A function's reserved concurrency where several nodes run it: as many slots as are reserved,
 * each a message that is never settled. Whoever runs an invocation holds one on a lease; that of a
 * node that died is free again when its lease ends.
 */
import { whileLeased } from '../../delivery/lease.ts';
import { LEASE_MS } from '../../delivery/pump.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Claimed, Enqueue, Lease, Storage } from '../../storage/storage.ts';

const ALWAYS = Number.MAX_SAFE_INTEGER;
/** Slots made in one commit. */
const MADE_AT_ONCE = 200;

/** Queues whose slots were seen to be there. */
const made = new WeakMap<Storage, Set<string>>();

/** Takes a slot; undefined when all are taken. Returns how it is given back, and when it is. */
export async function takeSlot(
  stack: Stack,
  functionArn: string,
  reserved: number,
): Promise<(() => Promise<void>) | undefined> {
  // Another number has slots of its own, so that changing it takes no slot from who holds it.
  const queue = `lambda/slots/${functionArn}/${reserved}`;
  const slot = (await claim(stack, queue)) ?? (await claimNew(stack, queue, reserved));
  if (!slot) return undefined;
  const { promise: ran, resolve: leave } = Promise.withResolvers<void>();
  const givenBack = whileLeased(stack, slot.lease, () => ran)
    .then(() => giveBack(stack, slot.lease))
    .catch((cause: unknown) => {
      stack.log.warn('a slot could not be given back', { queue, cause: String(cause) });
    });
  return () => {
    leave();
    return givenBack;
  };
}

async function claim({ storage, clock }: Stack, queue: string): Promise<Claimed | undefined> {
  const nowMs = clock.nowMs();
  return (await storage.claim(queue, { max: 1, nowMs, leaseUntilMs: nowMs + LEASE_MS }))[0];
}

async function claimNew(
  stack: Stack,
  queue: string,
  reserved: number,
): Promise<Claimed | undefined> {
  const seen = made.get(stack.storage) ?? new Set<string>();
  made.set(stack.storage, seen);
  if (seen.has(queue)) return undefined;
  for (let from = 0; from < reserved; from += MADE_AT_ONCE) {
    const many = Math.min(MADE_AT_ONCE, reserved - from);
    const slots = Array.from({ length: many }, (_, index) => slotAt(stack, queue, from + index));
    await stack.storage.commit(slots);
  }
  seen.add(queue);
  return claim(stack, queue);
}

/** Enqueued once, whoever tries. */
function slotAt({ clock }: Stack, queue: string, index: number): Enqueue {
  const nowMs = clock.nowMs();
  const id = String(index);
  const message = { id, body: '', sentAtMs: nowMs, visibleAtMs: nowMs };
  return { kind: 'enqueue', queue, message, dedup: { key: id, nowMs, untilMs: ALWAYS } };
}

async function giveBack({ storage, clock }: Stack, lease: Lease): Promise<void> {
  const visibleAtMs = clock.nowMs();
  await storage.commit([{ kind: 'release', lease, visibleAtMs, fence: 'latest', lost: 'skip' }]);
}
