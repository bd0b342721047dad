/**
 * Sessions of roles.
 *
 * Roles are not stored yet. Where signatures are not checked, any role that is asked for is there
 * and trusts everybody, as far as its ARN is one. Where they are checked, no role is: AWS's own
 * answer to a role that does not exist, which is the same as to one that may not be assumed.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import { createHash } from 'node:crypto';
import { principalId } from '../../access/key-ids.ts';
import { type Arn, parseArn } from '../../core/arn.ts';
import { InvalidPolicy, parsePolicy } from '../../core/policy.ts';
import type { Operations } from '../../wire/types/sts.ts';
import type { Operation } from '../service.ts';
import { fault } from './errors.ts';
import { identityOf } from './identities.ts';
import { credentials } from './session-tokens.ts';

const USUAL_SECONDS = 3600;

export const AssumeRole: Operation<Operations['AssumeRole']> = (call, input) => {
  const { RoleArn: roleArn, RoleSessionName: sessionName, Policy: policy } = input;
  const caller = identityOf(call);
  const role = roleIn(roleArn);
  if (call.verified) throw notThere(caller.arn, roleArn);
  if (policy !== undefined) checkPolicy(policy);
  const seconds = input.DurationSeconds ?? USUAL_SECONDS;
  if (caller.kind === 'role' && seconds > USUAL_SECONDS) throw fault('ValidationError', CHAINED);
  const { account } = role;
  const path = role.resource.slice('role/'.length);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const arn = `arn:${role.partition}:sts::${account}:assumed-role/${name}/${sessionName}`;
  const userId = `${roleId(roleArn)}:${sessionName}`;
  const who = { kind: 'role', account, arn, userId } as const;
  return {
    Credentials: credentials(call, who, seconds, caller.accessKey, policy),
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    ...(policy !== undefined && { PackedPolicySize: packed(policy) }),
    ...(input.SourceIdentity !== undefined && { SourceIdentity: input.SourceIdentity }),
  };
};

const CHAINED =
  'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role ' +
  'chaining';

function roleIn(text: string): Arn {
  const arn = parseArn(text);
  const isRole = arn?.service === 'iam' && /^role\/[\w+=,.@/-]+$/.test(arn.resource);
  if (arn && isRole && /^\d{12}$/.test(arn.account)) return arn;
  throw fault('ValidationError', `${text} is invalid`);
}

function notThere(caller: string, roleArn: string) {
  const does = 'is not authorized to perform: sts:AssumeRole on resource:';
  const why = ' (millrace has not built roles: with --auth strict there are none)';
  return fault('AccessDenied', `User: ${caller} ${does} ${roleArn}${why}`, { status: 403 });
}

function checkPolicy(policy: string): void {
  try {
    parsePolicy(policy, 'identity');
  } catch (cause) {
    if (!(cause instanceof InvalidPolicy)) throw cause;
    throw fault('MalformedPolicyDocument', cause.message);
  }
}

/** "as a percentage of the allotted space", which AWS packs in a way that is not documented. */
function packed(policy: string): number {
  return Math.max(1, Math.ceil((policy.length * 100) / 2048));
}

/** The same id each time, as long as roles have none of their own. */
function roleId(roleArn: string): string {
  return principalId('AROA', createHash('sha256').update(roleArn).digest());
}
