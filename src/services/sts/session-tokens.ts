/**
 * Temporary credentials of the caller itself.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
import { accessOf } from '../../access/access.ts';
import { type Credentials, issue } from '../../access/sessions.ts';
import type { Operations } from '../../wire/types/sts.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { fault } from './errors.ts';
import { identityOf } from './identities.ts';

const HOUR_SECONDS = 3600;
const USUAL_SECONDS = 12 * HOUR_SECONDS;

export const GetSessionToken: Operation<Operations['GetSessionToken']> = (call, input) => {
  const { accessKey, session, ...who } = identityOf(call);
  if (session) {
    const said = 'Cannot call GetSessionToken with session credentials';
    throw fault('AccessDenied', said, { status: 403 });
  }
  if (input.SerialNumber !== undefined || input.TokenCode !== undefined) {
    const said = 'MultiFactorAuthentication failed with invalid MFA one time pass code. ';
    throw fault('AccessDenied', `${said}millrace has not built MFA devices.`, { status: 403 });
  }
  // "Sessions for AWS account owners are restricted to a maximum of 3,600 seconds."
  const asked = input.DurationSeconds ?? USUAL_SECONDS;
  const seconds = who.kind === 'root' ? Math.min(asked, HOUR_SECONDS) : asked;
  return { Credentials: credentials(call, who, seconds, accessKey) };
};

export function credentials(
  call: Call,
  who: Parameters<typeof issue>[2],
  seconds: number,
  parent: string,
  policy?: string,
): Credentials {
  const { stack, verified = false } = call;
  const nowMs = stack.clock.nowMs();
  // AWS's moments have whole seconds.
  const issuedAtMs = nowMs - (nowMs % 1000);
  const session = { issuedAtMs, ...(policy !== undefined && { policy }) };
  return issue(
    accessOf(stack).vault,
    stack.ids,
    { ...who, session },
    { expiresAtMs: issuedAtMs + seconds * 1000, parent, verified },
  );
}
