import { type AwsError, faults } from '../../core/errors.ts';
import type { ErrorCode } from '../../wire/types/sns.ts';

/** The error maker of SNS. */
export const fault = faults<ErrorCode>();

/** What SNS answers to most mistakes: code InvalidParameter, a text that begins the same way. */
export function invalid(reason: string): AwsError {
  return fault('InvalidParameter', `Invalid parameter: ${reason}`);
}
