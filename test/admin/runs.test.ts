/** Runs of functions, as the admin API tells of them. */
import { describe, expect, test } from 'vitest';
import type { Run, RunDetail, Runs } from '../../src/admin-api/index.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { aFunction, zipOf } from '../services/lambda/a-function.ts';
import { asked, looked } from './asked.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

async function invoke(aws: Suite, name: string, payload: unknown, type = 'RequestResponse') {
  await aws.call('lambda', 'Invoke', {
    FunctionName: name,
    InvocationType: type as 'Event',
    Payload: bytes(JSON.stringify(payload)),
  });
  await aws.settled();
}

const runs = (aws: Suite, query: Readonly<Record<string, string | number | undefined>> = {}) =>
  looked<Runs>(aws, 'runs', query);

const detail = (aws: Suite, { id, atMs }: Pick<Run, 'id'> & Partial<Run>) =>
  looked<RunDetail>(aws, `runs/${id}`, { atMs });

async function onlyRun(aws: Suite): Promise<Run> {
  const { runs: found } = await runs(aws);
  expect(found).toHaveLength(1);
  return found[0] as Run;
}

describe('the list of runs', () => {
  test('has the newest first, those of one function, and those that failed', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', () => 'done');
    const g = await aws.lambda('ff', () => 'done');
    await invoke(aws, 'f', 1);
    await aws.clock.advance('1s');
    g.fail(1, new TypeError('no such order'));
    await invoke(aws, 'ff', 2);
    const all = await runs(aws);
    expect(all.runs).toEqual([
      expect.objectContaining({ function: g.arn, outcome: 'TypeError', error: 'no such order' }),
      expect.objectContaining({ function: f.arn, outcome: 'ok', version: '$LATEST', causes: [] }),
    ]);
    expect((all.runs[0]?.atMs ?? 0) - (all.runs[1]?.atMs ?? 0)).toBe(1_000);
    expect(all.runs[0]?.durationMs).toBeGreaterThan(0);
    expect((await runs(aws, { function: f.arn })).runs).toEqual([all.runs[1]]);
    expect((await runs(aws, { failed: 'true' })).runs).toEqual([all.runs[0]]);
    expect((await runs(aws, { function: f.arn, failed: 'true' })).runs).toEqual([]);
  });

  test('is answered in pages', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', () => 1);
    for (const payload of [1, 2, 3]) await invoke(aws, 'f', payload);
    const { runs: all } = await runs(aws);
    const first = await runs(aws, { limit: 2 });
    expect(first.runs).toEqual(all.slice(0, 2));
    const second = await runs(aws, { limit: 2, after: first.next });
    expect(second.runs).toEqual(all.slice(2));
  });

  test('is of one version where that is asked for', async () => {
    await using aws = await startSuite();
    const { arn } = await aFunction(aws);
    await aws.call('lambda', 'PublishVersion', { FunctionName: 'f' });
    await aws.settled();
    await invoke(aws, 'f', 1);
    await invoke(aws, 'f:1', 2);
    const { runs: found } = await runs(aws, { function: `${arn}:1` });
    expect(found).toMatchObject([{ function: arn, version: '1' }]);
    expect((await runs(aws, { function: arn })).runs).toHaveLength(2);
  });
});

describe('one run', () => {
  test('has what went in and what came out', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', (event: { readonly n: number }) => event.n + 1);
    await invoke(aws, 'f', { n: 1 });
    const run = await onlyRun(aws);
    expect(await detail(aws, run)).toEqual({
      ...run,
      payload: '{"n":1}',
      result: '2',
      logs: expect.anything(),
      chain: [],
    });
  });

  test('has what it wrote, from its start to its report, and nothing of others', async () => {
    await using aws = await startSuite();
    const code =
      'export const handler = async ({ n }) => { console.log("seen", n); console.log("twice"); };';
    await aFunction(aws, { Code: { ZipFile: zipOf({ 'index.mjs': code }) } });
    for (const n of [1, 2, 3]) await invoke(aws, 'f', { n });
    const { runs: found } = await runs(aws);
    const { logs } = await detail(aws, found[1] as Run);
    expect(logs.map(({ message }) => message.replace(/^.*\tINFO\t/, '').trim())).toEqual([
      expect.stringMatching(`^START RequestId: ${found[1]?.id}`),
      'seen 2',
      'twice',
      expect.stringMatching(`^END RequestId: ${found[1]?.id}`),
      expect.stringMatching(`^REPORT RequestId: ${found[1]?.id}`),
    ]);
    expect(logs[0]?.atMs).toBe(found[1]?.atMs);
  });

  test('has its lines from JSON logs in a group of its own', async () => {
    await using aws = await startSuite();
    const code = 'export const handler = async ({ n }) => { console.log("seen", n); };';
    await aFunction(aws, {
      Code: { ZipFile: zipOf({ 'index.mjs': code }) },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: '/shop' },
    });
    for (const n of [1, 2]) await invoke(aws, 'f', { n });
    const { runs: found } = await runs(aws);
    const { logs } = await detail(aws, found[1] as Run);
    expect(logs.map(({ message }) => JSON.parse(message).type ?? 'line')).toEqual([
      'platform.start',
      'line',
      'platform.report',
    ]);
    expect(logs[1]?.message).toContain('seen 1');
  });

  test('stands in the chain of its attempts, each with its own result', async () => {
    await using aws = await startSuite();
    let count = 0;
    await aws.lambda('f', () => {
      count += 1;
      if (count < 3) throw new Error(`failure ${count}`);
      return 'done';
    });
    await invoke(aws, 'f', { orderId: 7 }, 'Event');
    const { runs: attempts } = await runs(aws);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['ok', 'Error', 'Error']);
    expect(new Set(attempts.map(({ id }) => id)).size).toBe(1);
    const [third, second, first] = attempts as [Run, Run, Run];

    const last = await detail(aws, { id: third.id });
    expect(last).toMatchObject({ atMs: third.atMs, result: '"done"', chain: [first, second] });
    const middle = await detail(aws, second);
    expect(middle).toMatchObject({ payload: '{"orderId":7}', chain: [first, third] });
    expect(JSON.parse(middle.result ?? '')).toMatchObject({ errorMessage: 'failure 2' });
    expect(middle.logs.map(({ atMs }) => atMs)).toContain(second.atMs);
    expect(middle.logs.map(({ atMs }) => atMs)).not.toContain(first.atMs);
  });

  test('of a batch has those in its chain that its messages came back for', async () => {
    await using aws = await startSuite();
    const { QueueUrl = '' } = await aws.call('sqs', 'CreateQueue', { QueueName: 'orders' });
    const f = await aws.lambda('f', () => 'done');
    f.fail(1);
    await f.feedFrom('arn:aws:sqs:us-east-1:000000000000:orders', { BatchSize: 1 });
    const { MessageId } = await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'a' });
    await aws.settled();
    await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'another' });
    await aws.settled();
    const { runs: found } = await runs(aws);
    expect(found.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'Error']);
    const [, good, bad] = found as [Run, Run, Run];
    expect(good.causes).toEqual([MessageId]);
    expect((await detail(aws, good)).chain).toEqual([bad]);
  });

  test('is told of although its function is gone', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', () => 1);
    await invoke(aws, 'f', 1);
    await aws.call('lambda', 'DeleteFunction', { FunctionName: 'f' });
    const { logs } = await detail(aws, await onlyRun(aws));
    expect(logs[0]?.message).toMatch(/^START/);
    await aws.call('logs', 'DeleteLogGroup', { logGroupName: '/aws/lambda/f' });
    expect((await detail(aws, await onlyRun(aws))).logs).toEqual([]);
  });
});

describe('refusals', () => {
  test('a run that the journal does not know', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', () => 1);
    await invoke(aws, 'f', 1);
    const { id, atMs } = await onlyRun(aws);
    expect(await asked(aws, 'runs/nobody')).toMatchObject({ status: 404 });
    expect(await asked(aws, `runs/${id}`, { atMs: atMs + 1 })).toMatchObject({ status: 404 });
  });

  test('a cursor and a limit that are none', async () => {
    await using aws = await startSuite();
    expect(await asked(aws, 'runs', { after: 'x' })).toMatchObject({ status: 400 });
    expect(await asked(aws, 'runs', { limit: 501 })).toMatchObject({ status: 400 });
  });
});
