/** What every service refuses in the same words. Dialects give them a service's own code. */
import { AwsError } from '../../core/errors.ts';

/** The body does not fit the model: a wrong type, or no well-formed document at all. */
export function notReadable(message: string): AwsError {
  return new AwsError('SerializationException', message);
}

export function tooDeep(limit: number): AwsError {
  return notReadable(`The document is nested deeper than ${limit} levels.`);
}

export function unknownOperation(
  service: string | undefined,
  operation: string,
  status = 400,
): AwsError {
  const where = service === undefined ? 'any service' : service;
  const message = `${operation} is no operation of ${where}.`;
  return new AwsError('UnknownOperationException', message, { status });
}
