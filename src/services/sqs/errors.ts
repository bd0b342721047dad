import { type AwsError, faults } from '../../core/errors.ts';
import type { ErrorCode } from '../../wire/types/sqs.ts';

/** Codes that SQS answers with although its model does not name them. */
type UnmodelledCode = 'AccessDenied' | 'InvalidParameterValue' | 'MissingParameter';

export const fault = faults<ErrorCode | UnmodelledCode>();

/** AWS's sentence for a parameter whose value will not do. */
export function invalidParameter(name: string, value: unknown, reason: string): AwsError {
  const sentence = `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`;
  return fault('InvalidParameterValue', sentence);
}

export function missingParameter(name: string): AwsError {
  return fault('MissingParameter', `The request must contain the parameter ${name}.`);
}

/** A parameter that only the other type of queue takes. */
export function wrongQueueType(name: string, value: unknown): AwsError {
  const reason = 'The request include parameter that is not valid for this queue type.';
  return invalidParameter(name, value, reason);
}

/** Refuses a whole number outside of its range, when there is one. */
export function checkRange(
  name: string,
  value: number | undefined,
  from: number,
  to: number,
  reason: string,
): void {
  if (value === undefined || (value >= from && value <= to)) return;
  throw invalidParameter(name, value, reason);
}
