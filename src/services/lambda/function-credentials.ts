/**
 * What a function signs its own requests with.
 *
 * Where signatures are not checked, an access key of twelve digits is an account: the function's
 * own. Where they are, a function gets a session of its role, with the rights of its account,
 * because policies of roles are not built, and because its code runs as the server's user anyway.
 * The session is not kept anywhere and outlives every environment that it is given to.
 */
import { createHash } from 'node:crypto';
import { accessOf } from '../../access/access.ts';
import { issue } from '../../access/sessions.ts';
import { parseArn } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { FunctionSpec } from '../../execution/execution.ts';
import type { FunctionAddress } from './arns.ts';

const LIFE_MS = 365 * 24 * 3_600_000;

export function functionCredentials(
  stack: Stack,
  { account, name }: FunctionAddress,
  roleArn: string | undefined,
): FunctionSpec['credentials'] {
  const access = accessOf(stack);
  if (!access.isStrict) {
    return { accessKeyId: account, secretAccessKey: 'millrace', sessionToken: 'millrace' };
  }
  const role =
    parseArn(roleArn ?? '')
      ?.resource.split('/')
      .at(-1) ?? 'none';
  const nowMs = stack.clock.nowMs();
  const made = issue(
    access.vault,
    stack.ids,
    {
      kind: 'root',
      account,
      arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
      userId: `${idOf(`${account}/${role}`)}:${name}`,
      session: { issuedAtMs: nowMs },
    },
    { expiresAtMs: nowMs + LIFE_MS, verified: true },
  );
  return {
    accessKeyId: made.AccessKeyId,
    secretAccessKey: made.SecretAccessKey,
    sessionToken: made.SessionToken,
  };
}

function idOf(role: string): string {
  const hash = createHash('sha256').update(role).digest('hex').toUpperCase();
  return `AROA${hash.slice(0, 17)}`;
}
