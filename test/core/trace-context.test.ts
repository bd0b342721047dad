import { expect, test } from 'vitest';
import { readTrace, tracedAs, traceOf, traceOfRun } from '../../src/core/trace-context.ts';

const TRACE = '5759e988bd862e3fe1be46a994272793';
const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793';
const SPAN = '53995c3f42cd8ad8';
const REQUEST = '7b2c7b3e-1c5d-4b9e-8f4d-0c7c5b1a2f3e';

test('headers of X-Ray and of W3C are kept in one form', () => {
  expect(traceOf(`${ROOT};Parent=${SPAN};Sampled=1`)).toBe(`${TRACE}-${SPAN}-1`);
  expect(traceOf(`Sampled=0; ${ROOT.toUpperCase().replace('ROOT', 'Root')}`)).toBe(`${TRACE}--0`);
  expect(traceOf(ROOT)).toBe(`${TRACE}--`);
  expect(traceOf(undefined, `00-${TRACE}-${SPAN}-01`)).toBe(`${TRACE}-${SPAN}-1`);
  expect(traceOf(ROOT, `00-${TRACE}-${SPAN}-00`)).toBe(`${TRACE}-${SPAN}-0`);
  expect(traceOf(`${ROOT};Parent=${SPAN};Cause=${REQUEST}`)).toBe(`${TRACE}-${SPAN}-f`);
});

test('what is no context is left out', () => {
  const parents = ['', 'ff', `ff-${TRACE}-${SPAN}-01`, `00-${'0'.repeat(32)}-${SPAN}-01`];
  for (const parent of parents) expect(traceOf(undefined, parent)).toBeUndefined();
  const headers = ['', 'Root=1-2-3', `Root=1-00000000-${'0'.repeat(24)}`, 'x'.repeat(2_000) + ROOT];
  for (const header of headers) expect(traceOf(header)).toBeUndefined();
  expect(tracedAs(undefined)).toEqual({});
  expect(tracedAs('nothing', 'nothing')).toEqual({});
  expect(tracedAs(ROOT)).toEqual({ trace: `${TRACE}--` });
});

test('a run is the span that it hands on, below that of the client that asked for it', () => {
  const given = `${ROOT};Parent=aaaaaaaaaaaaaaaa;Sampled=0;Lineage=00000000:1;Cause=${REQUEST}`;
  const asked = traceOfRun(`${ROOT};Parent=${SPAN};Sampled=1`, given);
  expect(readTrace(asked)).toEqual({
    ...{ traceId: TRACE, spanId: 'aaaaaaaaaaaaaaaa', parentId: SPAN },
    ...{ sampled: true, isOwn: false },
  });
  // The journal knows what led to it where that was a function of ours, or nothing.
  const alone = { traceId: TRACE, spanId: 'aaaaaaaaaaaaaaaa', isOwn: false };
  expect(readTrace(traceOfRun(undefined, given))).toEqual(alone);
  expect(readTrace(traceOfRun(given, given))).toEqual(alone);
  expect(traceOfRun(undefined, 'nothing')).toBeUndefined();
});

test('what was kept is read again', () => {
  expect(readTrace(undefined)).toBeUndefined();
  expect(readTrace(`${TRACE}--`)).toEqual({ traceId: TRACE, isOwn: false });
  const own = { traceId: TRACE, spanId: SPAN, isOwn: true };
  expect(readTrace(`${TRACE}-${SPAN}-f`)).toEqual(own);
});
