/** Decisions that hang on whose policies they are, and on actions and resources. */
import {
  ALICE,
  allow,
  type Decision,
  decision,
  deny,
  HERE,
  QUEUE,
  SAM,
  SEND,
  THERE,
  to,
} from './decision.ts';

// ---------------------------------------------------------------- whose policies

const sides: readonly Decision[] = [
  decision('nothing is said', 'not allowed', {}),
  decision('own policy allows', 'allowed', { own: [allow()] }),
  decision('resource allows the user', 'allowed', { shared: [allow(to(ALICE))] }),
  decision('resource allows everyone', 'allowed', { shared: [allow(to('*'))] }),
  decision('resource allows everyone, written short', 'allowed', {
    shared: [allow({ Principal: '*' })],
  }),
  decision('resource allows the account, own is silent', 'not allowed', {
    shared: [allow(to(`arn:aws:iam::${HERE}:root`))],
  }),
  decision('resource allows the account, own allows', 'allowed', {
    own: [allow()],
    shared: [allow(to(HERE))],
  }),
  decision('resource allows another user', 'not allowed', { shared: [allow(to(`${ALICE}x`))] }),
  decision('own denies, own allows', 'denied', { own: [allow(), deny()] }),
  decision('own denies first', 'denied', { own: [deny(), allow()] }),
  decision('own denies, resource allows', 'denied', { own: [deny()], shared: [allow(to(ALICE))] }),
  decision('resource denies, own allows', 'denied', { own: [allow()], shared: [deny(to('*'))] }),
  decision('resource denies somebody else', 'allowed', {
    own: [allow()],
    shared: [deny(to(SAM))],
  }),
  decision('resource denies the account', 'denied', { own: [allow()], shared: [deny(to(HERE))] }),
  decision('root needs nothing', 'allowed', { who: 'root' }),
  decision('stranger with own alone', 'not allowed', { who: 'stranger', own: [allow()] }),
  decision('stranger with the resource alone', 'not allowed', {
    who: 'stranger',
    shared: [allow(to(SAM))],
  }),
  decision('stranger with both', 'allowed', {
    who: 'stranger',
    own: [allow()],
    shared: [allow(to(SAM))],
  }),
  decision('stranger whose account is let in', 'allowed', {
    who: 'stranger',
    own: [allow()],
    shared: [allow(to(THERE))],
  }),
  decision('stranger, everyone let in, own silent', 'not allowed', {
    who: 'stranger',
    shared: [allow(to('*'))],
  }),
  decision('stranger denied by own', 'denied', {
    who: 'stranger',
    own: [allow(), deny()],
    shared: [allow(to('*'))],
  }),
  decision('stranger denied by the resource', 'denied', {
    who: 'stranger',
    own: [allow()],
    shared: [allow(to('*')), deny(to(SAM))],
  }),
  decision('session of a role that is named', 'allowed', {
    who: 'role',
    shared: [allow(to(`arn:aws:iam::${HERE}:role/deployer`))],
  }),
  decision('session that is named itself', 'allowed', {
    who: 'role',
    shared: [allow(to(`arn:aws:sts::${HERE}:assumed-role/deployer/me`))],
  }),
  decision('another session that is named', 'not allowed', {
    who: 'role',
    shared: [allow(to(`arn:aws:sts::${HERE}:assumed-role/deployer/you`))],
  }),
  decision('session policy allows what own allows', 'allowed', { who: 'bound', own: [allow()] }),
  decision('session policy alone', 'not allowed', { who: 'bound' }),
  decision('session policy is silent', 'not allowed', {
    who: 'bound',
    own: [allow()],
    action: 'sqs:DeleteQueue',
  }),
  decision('session policy is silent and the resource allows', 'not allowed', {
    who: 'bound',
    shared: [allow(to(ALICE))],
    action: 'sqs:DeleteQueue',
  }),
  decision('NotPrincipal of a deny spares the named', 'allowed', {
    own: [allow()],
    shared: [deny({ NotPrincipal: { AWS: [ALICE, `arn:aws:iam::${HERE}:root`] } })],
  }),
  decision('NotPrincipal of a deny hits the others', 'denied', {
    own: [allow()],
    shared: [deny({ NotPrincipal: { AWS: SAM } })],
  }),
  decision('NotPrincipal of an allow means the others', 'allowed', {
    shared: [allow({ NotPrincipal: { AWS: SAM } })],
  }),
  decision('a service is not everyone', 'not allowed', {
    shared: [allow({ Principal: { Service: 'sns.amazonaws.com' } })],
  }),
];

// ---------------------------------------------------------------- actions and resources

const ACTIONS: readonly (readonly [pattern: unknown, action: string, matches: boolean])[] = [
  ['sqs:SendMessage', SEND, true],
  ['SQS:sendmessage', SEND, true],
  ['sqs:Send*', SEND, true],
  ['sqs:*', SEND, true],
  ['*', SEND, true],
  ['*:*', SEND, true],
  ['sqs:Send?essage', SEND, true],
  ['sqs:?endMessage', SEND, true],
  ['s*:*Message', SEND, true],
  ['sqs:SendMessage*', SEND, true],
  ['sqs:SendMessage?', SEND, false],
  ['sqs:Send', SEND, false],
  ['sqs:', SEND, false],
  ['sqs', SEND, false],
  ['sns:*', SEND, false],
  ['sqs:*Queue', SEND, false],
  ['sqs:Receive*', SEND, false],
  ['', SEND, false],
  [['sns:*', 'sqs:*'], SEND, true],
  [['sns:*', 'events:*'], SEND, false],
  [[], SEND, false],
  ['sqs:[S]endMessage', SEND, false],
  ['sqs:Send.*', SEND, false],
  ['**************************a', 'sqs:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', false],
];

const RESOURCES: readonly (readonly [pattern: unknown, resource: string, matches: boolean])[] = [
  [QUEUE, QUEUE, true],
  ['*', QUEUE, true],
  [`arn:aws:sqs:*:${HERE}:orders`, QUEUE, true],
  [`arn:aws:sqs:eu-west-1:${HERE}:*`, QUEUE, true],
  ['arn:aws:sqs:*:*:orders', QUEUE, true],
  ['arn:*:sqs:*:*:ord?rs', QUEUE, true],
  [`arn:aws:sqs:eu-west-?:${HERE}:orders`, QUEUE, true],
  [`arn:aws:sqs:eu-west-1:${HERE}:Orders`, QUEUE, false],
  [`arn:aws:sqs:us-east-1:${HERE}:orders`, QUEUE, false],
  [`arn:aws:sqs:eu-west-1:${THERE}:orders`, QUEUE, false],
  [`arn:aws:sns:eu-west-1:${HERE}:orders`, QUEUE, false],
  [`${QUEUE}-2`, QUEUE, false],
  [QUEUE.slice(0, -1), QUEUE, false],
  [`${QUEUE}*`, QUEUE, true],
  [`${QUEUE}?`, QUEUE, false],
  [[`${QUEUE}x`, QUEUE], QUEUE, true],
  [[], QUEUE, false],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${aws:username}`, QUEUE.replace('orders', 'alice'), true],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${aws:username}`, QUEUE.replace('orders', 'bob'), false],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${aws:username}-*`, QUEUE.replace('orders', 'alice-1'), true],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${aws:userid}`, QUEUE.replace('orders', 'AIDAALICE'), true],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${nobody:knows}`, QUEUE, false],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${nobody:knows, 'orders'}`, QUEUE, true],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${*}`, QUEUE.replace('orders', '*'), true],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${*}`, QUEUE, false],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${?}`, QUEUE.replace('orders', 'x'), false],
  [`arn:aws:sqs:eu-west-1:${HERE}:\${$}`, QUEUE.replace('orders', '$'), true],
];

const patterns: readonly Decision[] = [
  ...ACTIONS.flatMap(([Action, action, matches]) => [
    decision(
      `Action ${JSON.stringify(Action)} and ${action}`,
      matches ? 'allowed' : 'not allowed',
      {
        action,
        own: [allow({ Action })],
      },
    ),
    decision(
      `NotAction ${JSON.stringify(Action)} and ${action}`,
      matches ? 'not allowed' : 'allowed',
      {
        action,
        own: [{ Effect: 'Allow', NotAction: Action, Resource: '*' }],
      },
    ),
  ]),
  ...RESOURCES.flatMap(([Resource, resource, matches]) => [
    decision(
      `Resource ${JSON.stringify(Resource)} and ${resource}`,
      matches ? 'allowed' : 'not allowed',
      {
        resource,
        own: [allow({ Resource })],
      },
    ),
    decision(
      `NotResource ${JSON.stringify(Resource)} and ${resource}`,
      matches ? 'denied' : 'denied',
      {
        resource,
        own: matches
          ? [allow(), deny({ Resource })]
          : [allow(), { Effect: 'Deny', Action: '*', NotResource: Resource }],
      },
    ),
  ]),
  decision('variables are texts before 2012-10-17', 'not allowed', {
    version: '2008-10-17',
    resource: QUEUE.replace('orders', 'alice'),
    own: [allow({ Resource: `arn:aws:sqs:eu-west-1:${HERE}:\${aws:username}` })],
  }),
];

export const DECISIONS: readonly Decision[] = [...sides, ...patterns];
