/**
 * Every operation, asked by a user who may do everything, for resources of an account that has
 * let nobody in: refused in the words of the service, before the operation sees it.
 */
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.ts';
import { wishesOf } from '../../src/access/wishes/all.ts';
import { seededIds } from '../../src/core/ids.ts';
import { principal } from '../../src/server/auth.ts';
import { type Asked, authorizer } from '../../src/server/auth-iam.ts';
import { allServices } from '../../src/services/all.ts';
import { startAws } from '../../src/testing/index.ts';
import { randomInput } from './inputs.ts';
import { ATTACKER, REGION, VICTIM } from './victim.ts';

const ALL = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
});

const PLACE = { account: ATTACKER, region: REGION };
const TRIES = 60;

const isForeign = (resource: string) => resource.split(':')[4] === VICTIM;

/** An input that names something of the victim's; undefined where none of many does. */
function foreignInput(service: string, operation: string): object | undefined {
  const random = seededIds(3);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const input = randomInput(random, service, operation);
    const wishes = wishesOf(service, operation, input as never, PLACE);
    if (wishes.some(({ resource }) => isForeign(resource))) return input;
  }
  return undefined;
}

const all = allServices.flatMap(({ name, operations }) =>
  Object.keys(operations).map((operation) => ({ service: name, operation })),
);

describe('an operation on a resource of another account', () => {
  test('is refused, whatever the user may do in his own', async () => {
    await using aws = await startAws();
    const { stack } = aws;
    const access = accessOf(stack);
    const policies = [{ name: 'all', document: ALL }];
    await access.create(stack.ids, 0, { account: ATTACKER, user: 'mallory', policies });
    const arn = `arn:aws:iam::${ATTACKER}:user/mallory`;
    const identity = {
      kind: 'user',
      account: ATTACKER,
      arn,
      userId: 'AIDA',
      name: 'mallory',
      accessKey: 'AKIA',
    } as const;
    const who = principal({ region: REGION, identity, signed: true, verified: true });
    const authorize = authorizer('enforce', stack);
    const connection = { peer: () => '127.0.0.1', secure: () => false };
    const request = { connection, header: () => undefined };
    let refused = 0;
    for (const { service, operation } of all) {
      const input = foreignInput(service, operation);
      if (!input) continue;
      const call = { ...PLACE, stack, service, operation, requestId: 'id' };
      const routed = { service, operation, protocol: 'json' };
      const asked = { request, routed, call, input, who } as unknown as Asked;
      const said = await Promise.resolve(authorize?.(asked)).then(
        () => 'allowed',
        (cause: { code: string }) => cause.code,
      );
      expect(`${service}:${operation} ${said}`).toMatch(/ (AccessDenied|AuthorizationError)/);
      refused += 1;
    }
    expect(refused).toBeGreaterThan(180);
  });
});
