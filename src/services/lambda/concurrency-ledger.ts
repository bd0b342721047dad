/**
 * How many invocations run at this moment, and whether there is room for another: within the
 * function's reserved concurrency when it has one, else within what the account's functions have
 * left unreserved. What is reserved holds for all nodes together, the account's rest at each.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import { functionArn } from './arns.ts';
import { fault } from './errors.ts';
import type { Found } from './lookup.ts';
import { takeSlot } from './slots.ts';
import { type FunctionRecord, partitionOf, storeOf } from './store.ts';

type Rows = readonly Stored<FunctionRecord>[];

/** By the array that the collection gives out until one of the functions changes. */
const reservations = new WeakMap<Rows, number>();

/** What all functions of an account have reserved in a Region. */
export async function reservedIn(
  stack: Stack,
  at: { readonly account: string; readonly region: string },
): Promise<number> {
  const rows = await storeOf(stack).functions.list(partitionOf(at));
  let reserved = reservations.get(rows);
  if (reserved === undefined) {
    reserved = rows.reduce((sum, { value }) => sum + (value.reservedConcurrency ?? 0), 0);
    reservations.set(rows, reserved);
  }
  return reserved;
}

/** Counts out; where it is to be waited for, others find no room before. */
export type Leave = () => Promise<void> | void;

export class ConcurrencyLedger {
  /** By function ARN. */
  readonly #running = new Map<string, number>();
  /** Of functions without a reservation, by account and Region. */
  readonly #unreserved = new Map<string, number>();

  /** Counts an invocation in, or throws AWS's throttle. Returns how it is counted out. */
  async enter(stack: Stack, { address, record }: Found): Promise<Leave> {
    const arn = functionArn(address);
    const { reservedConcurrency: reserved } = record.value;
    if (reserved !== undefined) {
      if (this.running(arn) >= reserved) throw throttled(RESERVED_LIMIT);
      add(this.#running, arn, 1);
      const leave = () => add(this.#running, arn, -1);
      return once(stack.storage.shared ? await withSlot(stack, arn, reserved, leave) : leave);
    }
    const place = partitionOf(address);
    const most = stack.settings.quotas['lambda.concurrentExecutions'];
    const free = most - (await reservedIn(stack, address));
    if ((this.#unreserved.get(place) ?? 0) >= free) {
      throw throttled('ConcurrentInvocationLimitExceeded');
    }
    add(this.#running, arn, 1);
    add(this.#unreserved, place, 1);
    return once(() => {
      add(this.#running, arn, -1);
      add(this.#unreserved, place, -1);
    });
  }

  /** Of all functions of which some run, by ARN. */
  all(): ReadonlyMap<string, number> {
    return this.#running;
  }

  /** Invocations of a function that run now. */
  running(functionArn: string): number {
    return this.#running.get(functionArn) ?? 0;
  }
}

const RESERVED_LIMIT = 'ReservedFunctionConcurrentInvocationLimitExceeded';

/** Room within what is reserved for all nodes together. */
async function withSlot(
  stack: Stack,
  arn: string,
  reserved: number,
  leave: () => void,
): Promise<Leave> {
  const giveBack = await takeSlot(stack, arn, reserved).catch((cause: unknown) => {
    leave();
    throw cause;
  });
  if (!giveBack) {
    leave();
    throw throttled(RESERVED_LIMIT);
  }
  return () => {
    leave();
    return giveBack();
  };
}

function throttled(reason: string) {
  const fields = { Reason: reason, Type: 'User', retryAfterSeconds: undefined };
  return fault('TooManyRequestsException', 'Rate Exceeded.', { status: 429, fields });
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function once(leave: Leave): Leave {
  let left: { readonly end: Promise<void> | void } | undefined;
  return () => {
    left ??= { end: leave() };
    return left.end;
  };
}
