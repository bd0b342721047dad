import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { aTopicAndQueue, RAW, startSns } from './a-topic.ts';

const string = (StringValue: string) => ({ DataType: 'String', StringValue });
const number = (StringValue: string) => ({ DataType: 'Number', StringValue });
const array = (...values: unknown[]) => ({
  DataType: 'String.Array',
  StringValue: JSON.stringify(values),
});

type Attributes = Readonly<Record<string, object>>;

/** Which of the messages, by their names, a policy lets through. */
async function passing(
  aws: Suite,
  policy: object,
  messages: Readonly<Record<string, Attributes>>,
): Promise<readonly string[]> {
  const filtered = { ...RAW, FilterPolicy: JSON.stringify(policy) };
  const { topic, queue } = await aTopicAndQueue(aws, filtered);
  for (const [name, MessageAttributes] of Object.entries(messages)) {
    await topic.publish(name, { MessageAttributes: MessageAttributes as never });
  }
  return [...(await queue.bodies())].sort();
}

async function passingBodies(aws: Suite, policy: object, bodies: readonly string[]) {
  const { topic, queue } = await aTopicAndQueue(aws, {
    ...RAW,
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: JSON.stringify(policy),
  });
  for (const body of bodies) await topic.publish(body);
  return [...(await queue.bodies())].sort();
}

describe('by attributes', () => {
  test('keys must all match, values are alternatives', async () => {
    await using aws = await startSns();
    const policy = { store: ['a', 'b'], event: ['placed'] };
    const passed = await passing(aws, policy, {
      '1 both': { store: string('b'), event: string('placed') },
      '2 other value': { store: string('c'), event: string('placed') },
      '3 one key': { store: string('a') },
      '4 none': {},
      '5 more keys': { store: string('a'), event: string('placed'), x: string('y') },
    });
    expect(passed).toEqual(['1 both', '5 more keys']);
  });

  test('types are strict, numbers are compared as numbers', async () => {
    await using aws = await startSns();
    const passed = await passing(
      aws,
      { n: [100, 301.5] },
      {
        '1 number': { n: number('100') },
        '2 string': { n: string('100') },
        '3 another way to write it': { n: number('3.015e2') },
        '4 decimals': { n: number('100.0') },
        '5 custom type': { n: { DataType: 'Number.int', StringValue: '100' } },
      },
    );
    expect(passed).toEqual([
      '1 number',
      '3 another way to write it',
      '4 decimals',
      '5 custom type',
    ]);
  });

  test('an array matches when one of its elements does', async () => {
    await using aws = await startSns();
    const passed = await passing(
      aws,
      { a: ['x', 7, true, null] },
      {
        '1 string': { a: array('q', 'x') },
        '2 number': { a: array(7) },
        '3 boolean': { a: array(true) },
        '4 null': { a: array(null) },
        '5 others': { a: array('q', 8, false) },
        '6 empty': { a: array() },
        '7 broken': { a: { DataType: 'String.Array', StringValue: '["x"' } },
      },
    );
    expect(passed).toEqual(['1 string', '2 number', '3 boolean', '4 null']);
  });

  test('anything-but matches an array with one element that is not excluded', async () => {
    await using aws = await startSns();
    const passed = await passing(
      aws,
      { a: [{ 'anything-but': ['x', 'y'] }] },
      {
        '1 mixed': { a: array('x', 'z') },
        '2 excluded': { a: array('x', 'y') },
        '3 string': { a: string('z') },
        '4 excluded string': { a: string('x') },
        '5 missing': {},
      },
    );
    expect(passed).toEqual(['1 mixed', '3 string']);
  });

  test('exists asks for presence or absence', async () => {
    await using aws = await startSns();
    const passed = await passing(
      aws,
      { a: [{ exists: false }], b: [{ exists: true }] },
      {
        '1 b': { b: string('x') },
        '2 both': { a: string('x'), b: string('x') },
        '3 none': {},
      },
    );
    expect(passed).toEqual(['1 b']);
  });

  test('absence is seen among attributes, not where there are none', async () => {
    await using aws = await startSns();
    const policy = { a: [{ exists: false }] };
    const passed = await passing(aws, policy, { '1 other': { b: string('x') }, '2 none': {} });
    expect(passed).toEqual(['1 other']);
  });

  test('one array that is no JSON spoils all attributes', async () => {
    await using aws = await startSns();
    const broken = { DataType: 'String.Array', StringValue: '["x"' };
    const passed = await passing(
      aws,
      { a: ['x'], b: [{ exists: false }] },
      {
        '1': { a: string('x') },
        '2': { a: string('x'), c: broken },
      },
    );
    expect(passed).toEqual(['1']);
  });

  test('binary attributes are not looked at', async () => {
    await using aws = await startSns();
    const binary = { DataType: 'Binary', BinaryValue: new Uint8Array([1]) };
    const passed = await passing(aws, { a: [{ exists: true }] }, { '1': { a: binary } });
    expect(passed).toEqual([]);
  });

  test('prefix, suffix, case, numbers and addresses', async () => {
    await using aws = await startSns();
    const policy = {
      p: [{ prefix: 'pre' }, { suffix: 'suf' }],
      c: [{ 'equals-ignore-case': 'Tennis' }],
      n: [{ numeric: ['>', 0, '<=', 150] }],
      i: [{ cidr: '10.0.0.0/24' }],
    };
    const good = {
      p: string('prefix'),
      c: string('TENNIS'),
      n: number('150'),
      i: string('10.0.0.7'),
    };
    const passed = await passing(aws, policy, {
      '1': good,
      '2': { ...good, p: string('a suf') },
      '3': { ...good, p: string('no') },
      '4': { ...good, c: string('tenis') },
      '5': { ...good, n: number('0') },
      '6': { ...good, i: string('10.0.1.7') },
    });
    expect(passed).toEqual(['1', '2']);
  });

  test('a name with a dot is one key', async () => {
    await using aws = await startSns();
    const passed = await passing(
      aws,
      { 'a.b': ['x'] },
      {
        '1': { 'a.b': string('x') },
        '2': { a: string('x') },
      },
    );
    expect(passed).toEqual(['1']);
  });
});

describe('by body', () => {
  test('nested objects and arrays of objects are looked into', async () => {
    await using aws = await startSns();
    const order = (country: string, ...prices: readonly number[]) =>
      JSON.stringify({ ship: { country }, lines: prices.map((price) => ({ price })) });
    const policy = { ship: { country: ['CH'] }, lines: { price: [{ numeric: ['>', 100] }] } };
    const bodies = [order('CH', 1, 101), order('CH', 1), order('DE', 101), order('CH')];
    expect(await passingBodies(aws, policy, bodies)).toEqual([order('CH', 1, 101)]);
  });

  test('exists asks for a value that is neither null nor empty', async () => {
    await using aws = await startSns();
    const bodies = ['{"a":1}', '{"a":false}', '{"a":null}', '{"a":""}', '{"a":[]}', '{"a":["x"]}'];
    const passed = await passingBodies(aws, { a: [{ exists: true }] }, bodies);
    expect(passed).toEqual(['{"a":1}', '{"a":["x"]}', '{"a":false}']);
  });

  test('what is no JSON object does not pass', async () => {
    await using aws = await startSns();
    const bodies = ['no JSON', '[{"a":"x"}]', '"x"', 'null', '{"a":"x"}', `${'['.repeat(5000)}`];
    const policy = { a: [{ 'anything-but': 'y' }] };
    expect(await passingBodies(aws, policy, bodies)).toEqual(['{"a":"x"}']);
  });

  test('$or takes one of several keys', async () => {
    await using aws = await startSns();
    const policy = { s: ['x'], $or: [{ a: [1] }, { b: [2] }] };
    const bodies = ['{"s":"x","a":1}', '{"s":"x","b":2}', '{"s":"x","b":1}', '{"a":1}'];
    expect(await passingBodies(aws, policy, bodies)).toEqual(bodies.slice(0, 2).sort());
  });

  test('a key with a dot matches the nested and the literal one', async () => {
    await using aws = await startSns();
    const bodies = ['{"a":{"b":"x"}}', '{"a.b":"x"}', '{"b":"x"}'];
    expect(await passingBodies(aws, { 'a.b': ['x'] }, bodies)).toEqual(bodies.slice(0, 2).sort());
  });

  test('attributes do not count', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, {
      ...RAW,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: '{"a":["x"]}',
    });
    await topic.publish('{}', { MessageAttributes: { a: string('x') } });
    expect(await queue.bodies()).toEqual([]);
  });

  test('with MessageStructure json it is the text for the protocol that counts', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, {
      ...RAW,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: '{"a":["x"]}',
    });
    const Message = JSON.stringify({ default: '{"a":"y"}', sqs: '{"a":"x"}' });
    await topic.publish(Message, { MessageStructure: 'json' });
    expect(await queue.bodies()).toEqual(['{"a":"x"}']);
  });
});
