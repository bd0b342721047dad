import { expect, test } from 'vitest';
import {
  edgeOf,
  inShort,
  listed,
  nodeArn,
  nodeOf,
  placeOfNode,
} from '../../src/delivery/map-parts.ts';

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:eu-west-1:123456789012:${resource}`;

test.each([
  [arn('lambda', 'function:f:live'), arn('lambda', 'function:f')],
  [arn('lambda', 'function:f'), arn('lambda', 'function:f')],
  ['arn:aws-cn:lambda:cn-north-1:1:function:f:7', 'arn:aws-cn:lambda:cn-north-1:1:function:f'],
  [arn('kinesis', 'stream/s/consumer/c:17'), arn('kinesis', 'stream/s')],
  [arn('logs', 'log-group:/a/b:*'), arn('logs', 'log-group:/a/b')],
  ['https://me:secret@example.com/x', 'https://me:****@example.com/x'],
  ['https://example.com/x?y=a@b', 'https://example.com/x?y=a@b'],
  ['a@example.com', 'mailto:a@example.com'],
  ['mailto:a@example.com', 'mailto:a@example.com'],
  ['+15550100', 'tel:+15550100'],
  ['tel:+15550100', 'tel:+15550100'],
])('%s is the node %s', (text, expected) => {
  expect(nodeArn(text)).toBe(expected);
});

test.each([
  [arn('sqs', 'orders'), 'queue', 'orders'],
  [arn('sns', 'news'), 'topic', 'news'],
  [arn('sns', 'endpoint/APNS/app/id'), 'endpoint', 'endpoint/APNS/app/id'],
  [arn('events', 'event-bus/shop'), 'bus', 'shop'],
  [arn('events', 'event-bus/aws.partner/x/y'), 'bus', 'aws.partner/x/y'],
  [arn('events', 'rule/shop/placed'), 'rule', 'placed'],
  [arn('events', 'rule/placed'), 'rule', 'placed'],
  [arn('events', 'archive/all'), 'archive', 'all'],
  [arn('events', 'api-destination/partner/c0ffee'), 'endpoint', 'partner'],
  [arn('lambda', 'function:f'), 'function', 'f'],
  [arn('kinesis', 'stream/s'), 'stream', 's'],
  [arn('dynamodb', 'table/t'), 'table', 't'],
  [arn('dynamodb', 'table/t/stream/2026'), 'stream', 't'],
  [arn('logs', 'log-group:/a/b'), 'log-group', '/a/b'],
  [arn('states', 'stateMachine:m'), 'other', 'stateMachine:m'],
  ['https://example.com/x', 'endpoint', 'https://example.com/x'],
  ['a@example.com', 'endpoint', 'a@example.com'],
] as const)('%s is a %s called %s', (text, kind, name) => {
  expect(nodeOf(text)).toEqual({ arn: nodeArn(text), kind, name, declared: true });
});

test('a node has what is known of it, and no members for what is not', () => {
  const about = { state: 'Active', detail: '', tags: {} };
  expect(nodeOf(arn('sqs', 'q'), about)).toMatchObject({ state: 'Active' });
  expect(Object.keys(nodeOf(arn('sqs', 'q'), about))).not.toContain('tags');
  expect(Object.keys(nodeOf(arn('sqs', 'q'), about))).not.toContain('detail');
});

test('an edge is named by its ends and by what makes it, or its kind', () => {
  const [from, to] = [arn('sqs', 'q'), arn('lambda', 'function:f')];
  expect(edgeOf('mapping', [from, `${to}:live`], { via: 'm', off: 'DISABLED' })).toEqual({
    ...{ id: `${from} ${to} m`, from, to, kind: 'mapping', via: 'm' },
    ...{ declared: true, off: 'DISABLED' },
  });
  expect(edgeOf('dead-letter', [from, to]).id).toBe(`${from} ${to} dead-letter`);
});

test('details are short', () => {
  expect(listed('a', false, undefined, 'b')).toBe('a, b');
  expect(inShort('{\n  "a":   1 }')).toBe('{ "a": 1 }');
  expect(inShort('x'.repeat(500))).toHaveLength(200);
});

test('what lies outside has no place', () => {
  expect(placeOfNode(arn('sqs', 'q'))).toEqual({ account: '123456789012', region: 'eu-west-1' });
  expect(placeOfNode('https://example.com')).toBeUndefined();
  expect(placeOfNode('arn:aws:s3:::bucket')).toBeUndefined();
});
