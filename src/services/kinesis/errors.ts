/** The errors of Kinesis, by the codes of its model, and those that many operations answer. */
import { AwsError, faults } from '../../core/errors.ts';
import type { ErrorCode } from '../../wire/types/kinesis.ts';

export const fault = faults<ErrorCode | 'NotImplemented'>();

/** The answer to what millrace does not do yet. */
export function notBuilt(what: string) {
  return fault('NotImplemented', `millrace has not built ${what} yet.`, { status: 501 });
}

export function invalid(message: string) {
  return fault('InvalidArgumentException', message);
}

/** A demand that is not in the model, in the words of AWS's framework; see wire/validation. */
export function unsatisfied(what: string, constraint: string) {
  const message = `${what} failed to satisfy constraint: ${constraint}`;
  return fault('ValidationException', `1 validation error detected: ${message}`);
}

/** How messages name a stream: `stream orders under account 000000000000`. */
export interface Named {
  readonly name: string;
  readonly account: string;
}

const under = ({ name, account }: Named) => `${name} under account ${account}`;

export function streamMissing(stream: Named) {
  return fault('ResourceNotFoundException', `Stream ${under(stream)} not found.`);
}

/** As those put it that read; see evansolomon/nodejs-kinesis-client-library#21. */
export function shardMissing(shardId: string, stream: Named) {
  const message = `Shard ${shardId} in stream ${under(stream)} does not exist`;
  return fault('ResourceNotFoundException', message);
}

/** As the operations put it that change shards. */
export function shardNotFound(shardId: string, stream: Named) {
  const message = `Could not find shard ${shardId} in stream ${under(stream)}.`;
  return fault('ResourceNotFoundException', message);
}

export function notActive(stream: Named, status: string) {
  const message = `Stream ${under(stream)} not ACTIVE, instead in state ${status}`;
  return fault('ResourceInUseException', message);
}

export function rateExceeded(shardId: string, stream: Named) {
  const message = `Rate exceeded for shard ${shardId} in stream ${under(stream)}.`;
  return fault('ProvisionedThroughputExceededException', message);
}

export function denied(principal: string, action: string, resource: string) {
  const message =
    `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ` +
    `because no resource-based policy allows the ${action} action`;
  return new AwsError('AccessDeniedException', message, { status: 400 });
}
