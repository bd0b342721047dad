/**
 * Handing events over.
 *
 * `deliver` plans the first attempt of each delivery. Where the target is inside the server, the
 * hand-over's writes are part of the answer and join the publisher's commit: such an event has
 * arrived when the publisher is told "accepted", exactly once. Whatever cannot be handed over at
 * once becomes a message in a durable queue, from which `push.ts` goes on after a crash too.
 *
 * Deliveries of one source and group are never handed over out of order: as long as one waits,
 * the later ones queue up behind it. An error of ours does not end the publisher's request, and
 * ends a delivery only by its retry policy; where that cannot be asked, the delivery stays.
 */
import type { Strike } from '../core/faults.ts';
import {
  type Append,
  type Enqueue,
  isConditional,
  type QueueName,
  type Write,
} from '../storage/storage.ts';
import { countDelivery } from './figures.ts';
import type { Stack } from './stack.ts';
import {
  BrokenOff,
  type Delivery,
  type Failure,
  type Handover,
  type Origin,
  Refused,
} from './targets.ts';

export interface Item {
  readonly delivery: Delivery;
  /** What the origin renders the payload from. Items of one event share the same string. */
  readonly body: string;
}

/** Begins the names of all queues of waiting deliveries. */
export const DELIVERIES = 'deliveries/';

/** Hand-overs done in the publisher's commit; the rest waits, so that one event cannot block. */
const MOST_AT_ONCE = 100;
/** Forwarding depth up to which hand-overs join the publisher's commit. */
const MOST_HOPS_AT_ONCE = 3;

/** The writes by which all items are handed over, or wait for it. */
export async function deliver(stack: Stack, items: readonly Item[]): Promise<readonly Write[]> {
  const writes: Write[] = [];
  /** Queues of ordered deliveries in which something of this very call waits. */
  const held = new Set<QueueName>();
  let planned = 0;
  for (const item of items) {
    const { delivery } = item;
    const queue = waitingIn(delivery);
    const planning =
      planned < MOST_AT_ONCE && !held.has(queue) && (await mayGoAtOnce(stack, delivery));
    if (planning) planned += 1;
    const first = planning ? await firstAttempt(stack, item) : undefined;
    // A condition that does not hold would refuse the publisher; push plans again.
    const { now, later } =
      first && !first.now.some(isConditional)
        ? first
        : { now: [], later: waiting(stack, item, 0, stack.clock.nowMs()) };
    writes.push(...now);
    if (!later) continue;
    writes.push(later);
    if (delivery.group !== undefined) held.add(queue);
  }
  return writes;
}

async function mayGoAtOnce(stack: Stack, delivery: Delivery): Promise<boolean> {
  if (delivery.hops > MOST_HOPS_AT_ONCE) return false;
  // A kind of target that nobody registered fails at once, as a permanent error.
  if (stack.targets.get(delivery.to.kind)?.inside === false) return false;
  if (delivery.group === undefined) return true;
  const queue = await stack.storage.counts(waitingIn(delivery), stack.clock.nowMs());
  return queue.visible + queue.inFlight + queue.delayed === 0;
}

interface First {
  readonly now: readonly Write[];
  readonly later?: Enqueue;
}

async function firstAttempt(stack: Stack, item: Item): Promise<First> {
  const { body } = item;
  const { writes: now, retryAtMs, spared } = await attempt(stack, item.delivery, body, 1);
  if (retryAtMs === undefined) return { now };
  const [waits, attempts] = spared ? [{ delivery: spared, body }, 0] : [item, 1];
  return { now, later: waiting(stack, waits, attempts, retryAtMs) };
}

/** The queue in which a delivery waits: one per kind of target, ordered ones apart. */
function waitingIn(delivery: Delivery): QueueName {
  const kind = DELIVERIES + delivery.to.kind;
  return delivery.group === undefined ? kind : `${kind}/ordered`;
}

function waiting(stack: Stack, item: Item, attempts: number, visibleAtMs: number): Enqueue {
  const { delivery, body } = item;
  const { group, sourceArn, to } = delivery;
  return {
    kind: 'enqueue',
    queue: waitingIn(delivery),
    message: {
      id: stack.ids.uuid(),
      body,
      meta: JSON.stringify(delivery),
      // Unordered ones are grouped by target too, so that a slow one cannot crowd out the others.
      group: group === undefined ? to.arn : `${sourceArn} ${group}`,
      ordered: group !== undefined,
      sentAtMs: stack.clock.nowMs(),
      visibleAtMs,
      claims: attempts,
    },
  };
}

export interface Outcome {
  readonly writes: readonly Write[];
  /** When to try again; absent when the delivery has come to its end. */
  readonly retryAtMs?: number;
  /** A fault's doing: what waits on, and the attempt does not count. */
  readonly spared?: Delivery;
}

/** After an error of ours for which the origin has no retry policy. */
const PATIENCE_MS = 60_000;
/** Targets may ask for more time than the origin would give them, but not for ever. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** Tries to hand over once; `attempts` counts this one. Commits nothing. */
export async function attempt(
  stack: Stack,
  delivery: Delivery,
  body: string,
  attempts: number,
): Promise<Outcome> {
  try {
    return await tried(stack, delivery, body, attempts);
  } catch (cause) {
    if (cause instanceof BrokenOff) throw cause;
    report(stack, delivery, cause);
    return { writes: [], retryAtMs: stack.clock.nowMs() + PATIENCE_MS };
  }
}

async function tried(
  stack: Stack,
  delivery: Delivery,
  body: string,
  attempts: number,
): Promise<Outcome> {
  const origin = originOf(stack, delivery);
  try {
    const strike = stack.faults.on ? strikeOn(stack, delivery) : undefined;
    if (strike && !strike.duplicate) return postponed(stack, delivery, strike);
    const { writes } = await handOverNow(stack, origin, { delivery, body });
    return strike ? twice(stack, delivery, strike, writes) : { writes };
  } catch (cause) {
    if (cause instanceof BrokenOff) throw cause;
    return afterFailure(stack, delivery, body, attempts, asRefused(stack, delivery, cause));
  }
}

/** Hands over or throws `Refused`; the fact of it is among the writes. */
export async function handOverNow(
  stack: Stack,
  origin: Origin,
  { delivery, body }: Item,
): Promise<Handover> {
  const payload = origin.render(stack, delivery, body);
  const target = stack.targets.get(delivery.to.kind);
  if (!target) throw new Refused('NO_RESOURCE', `No target of kind ${delivery.to.kind}.`);
  const parcel = { delivery, payload, principal: origin.principal };
  const taken = await target.handOver(stack, parcel);
  countDelivery(stack, delivery.to.kind, 'done');
  const fact = record(stack, delivery, 'deliver', 'ok', taken.produced);
  return fact.length === 0 ? taken : { ...taken, writes: [...taken.writes, ...fact] };
}

function strikeOn(stack: Stack, delivery: Delivery): Strike | undefined {
  const { sourceArn, to, spared } = delivery;
  return stack.faults.delivery([sourceArn, to.arn], spared === true);
}

/** Throws `Refused` for a fault that is an error; one that is none makes the hand-over late. */
function postponed(stack: Stack, delivery: Delivery, strike: Strike): Outcome {
  const { id, error, delayMs = 0 } = strike;
  if (error !== undefined) {
    const options = { retryable: true, retryAfterMs: delayMs };
    throw new Refused(error, `A fault was asked for (${id}).`, options);
  }
  return later(stack, delivery, 'FAULT_DELAY', `delayed by ${id}`, delayMs, []);
}

/** As when the target's answer is lost: it has taken the parcel, and gets it again. */
function twice(
  stack: Stack,
  delivery: Delivery,
  { id, delayMs = 0 }: Strike,
  done: readonly Write[],
): Outcome {
  return later(stack, delivery, 'FAULT_DUPLICATE', `doubled by ${id}`, delayMs, done);
}

function later(
  stack: Stack,
  delivery: Delivery,
  outcome: string,
  why: string,
  delayMs: number,
  writes: readonly Write[],
): Outcome {
  const retryAtMs = stack.clock.nowMs() + delayMs;
  const note = `${why} until ${new Date(retryAtMs).toISOString()}`;
  const fact = record(stack, delivery, 'retry', outcome, undefined, note);
  return { writes: [...writes, ...fact], retryAtMs, spared: { ...delivery, spared: true } };
}

/** An error that is not the target's word is ours; the event must not be lost to it. */
function asRefused(stack: Stack, delivery: Delivery, cause: unknown): Refused {
  if (cause instanceof Refused) return cause;
  report(stack, delivery, cause);
  return new Refused('INTERNAL_ERROR', 'The hand-over failed.', { retryable: true });
}

function report(stack: Stack, delivery: Delivery, cause: unknown): void {
  stack.log.error('a hand-over failed unexpectedly', {
    source: delivery.sourceArn,
    target: delivery.to.arn,
    cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  });
}

async function afterFailure(
  stack: Stack,
  delivery: Delivery,
  body: string,
  attempts: number,
  refused: Refused,
): Promise<Outcome> {
  const failed = record(stack, delivery, 'deliver', refused.code, undefined, refused.message);
  const wait = refused.retryable
    ? originOf(stack, delivery).backoffMs(stack, delivery, attempts, refused)
    : 'permanent';
  if (typeof wait === 'number') {
    const asked = Math.min(refused.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
    const retryAtMs = stack.clock.nowMs() + Math.max(wait, asked);
    const note = `attempt ${attempts + 1} at ${new Date(retryAtMs).toISOString()}`;
    countDelivery(stack, delivery.to.kind, 'retried');
    const retry = record(stack, delivery, 'retry', refused.code, undefined, note);
    return { writes: [...failed, ...retry], retryAtMs };
  }
  const failure: Failure = { refused, attempts, exhausted: wait };
  return { writes: [...failed, ...(await bury(stack, delivery, body, failure))] };
}

/** The writes that put a delivery into its dead-letter queue, or say that it is lost. */
async function bury(
  stack: Stack,
  delivery: Delivery,
  body: string,
  failure: Failure,
): Promise<readonly Write[]> {
  const { refused } = failure;
  const lost = (code: string, message: string) => {
    const fields = { source: delivery.sourceArn, target: delivery.to.arn, code, message };
    countDelivery(stack, delivery.to.kind, 'lost');
    stack.log.warn('an event was given up and has no dead-letter queue to rest in', fields);
    return record(stack, delivery, 'dead-letter', `LOST:${code}`, undefined, message);
  };
  const arn = delivery.deadLetterArn;
  const target = stack.targets.get('sqs');
  if (!arn || !target) return lost(refused.code, refused.message);

  const origin = originOf(stack, delivery);
  const letter = { ...delivery, to: { kind: 'sqs', arn } };
  try {
    const payload = origin.deadLetter(stack, delivery, body, failure);
    const parcel = { delivery: letter, payload, principal: origin.principal };
    const { writes, produced } = await target.handOver(stack, parcel);
    countDelivery(stack, delivery.to.kind, 'dead-lettered');
    return [...writes, ...record(stack, letter, 'dead-letter', refused.code, produced)];
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    return lost(cause.code, cause.message);
  }
}

function originOf(stack: Stack, delivery: Delivery) {
  const origin = stack.origins.get(delivery.origin);
  if (!origin) throw new Error(`No origin is called ${delivery.origin}.`);
  return origin;
}

function record(
  stack: Stack,
  delivery: Delivery,
  kind: 'deliver' | 'retry' | 'dead-letter',
  outcome: string,
  produced?: string,
  note?: string,
): readonly Append[] {
  if (!stack.journal.on) return [];
  return stack.journal.record({
    kind,
    id: delivery.cause,
    arn: delivery.sourceArn,
    atMs: stack.clock.nowMs(),
    outcome,
    target: delivery.to.arn,
    ...(produced !== undefined && { produced }),
    ...(note !== undefined && { note }),
  });
}
