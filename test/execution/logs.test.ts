/** The log of an execution environment, as text and as JSON. */
import { expect, test } from 'vitest';
import { Lines, Tail } from '../../src/execution/lines.ts';
import { aFunction, anExecution, anInvocation } from './an-execution.ts';

const SOURCE = `
console.log('init');
export const handler = async (event) => {
  console.log('two\\nlines', { a: 1 });
  console.debug('detail'); console.warn('warned'); console.error('oh', new TypeError('no'));
};`;

test('a cold and a warm invocation are reported as AWS reports them', async () => {
  await using execution = anExecution();
  const spec = aFunction(SOURCE);
  const [first, second] = [
    anInvocation(),
    anInvocation({}, { traceHeader: 'Root=1-2;Parent=3;Sampled=1' }),
  ];
  await execution.invoke(spec, first);
  await execution.invoke(spec, second);
  const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
  const expected = (id: string, more: string) => [
    `START RequestId: ${id} Version: \\$LATEST`,
    `${time}\t${id}\tINFO\ttwo\nlines { a: 1 }`,
    `${time}\t${id}\tDEBUG\tdetail`,
    `${time}\t${id}\tWARN\twarned`,
    `${time}\t${id}\tERROR\toh TypeError: no\n    at [^]*`,
    `END RequestId: ${id}`,
    `REPORT RequestId: ${id}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\t` +
      `Memory Size: 256 MB\tMax Memory Used: \\d+ MB\t${more}`,
  ];
  const lines = [
    'INIT_START Runtime Version: nodejs:22.v1\tRuntime Version ARN: arn:aws:lambda:\\S+',
    `${time}\tundefined\tINFO\tinit`,
    ...expected(first.requestId, 'Init Duration: \\d+\\.\\d\\d ms\t'),
    ...expected(second.requestId, '\nXRAY TraceId: 1-2\tSegmentId: 3\tSampled: true\t'),
  ];
  expect(execution.lines).toEqual(
    lines.map((line) => expect.stringMatching(new RegExp(`^${line}$`))),
  );
});

test('the JSON format has records of the function and of Lambda, by level', async () => {
  await using execution = anExecution();
  const log = { group: '/g', format: 'JSON', applicationLevel: 'WARN' } as const;
  const invocation = anInvocation();
  await execution.invoke(aFunction(SOURCE, { log }), invocation);
  const records = execution.lines.map((line) => JSON.parse(line));
  const { requestId } = invocation;
  const timestamp = expect.stringMatching(/Z$/);
  expect(records).toMatchObject([
    { time: timestamp, type: 'platform.initStart', record: { phase: 'init', functionName: 'f' } },
    { time: timestamp, type: 'platform.start', record: { requestId, version: '$LATEST' } },
    { timestamp, level: 'WARN', requestId, message: 'warned' },
    { timestamp, level: 'ERROR', requestId, errorType: 'TypeError', errorMessage: 'no' },
    {
      type: 'platform.report',
      record: { requestId, status: 'success', metrics: { memorySizeMB: 256 } },
    },
  ]);
  expect(records.at(-1).record.metrics.initDurationMs).toBeGreaterThan(0);
});

test('lines are cut at their ends, and where they are too long', () => {
  const lines: string[] = [];
  const cut = new Lines((line) => lines.push(line));
  const text = Buffer.from('a\nbü\nc');
  for (const byte of text) cut.add(Buffer.of(byte));
  expect(lines).toEqual(['a', 'bü']);
  cut.end();
  expect(lines).toEqual(['a', 'bü', 'c']);
  cut.add(Buffer.alloc(600_000, 'x'));
  cut.end();
  expect(lines.slice(3).map(({ length }) => length)).toEqual([262_144, 262_144, 75_712]);
});

test('the tail is the last four kilobytes, in whole characters', () => {
  const tail = new Tail();
  for (let i = 0; i < 3000; i++) tail.add(`ü${i}`);
  const text = tail.text();
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
  expect(Buffer.byteLength(text)).toBeGreaterThan(4090);
  expect(text.endsWith('ü2999\n')).toBe(true);
  expect(text).not.toContain('\ufffd');
});
