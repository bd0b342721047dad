import { describe, expect, test } from 'vitest';
import { parsedAnswer } from '../../console/src/api/exact-json.ts';
import {
  contentOf,
  type Draft,
  draftOf,
  EMPTY,
  faultsOf,
  formOf,
  type SendForm,
} from '../../console/src/views/send/drafts.ts';

const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;
const QUEUE = arn('sqs', 'orders');
const FIFO = arn('sqs', 'orders.fifo');
const draft = (changed: Partial<Draft>): Draft => ({ ...EMPTY, ...changed });
const json = (text: string) => ({ form: 'json', text }) as const;

describe('a target', () => {
  test('says what is sent there', () => {
    const found = [
      arn('events', 'event-bus/orders'),
      arn('sns', 'news'),
      QUEUE,
      arn('kinesis', 'stream/clicks'),
      arn('lambda', 'function:ship'),
    ].map(formOf);
    expect(found).toEqual(['event', 'notification', 'message', 'record', 'invocation']);
  });

  test('that takes nothing is none', () => {
    const found = ['', 'x', arn('events', 'rule/a/b'), arn('dynamodb', 'table/t')].map(formOf);
    expect(found).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('another edition', () => {
  test('of an event has the digits of the first', () => {
    const event = '{"source":"shop","detail-type":"Paid","detail":{"id":12345678901234567890}}';
    const again = contentOf('event', draftOf('event', parsedAnswer(event)));
    expect(again).toMatchObject({ detail: '{"id":12345678901234567890}' });
  });

  const editions: readonly (readonly [SendForm, Readonly<Record<string, unknown>>])[] = [
    [
      'notification',
      {
        Message: '{"a":1}',
        Subject: 'news',
        MessageStructure: 'json',
        MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } },
      },
    ],
    [
      'message',
      {
        MessageBody: 'plain text',
        DelaySeconds: 5,
        MessageAttributes: { b: { DataType: 'Binary', BinaryValue: 'AAE=' } },
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
      },
    ],
    ['record', { Data: 'eyJhIjoxfQ==', PartitionKey: 'p', ExplicitHashKey: '7' }],
    ['record', { Data: '//79', PartitionKey: 'bytes' }],
    ['invocation', { payload: '{"n":12345678901234567890}' }],
  ];

  test.each(editions)('of a %s is what the first one was', (form, content) => {
    expect(contentOf(form, draftOf(form, content))).toEqual(content);
  });

  test('of an event has what its publisher says, and no more', () => {
    const event = {
      version: '0',
      id: 'i',
      source: 'shop',
      'detail-type': 'OrderPlaced',
      detail: { orderId: 'o-1' },
      resources: ['r1', 'r2'],
      time: '2026-11-22T00:00:00Z',
    };
    expect(contentOf('event', draftOf('event', event))).toEqual({
      source: 'shop',
      'detail-type': 'OrderPlaced',
      detail: '{"orderId":"o-1"}',
      resources: ['r1', 'r2'],
    });
  });

  test('of a run leaves out what came of the first', () => {
    const content = draftOf('invocation', { payload: '{}', result: '1', error: 'x' });
    expect(contentOf('invocation', content)).toEqual({ payload: '{}' });
  });
});

describe('what is written', () => {
  test('goes packed where it is JSON', () => {
    const body = json('{\n  "a": 1\n}');
    expect(contentOf('message', draft({ body }))).toEqual({ MessageBody: '{"a":1}' });
  });

  test('stays when another target is chosen', () => {
    const body = json('{"a":1}');
    expect(contentOf('invocation', draft({ body }))).toEqual({ payload: '{"a":1}' });
    expect(contentOf('record', draft({ body, partitionKey: 'p' }))).toEqual({
      Data: btoa('{"a":1}'),
      PartitionKey: 'p',
    });
  });
});

describe('what cannot be sent yet', () => {
  const faults = (form: SendForm, to: string, changed: Partial<Draft>) =>
    Object.keys(faultsOf(form, to, draft(changed)));

  test('events without source, detail type or an object as detail', () => {
    const bus = arn('events', 'event-bus/orders');
    expect(faults('event', bus, {})).toEqual(['source', 'detailType', 'body']);
    const named = { source: 's', detailType: 't' };
    expect(faults('event', bus, { ...named, body: json('[1]') })).toEqual(['body']);
    expect(faults('event', bus, { ...named, body: json('{"a":') })).toEqual(['body']);
    expect(faults('event', bus, { ...named, body: json('{}') })).toEqual([]);
  });

  test('messages that are empty, or of no group where there is an order', () => {
    const body = json('x');
    expect(faults('message', QUEUE, {})).toEqual(['body']);
    expect(faults('message', FIFO, { body })).toEqual(['group']);
    expect(faults('message', FIFO, { body, group: 'g' })).toEqual([]);
    expect(faults('message', QUEUE, { body, delaySeconds: '901' })).toEqual(['delaySeconds']);
  });

  test('attributes without a name, twice the same, or with what is no base64', () => {
    const body = json('x');
    const a = { name: 'a', type: 'String', value: '1' };
    const wrong = [
      [{ ...a, name: '' }],
      [a, a],
      [{ ...a, value: '' }],
      [{ name: 'b', type: 'Binary', value: '*' }],
    ];
    for (const attributes of wrong) {
      expect(faults('message', QUEUE, { body, attributes })).toEqual(['attributes']);
    }
    expect(faults('message', QUEUE, { body, attributes: [a] })).toEqual([]);
  });

  test('records without a key, inputs that are no JSON', () => {
    expect(faults('record', arn('kinesis', 'stream/s'), { body: json('x') })).toEqual([
      'partitionKey',
    ]);
    const invoked = arn('lambda', 'function:f');
    expect(faults('invocation', invoked, { body: json('{') })).toEqual(['body']);
    expect(faults('invocation', invoked, {})).toEqual([]);
  });
});
