/**
 * A handler that takes effect once per key, however often it is called with it.
 *
 * The first call claims the key, runs, and stores its result; later calls get that result. A call
 * while the first one runs throws `AlreadyInProgress`, so that its message is retried. A failure
 * gives the key back. A crash leaves the claim behind until `inProgressTimeout`; then the next
 * call runs the handler again: what it did before the crash happens twice, unless it is part of
 * one transaction with a marker. For that there is `inbox`.
 */
import { type Duration, durationMs } from '../core/duration.ts';
import { epochSeconds } from './clock.ts';
import {
  claim,
  complete,
  type IdempotencyRecord,
  payloadHash,
  release,
  type TableOptions,
} from './idempotency-record.ts';

export interface IdempotentOptions<Event, Rest extends readonly unknown[] = readonly unknown[]>
  extends TableOptions {
  /** What makes two events the same. */
  readonly key: (event: Event) => string;
  /** What must be equal in events of the same key, else `PayloadMismatch`. Default: nothing. */
  readonly payload?: (event: Event) => unknown;
  /**
   * How long a result is kept. It has to outlast every redelivery: the queue's retention, the
   * dead-letter queue's, a replay's. Default 24h.
   */
  readonly ttl?: Duration;
  /**
   * How long a run may take before it counts as crashed. In Lambda the time that is left:
   * `(event, context) => context.getRemainingTimeInMillis()`. Default 15m, Lambda's longest run.
   */
  readonly inProgressTimeout?: (event: Event, ...rest: Rest) => Duration;
  /**
   * What a duplicate of a finished run gets: its stored result (default), undefined, or an
   * `AlreadyHandled` error.
   */
  readonly onDuplicate?: 'returnStored' | 'skip' | 'throw';
}

/** Another run has the key at this moment. Retry later. */
export class AlreadyInProgress extends Error {
  override readonly name = 'AlreadyInProgress';
  readonly key: string;

  constructor(key: string) {
    super(`A run with the key ${key} is in progress.`);
    this.key = key;
  }
}

/** The key was handled before, and duplicates are to throw. */
export class AlreadyHandled extends Error {
  override readonly name = 'AlreadyHandled';
  readonly key: string;

  constructor(key: string) {
    super(`The key ${key} was handled already.`);
    this.key = key;
  }
}

/** The key was used before with another payload: two different things share one key. */
export class PayloadMismatch extends Error {
  override readonly name = 'PayloadMismatch';
  readonly key: string;

  constructor(key: string) {
    super(`The payload for the key ${key} is not the one that the key was first used with.`);
    this.key = key;
  }
}

/**
 * Wraps `handler`. Its result must be something DynamoDB can store (plain values, up to 400 KB).
 *
 * ```ts
 * const charge = idempotent(
 *   async (order: { id: string; amount: number }) => ({ receipt: await pay(order) }),
 *   { client, table: 'idempotency', clock: Date, key: (order) => order.id, ttl: '14d' },
 * );
 * await charge({ id: '7', amount: 50 }); // pays
 * await charge({ id: '7', amount: 50 }); // answers the same receipt
 * ```
 */
export function idempotent<Event, Rest extends readonly unknown[], Result>(
  handler: (event: Event, ...rest: Rest) => Promise<Result>,
  options: IdempotentOptions<Event, Rest>,
): (event: Event, ...rest: Rest) => Promise<Result | undefined> {
  const { clock, ttl = '24h', inProgressTimeout = () => '15m' } = options;
  const ttlMs = durationMs(ttl);
  return async (event, ...rest) => {
    const nowMs = clock.now();
    const timeoutMs = durationMs(inProgressTimeout(event, ...rest));
    const claimed: IdempotencyRecord = {
      id: options.key(event),
      status: 'INPROGRESS',
      expiration: epochSeconds(nowMs + Math.max(ttlMs, timeoutMs)),
      in_progress_expiration: nowMs + timeoutMs,
      ...(options.payload && { validation: payloadHash(options.payload(event)) }),
    };
    const standing = await claim(options, claimed);
    if (standing) return duplicate<Result>(claimed, standing, options.onDuplicate);

    const result = await handler(event, ...rest).catch(async (cause: unknown) => {
      await release(options, claimed);
      throw cause;
    });
    await complete(options, claimed, result, clock.now() + ttlMs);
    return result;
  };
}

function duplicate<Result>(
  { id, validation }: IdempotencyRecord,
  standing: IdempotencyRecord,
  onDuplicate: 'returnStored' | 'skip' | 'throw' = 'returnStored',
): Result | undefined {
  if (validation !== undefined && standing.validation !== validation) {
    throw new PayloadMismatch(id);
  }
  if (standing.status === 'INPROGRESS') throw new AlreadyInProgress(id);
  if (onDuplicate === 'throw') throw new AlreadyHandled(id);
  return onDuplicate === 'skip' ? undefined : (standing.data as Result | undefined);
}
