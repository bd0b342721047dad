import { expect, test } from 'vitest';
import { seededIds } from '../../src/core/ids.ts';
import {
  asRequestHeader,
  causeOf,
  causesOf,
  readTraceHeader,
  sharedTraceHeader,
  visit,
  withoutLineage,
} from '../../src/core/trace-header.ts';

const REQUEST = '7b2c7b3e-1c5d-4b9e-8f4d-0c7c5b1a2f3e';
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:billing';
const AT = { functionArn: ARN, requestId: REQUEST, sampled: false, nowMs: 1_768_471_200_000 };

test('a first visit makes a root of the moment, a parent, and names the invocation', () => {
  const { header, visits } = visit(seededIds(1), undefined, AT);
  expect(visits).toBe(1);
  expect(header).toMatch(
    /^Root=1-6968baa0-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=[0-9a-f]{8}:1;Cause=/,
  );
  expect(causeOf(header)).toBe(REQUEST);
});

test('a chain keeps its root and counts the visits to each function by itself', () => {
  const ids = seededIds(1);
  const first = visit(ids, undefined, AT);
  const other = visit(ids, first.header, { ...AT, functionArn: `${ARN}-2` });
  const again = visit(ids, other.header, AT);
  expect([first.visits, other.visits, again.visits]).toEqual([1, 1, 2]);
  const root = (header: string) => readTraceHeader(header).get('Root');
  expect(root(again.header)).toBe(root(first.header));
  expect(readTraceHeader(again.header).get('Lineage')?.split('|')).toHaveLength(2);
});

test('a sampled chain stays sampled, and active tracing begins one', () => {
  const sampled = (before: string | undefined, active: boolean) =>
    readTraceHeader(visit(seededIds(1), before, { ...AT, sampled: active }).header).get('Sampled');
  expect(sampled('Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1', false)).toBe('1');
  expect(sampled(undefined, true)).toBe('1');
  expect(sampled(undefined, false)).toBe('0');
});

test('a header that others made or spoilt is read as far as it goes', () => {
  expect(readTraceHeader('Root=1-2-3; Parent=4;;junk;=5').get('Parent')).toBe('4');
  expect(visit(seededIds(1), 'Lineage=zz:many|:3|', AT).visits).toBe(1);
  expect(causeOf('Root=1-2-3;Cause=somebody')).toBeUndefined();
  expect(causesOf(undefined)).toEqual({});
  expect(causesOf(`Root=1-2-3;Cause=${REQUEST}`)).toEqual({ causes: [REQUEST] });
  expect(causesOf(undefined, 'first')).toEqual({ causes: ['first'] });
  const both = causesOf(`Root=1-2-3;Cause=${REQUEST}`, 'first');
  expect(both).toEqual({ causes: [REQUEST, 'first'] });
});

test('a lineage never grows past what a header can hold', () => {
  const ids = seededIds(1);
  let header: string | undefined;
  for (let i = 0; i < 100; i += 1) {
    header = visit(ids, header, { ...AT, functionArn: `${ARN}-${i}` }).header;
  }
  expect(header?.length).toBeLessThan(512);
});

test('a header may go on without the visits, and says everything else', () => {
  const { header } = visit(seededIds(1), undefined, AT);
  const plain = withoutLineage(header);
  expect([...readTraceHeader(plain).keys()]).toEqual(['Root', 'Parent', 'Sampled', 'Cause']);
  expect(visit(seededIds(1), plain, AT).visits).toBe(1);
  expect(withoutLineage('Root=1-2-3')).toBe('Root=1-2-3');
});

test('things of one trace share its header, and things of several only the visits', () => {
  const one = `Root=1-a-b;Parent=c;Lineage=00000001:2;Cause=${REQUEST}`;
  expect(sharedTraceHeader([])).toBeUndefined();
  expect(sharedTraceHeader([one, one])).toBe(one);
  expect(sharedTraceHeader(['Root=1-a-b', one])).toBe(one);
  expect(sharedTraceHeader(['Root=1-a-b', 'Root=1-c-d'])).toBeUndefined();
  expect(sharedTraceHeader([undefined, 'Root=1-c-d'])).toBeUndefined();
  expect(sharedTraceHeader(['Root=1-c-d', one])).toBe('Lineage=00000001:2');
});

test('what no header of a request may have does not go outside', () => {
  expect(asRequestHeader('Root=1-a-b')).toEqual({ 'X-Amzn-Trace-Id': 'Root=1-a-b' });
  for (const text of [undefined, '', 'a\r\nb', 'ü']) expect(asRequestHeader(text)).toEqual({});
});
