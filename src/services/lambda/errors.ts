/** Lambda's errors, by the codes of its model. */
import { AwsError, faults } from '../../core/errors.ts';
import type { ErrorCode } from '../../wire/types/lambda.ts';

/** Codes that Lambda answers with and its model does not have. */
type Unmodelled = 'AccessDeniedException' | 'NotImplemented' | 'RequestEntityTooLargeException';

export const fault = faults<ErrorCode | Unmodelled>();

/** The answer to what millrace does not do yet. */
export function notBuilt(what: string) {
  return fault('NotImplemented', `millrace has not built ${what} yet.`, { status: 501 });
}

const OF_USER = { fields: { Type: 'User' } };

export function invalid(message: string) {
  return fault('InvalidParameterValueException', message, OF_USER);
}

export function conflict(message: string) {
  return fault('ResourceConflictException', message, OF_USER);
}

export function missing(message: string) {
  return fault('ResourceNotFoundException', message, OF_USER);
}

/** `how` names the call that tells the latest one. */
export function outdated(how: 'GetFunction/GetAlias' | 'GetPolicy' = 'GetFunction/GetAlias') {
  const message =
    'The Revision Id provided does not match the latest Revision Id. ' +
    `Call the ${how} API to retrieve the latest Revision Id`;
  return fault('PreconditionFailedException', message, OF_USER);
}

/** A demand that is not in the model, in the words of AWS's framework; see wire/validation. */
export function unsatisfied(value: unknown, path: string, constraint: string) {
  const what = `Value '${value}' at '${path}' failed to satisfy constraint: ${constraint}`;
  return new AwsError('ValidationException', `1 validation error detected: ${what}`);
}

export function denied(principal: string, action: string, resource: string) {
  const message =
    `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ` +
    `because no resource-based policy allows the ${action} action`;
  return new AwsError('AccessDeniedException', message, { status: 403 });
}
