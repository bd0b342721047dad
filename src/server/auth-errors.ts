/**
 * The refusals of whoever is not let in, in the words of each service. Services that speak AWS
 * Query have codes of their own; SQS keeps those for clients that know them.
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
import { AwsError } from '../core/errors.ts';
import type { WireProtocol } from '../wire/wire.ts';
import type { FaultKind, SignatureFault } from './signature.ts';

/** In JSON and in REST, then in AWS Query. */
const CODES: Readonly<Record<FaultKind, readonly [string, string]>> = {
  missing: ['MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
  incomplete: ['IncompleteSignatureException', 'IncompleteSignature'],
  unknownKey: ['UnrecognizedClientException', 'InvalidClientTokenId'],
  badToken: ['UnrecognizedClientException', 'InvalidClientTokenId'],
  mismatch: ['InvalidSignatureException', 'SignatureDoesNotMatch'],
  expiredToken: ['ExpiredTokenException', 'ExpiredToken'],
  notBuilt: ['NotImplemented', 'NotImplemented'],
};

export const MISSING_TOKEN = 'Missing Authentication Token';
const MISSING_IN_QUERY = 'Request is missing Authentication Token';

/** What a service answers a request with whose signature will not do. */
export function authError(
  fault: Pick<SignatureFault, 'kind' | 'message'>,
  protocol: WireProtocol | undefined,
  service: string | undefined,
): AwsError {
  const { kind } = fault;
  const inQuery = protocol === 'query';
  const message = kind === 'missing' && inQuery ? MISSING_IN_QUERY : fault.message;
  const status = statusOf(kind, protocol, service);
  return new AwsError(CODES[kind][inQuery ? 1 : 0], message, { status });
}

/** JSON services answer 400 to all of it; SQS, which was a Query service, does not. */
function statusOf(
  kind: FaultKind,
  protocol: WireProtocol | undefined,
  service: string | undefined,
): number {
  if (kind === 'notBuilt') return 501;
  const isJson = protocol === 'json' || protocol === 'json-as-cbor';
  if (isJson && service !== 'sqs') return 400;
  return kind === 'incomplete' ? 400 : 403;
}
