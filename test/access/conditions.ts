/** Decisions that hang on conditions: every operator, met and not, and what stands beside them. */
import { allow, type Decision, decision, deny, HERE, to } from './decision.ts';

type Row = readonly [operator: string, wanted: unknown, actual: unknown, holds: boolean];

/** A variable as it is written in policies. */
const USER_NAME = `\${aws:username}`;

const OPERATORS: readonly Row[] = [
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', 'a*', 'ab', false],
  ['StringEquals', ['a', 'b'], 'b', true],
  ['StringEquals', [], 'b', false],
  ['StringEquals', 'a', undefined, false],
  ['StringEquals', USER_NAME, 'alice', true],
  ['StringEquals', USER_NAME, '*', false],
  ['StringNotEquals', 'a', 'b', true],
  ['StringNotEquals', 'a', 'a', false],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', 'a', undefined, true],
  ['StringEqualsIgnoreCase', 'a', 'A', true],
  ['StringEqualsIgnoreCase', 'a', 'b', false],
  ['StringNotEqualsIgnoreCase', 'a', 'A', false],
  ['StringNotEqualsIgnoreCase', 'a', 'b', true],
  ['StringLike', 'a*', 'abc', true],
  ['StringLike', 'a?', 'ab', true],
  ['StringLike', 'a?', 'abc', false],
  ['StringLike', '', '', true],
  ['StringLike', `${USER_NAME}*`, 'alice-1', true],
  ['StringLike', 'a.*', 'abc', false],
  ['StringLike', 'x*', undefined, false],
  ['StringNotLike', 'a*', 'b', true],
  ['StringNotLike', 'a*', 'ab', false],
  ['StringNotLike', 'a*', undefined, true],
  ['NumericEquals', '5', '5.0', true],
  ['NumericEquals', 5, '5', true],
  ['NumericEquals', '5', '6', false],
  ['NumericEquals', '5', 'five', false],
  ['NumericNotEquals', '5', '6', true],
  ['NumericNotEquals', '5', '5', false],
  ['NumericLessThan', '5', '4', true],
  ['NumericLessThan', '5', '5', false],
  ['NumericLessThan', '5', 'x', false],
  ['NumericLessThanEquals', '5', '5', true],
  ['NumericLessThanEquals', '5', '6', false],
  ['NumericGreaterThan', '5', '10', true],
  ['NumericGreaterThan', '5', '5', false],
  ['NumericGreaterThanEquals', '5', '5', true],
  ['NumericGreaterThanEquals', '5', '-6', false],
  ['DateEquals', '2026-01-15T10:00:00Z', '2026-01-15T10:00:00Z', true],
  ['DateEquals', '2026-01-15T10:00:00Z', '1768471200', true],
  ['DateEquals', '2026-01-15T10:00:00Z', '2026-01-15T10:00:01Z', false],
  ['DateNotEquals', '2026-01-15T10:00:00Z', '2026-01-15T10:00:01Z', true],
  ['DateLessThan', '2026-01-15T10:00:00Z', '2026-01-15T09:59:59Z', true],
  ['DateLessThan', '2026-01-15T10:00:00Z', '2026-01-15T10:00:00Z', false],
  ['DateLessThanEquals', '2026-01-15T10:00:00Z', '2026-01-15T10:00:00Z', true],
  ['DateGreaterThan', '2026-01-15T10:00:00Z', '2026-01-15T11:00:00Z', true],
  ['DateGreaterThan', 'no date', '2026-01-15T11:00:00Z', false],
  ['DateGreaterThanEquals', '2026-01-15T10:00:00Z', '2026-01-15T10:00:00Z', true],
  ['Bool', 'true', 'true', true],
  ['Bool', true, 'true', true],
  ['Bool', 'false', 'true', false],
  ['Bool', 'true', undefined, false],
  ['BinaryEquals', 'QUJD', 'QUJD', true],
  ['BinaryEquals', 'QUJD', 'QUJE', false],
  ['IpAddress', '203.0.113.0/24', '203.0.113.77', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.1', false],
  ['IpAddress', '203.0.113.7', '203.0.113.7', true],
  ['IpAddress', '2001:db8::/32', '2001:db8:1::5', true],
  ['IpAddress', '2001:db8::/32', '203.0.113.7', false],
  ['IpAddress', '0.0.0.0/0', '8.8.8.8', true],
  ['IpAddress', 'nonsense', '8.8.8.8', false],
  ['NotIpAddress', '203.0.113.0/24', '8.8.8.8', true],
  ['NotIpAddress', '203.0.113.0/24', '203.0.113.1', false],
  ['NotIpAddress', '203.0.113.0/24', undefined, true],
  ['ArnEquals', 'arn:aws:sns:*:1:t', 'arn:aws:sns:us-east-1:1:t', true],
  ['ArnEquals', 'arn:aws:sns:*:t', 'arn:aws:sns:us-east-1:1:t', false],
  ['ArnLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket', true],
  ['ArnLike', 'arn:aws:s3:::b*', 'arn:aws:sns:::bucket', false],
  ['ArnLike', '*', 'arn:aws:s3:::bucket', true],
  ['ArnLike', 'arn:aws:s3:::b*', 'text', false],
  ['ArnNotEquals', 'arn:aws:s3:::a', 'arn:aws:s3:::b', true],
  ['ArnNotLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket', false],
  ['Null', 'true', undefined, true],
  ['Null', 'true', 'a', false],
  ['Null', 'false', undefined, false],
  ['Null', false, 'a', true],
  ['StringEqualsIfExists', 'a', undefined, true],
  ['StringEqualsIfExists', 'a', 'b', false],
  ['StringLikeIfExists', 'a*', 'ab', true],
  ['NumericLessThanIfExists', '5', undefined, true],
  ['NumericLessThanIfExists', '5', '6', false],
  ['BoolIfExists', 'true', undefined, true],
  ['IpAddressIfExists', '10.0.0.0/8', undefined, true],
  ['DateLessThanIfExists', '2026-01-15T10:00:00Z', undefined, true],
  ['ArnLikeIfExists', 'arn:aws:s3:::b*', undefined, true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', ['a'], undefined, true],
  ['ForAllValues:StringLike', ['a*'], ['ab', 'ac'], true],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
  ['ForAllValues:StringNotEquals', ['a'], ['a', 'c'], false],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'd'], false],
  ['ForAnyValue:StringEquals', ['a'], undefined, false],
  ['ForAnyValue:StringLike', ['a*'], ['b', 'ab'], true],
  ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], true],
  ['ForAnyValue:StringNotEquals', ['a'], ['a'], false],
  ['ForAnyValue:StringEqualsIfExists', ['a'], undefined, true],
];

function conditional([operator, wanted, actual, holds]: Row): readonly Decision[] {
  const Condition = { [operator]: { 'aws:Asked': wanted } };
  const context = { 'aws:asked': actual as string | readonly string[] | undefined };
  const what = `${operator} ${JSON.stringify(wanted)} of ${JSON.stringify(actual)}`;
  return [
    decision(`${what} allows`, holds ? 'allowed' : 'not allowed', {
      context,
      own: [allow({ Condition })],
    }),
    decision(`${what} denies`, holds ? 'denied' : 'allowed', {
      context,
      own: [allow(), deny({ Condition })],
    }),
  ];
}

const together: readonly Decision[] = [
  decision('all keys of an operator', 'not allowed', {
    context: { 'aws:a': '1', 'aws:b': '3' },
    own: [allow({ Condition: { StringEquals: { 'aws:a': '1', 'aws:b': '2' } } })],
  }),
  decision('all operators of a block', 'not allowed', {
    context: { 'aws:a': '1', 'aws:b': '3' },
    own: [
      allow({ Condition: { StringEquals: { 'aws:a': '1' }, NumericLessThan: { 'aws:b': '2' } } }),
    ],
  }),
  decision('keys have no case', 'allowed', {
    context: { 'AWS:A': '1' },
    own: [allow({ Condition: { StringEquals: { 'aws:a': '1' } } })],
  }),
  decision('the name of the user', 'allowed', {
    own: [allow({ Condition: { StringEquals: { 'aws:username': 'alice' } } })],
  }),
  decision('the ARN of the caller', 'allowed', {
    own: [allow({ Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${HERE}:user/*` } } })],
  }),
  decision('the role behind a session', 'allowed', {
    who: 'role',
    own: [
      allow({
        Condition: { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${HERE}:role/deployer` } },
      }),
    ],
  }),
  decision('the account of the caller', 'denied', {
    who: 'stranger',
    own: [allow()],
    shared: [
      allow(to('*')),
      deny(to('*', { Condition: { StringNotEquals: { 'aws:PrincipalAccount': HERE } } })),
    ],
  }),
  decision('the account of the resource', 'denied', {
    own: [allow(), deny({ Condition: { StringEquals: { 'aws:ResourceAccount': HERE } } })],
  }),
  decision('the account of the caller for what is no resource', 'allowed', {
    resource: '*',
    own: [allow({ Condition: { StringEquals: { 'aws:ResourceAccount': HERE } } })],
  }),
  decision('a key that is not known here allows nothing', 'not allowed', {
    own: [allow({ Condition: { 'ForAllValues:StringEquals': { 'svc:Leading': ['a'] } } })],
  }),
  decision('a key that is not known here denies all', 'denied', {
    own: [allow(), deny({ Condition: { StringEquals: { 'aws:ResourceTag/secret': 'yes' } } })],
  }),
];

export const CONDITIONS: readonly Decision[] = [...OPERATORS.flatMap(conditional), ...together];
