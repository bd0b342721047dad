/**
 * The secrets of one request: what signs it, and what its model marks as sensitive. Asked for when
 * something is to be said about a request that failed, and not otherwise.
 */
import { AwsError } from '../core/errors.ts';
import { without } from '../core/redaction.ts';
import { hasSensitive, sensitiveTexts } from '../wire/sensitive.ts';
import { decode, type Routed } from '../wire/wire.ts';
import type { Request } from './request.ts';

export function secretsOf(request: Request, routed: Routed | undefined): readonly string[] {
  return [...signingOf(request), ...sensitive(request, routed)];
}

const IN_QUERY = ['X-Amz-Signature', 'X-Amz-Security-Token', 'Signature'];

/** What signs the request. AWS's own words repeat the rest to the caller, whose it is. */
export function signingOf({ header, query }: Request): readonly string[] {
  const found = [secretIn(header('authorization')), header('x-amz-security-token')].filter(
    (one) => one !== undefined,
  );
  if (!query.includes('ignature=') && !query.includes('Security-Token=')) return found;
  const parameters = new URLSearchParams(query);
  for (const name of IN_QUERY) {
    const value = parameters.get(name);
    if (value) found.push(value, encodeURIComponent(value));
  }
  return found;
}

/** Of AWS's own schemes only the signature; who signs is for errors to say. */
function secretIn(authorization: string | undefined): string | undefined {
  if (!authorization?.startsWith('AWS')) return authorization;
  return /Signature=([^,\s]+)/.exec(authorization)?.[1];
}

/** The same error, in words without secrets. */
export function withoutSecrets(error: AwsError, secrets: readonly string[]): AwsError {
  const message = without(secrets, error.message);
  if (message === error.message) return error;
  const { code, status, fields } = error;
  return new AwsError(code, message, { status, ...(fields && { fields }) });
}

function sensitive(request: Request, routed: Routed | undefined): readonly string[] {
  if (!routed || !hasSensitive(routed.service, routed.operation)) return [];
  try {
    return sensitiveTexts(routed.service, routed.operation, decode(routed, request));
  } catch {
    // What cannot be read has not come far either.
    return [];
  }
}
