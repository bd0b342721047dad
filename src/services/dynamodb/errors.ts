/** DynamoDB's errors, by the codes of its model and of the framework before it. */
import { type AwsError, faults } from '../../core/errors.ts';
import type { ErrorCode } from '../../wire/types/dynamodb.ts';

export const fault = faults<
  ErrorCode | 'ValidationException' | 'AccessDeniedException' | 'NotImplemented'
>();

/** The answer to what millrace does not do yet. */
export function notBuilt(what: string): AwsError {
  return fault('NotImplemented', `millrace has not built ${what} yet.`, { status: 501 });
}

export function invalid(message: string): AwsError {
  return fault('ValidationException', message);
}

/** The sentence that most of DynamoDB's refusals begin with. */
export function invalidValues(what: string): AwsError {
  return invalid(`One or more parameter values were invalid: ${what}`);
}
