import { faults } from '../../core/errors.ts';
import type { ErrorCode } from '../../wire/types/events.ts';

/** The error maker of EventBridge. */
export const fault = faults<ErrorCode | 'ValidationException' | 'NotImplemented'>();

/** Refuses something that AWS offers and millrace does not yet, by its name. */
export function notBuilt(what: string) {
  return fault('NotImplemented', `millrace has not built ${what} yet.`, { status: 501 });
}
