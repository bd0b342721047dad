/** Errors of DynamoDB Streams, in its own words where they are known. */
import { faults } from '../../core/errors.ts';
import type { ErrorCode } from '../../wire/types/dynamodbstreams.ts';

export const fault = faults<ErrorCode | 'ValidationException'>();

export function invalid(message: string) {
  return fault('ValidationException', message);
}

export function missing(what: string) {
  return fault('ResourceNotFoundException', `Requested resource not found: ${what}`);
}

/** Observed: ironSource/node-dynamodb-stream#16. */
export function missingShard() {
  return missing('Shard does not exist');
}

/** Observed: aws/aws-sdk-java#2923. */
export function trimmed() {
  const message = 'The operation attempted to read past the oldest stream record in a shard.';
  return fault('TrimmedDataAccessException', message);
}

/** A limit that is in the documentation and not in the model, in the words of AWS's framework. */
export function checkLimit(limit: number | undefined, most: number): void {
  if (limit === undefined || limit <= most) return;
  const constraint = `Member must have value less than or equal to ${most}`;
  const what = `Value '${limit}' at 'limit' failed to satisfy constraint: ${constraint}`;
  throw invalid(`1 validation error detected: ${what}`);
}
