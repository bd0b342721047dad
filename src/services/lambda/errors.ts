/** Lambda's errors, by the codes of its model. */
import { faults } from '../../core/errors.ts';
import type { ErrorCode } from '../../wire/types/lambda.ts';

export const fault = faults<ErrorCode | 'AccessDeniedException' | 'NotImplemented'>();

/** The answer to what millrace does not do yet. */
export function notBuilt(what: string) {
  return fault('NotImplemented', `millrace has not built ${what} yet.`, { status: 501 });
}

/** The caller's mistake, in words. */
export function invalid(message: string) {
  return fault('InvalidParameterValueException', message, { fields: { Type: 'User' } });
}
