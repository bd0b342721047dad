/**
 * A decision of IAM as a row of a table: what is asked, what the policies say, what comes of it.
 */
import type { Identity } from '../../src/access/identity.ts';

export type Outcome = 'allowed' | 'denied' | 'not allowed';

export interface Decision {
  readonly title: string;
  readonly who: 'alice' | 'root' | 'stranger' | 'role' | 'bound';
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Statements of the caller's policy. */
  readonly own: readonly object[];
  /** Statements of the resource's policy. */
  readonly shared: readonly object[];
  readonly version: string;
  readonly outcome: Outcome;
}

export const HERE = '111111111111';
export const THERE = '222222222222';
export const QUEUE = `arn:aws:sqs:eu-west-1:${HERE}:orders`;
export const SEND = 'sqs:SendMessage';

const user = (account: string, name: string): Identity => ({
  kind: 'user',
  account,
  arn: `arn:aws:iam::${account}:user/${name}`,
  userId: `AIDA${name.toUpperCase()}`,
  name,
  accessKey: 'AKIA',
});

const SESSION_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'sqs:Send*', Resource: '*' },
});

export const CALLERS: Readonly<Record<Decision['who'], Identity>> = {
  alice: user(HERE, 'alice'),
  stranger: user(THERE, 'sam'),
  root: {
    kind: 'root',
    account: HERE,
    arn: `arn:aws:iam::${HERE}:root`,
    userId: HERE,
    accessKey: 'AKIA',
  },
  role: {
    kind: 'role',
    account: HERE,
    arn: `arn:aws:sts::${HERE}:assumed-role/deployer/me`,
    userId: 'AROADEPLOYER:me',
    accessKey: 'ASIA',
    session: { issuedAtMs: 0 },
  },
  bound: { ...user(HERE, 'alice'), session: { issuedAtMs: 0, policy: SESSION_POLICY } },
};

export const ALICE = CALLERS.alice.arn;
export const SAM = CALLERS.stranger.arn;

export const allow = (rest: object = {}) => ({
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  ...rest,
});
export const deny = (rest: object = {}) => ({
  Effect: 'Deny',
  Action: '*',
  Resource: '*',
  ...rest,
});
export const to = (arn: unknown, rest: object = {}) => ({ Principal: { AWS: arn }, ...rest });

export function decision(title: string, outcome: Outcome, rest: Partial<Decision>): Decision {
  const usual = { who: 'alice', action: SEND, resource: QUEUE, context: {} } as const;
  return { ...usual, own: [], shared: [], version: '2012-10-17', title, outcome, ...rest };
}
