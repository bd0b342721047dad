/** What reading and writing transactions have in common: their errors and who stands in them. */
import { AwsError } from '../../core/errors.ts';
import type { CancellationReason } from '../../wire/types/dynamodb.ts';
import { fault, invalid } from './errors.ts';
import { lockName } from './write-item.ts';

export const NO_REASON: CancellationReason = { Code: 'None' };

/** The error of a transaction that did not take place; `None` for those who would have let it. */
export function cancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const words = 'Transaction cancelled, please refer cancellation reasons for specific reasons';
  const message = `${words} [${codes}]`;
  return fault('TransactionCanceledException', message, {
    fields: { CancellationReasons: reasons },
  });
}

/** Cancels for those at `places` out of `count`. */
export function conflicting(count: number, places: readonly number[]): AwsError {
  const reason = { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
  return cancelled(
    Array.from({ length: count }, (_, at) => (places.includes(at) ? reason : NO_REASON)),
  );
}

const OTHERS: Readonly<Record<string, string>> = {
  ItemCollectionSizeLimitExceededException: 'ItemCollectionSizeLimitExceeded',
  ProvisionedThroughputExceededException: 'ProvisionedThroughputExceeded',
  ThrottlingException: 'ThrottlingError',
};

/** Why an action is refused, as a reason to cancel; what is no refusal is thrown on. */
export function reasonOf(cause: unknown): CancellationReason {
  if (!(cause instanceof AwsError)) throw cause;
  const { code, message, fields } = cause;
  if (code === 'ValidationException') return { Code: 'ValidationError', Message: message };
  const other = OTHERS[code];
  if (other !== undefined) return { Code: other, Message: message };
  if (code === 'DuplicateItemException') return { Code: 'DuplicateItem', Message: message };
  if (code !== 'ConditionalCheckFailedException') throw cause;
  return { ...fields, Code: 'ConditionalCheckFailed', Message: message };
}

export interface Standing {
  readonly table: { readonly id: string };
  /** Undefined where the key given is none. */
  readonly key: string | undefined;
}

/** The names of all items by which they are locked, and no item twice. */
export function namesOf(standings: readonly Standing[]): readonly string[] {
  const names = standings.flatMap(({ table, key }) =>
    key === undefined ? [] : [lockName(table.id, key)],
  );
  if (new Set(names).size === names.length) return names;
  throw invalid('Transaction request cannot include multiple operations on one item');
}

const MOST_BYTES = 4 * 1024 * 1024;

export function checkTotal(bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  throw invalid(`Items of a transaction must not take more than ${MOST_BYTES} bytes together`);
}
