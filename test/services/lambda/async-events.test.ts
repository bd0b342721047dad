/** Asynchronous events: taken at once, run later, tried again for as long as it makes sense. */
import { describe, expect, test } from 'vitest';
import { nextTurn } from '../../../src/core/clock.ts';
import { quotas } from '../../../src/core/quotas.ts';
import { ofFunction, partitionOf, storeOf } from '../../../src/services/lambda/store.ts';
import { type Handler, testFunction } from '../../../src/testing/functions.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import {
  bytesOf,
  configure,
  facts,
  failing,
  offsets,
  said,
  sendEvent,
  soon,
  watched,
} from './async-world.ts';

describe('an event', () => {
  test('is answered before its function runs', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f');
    const { StatusCode, Payload } = await sendEvent(aws, 'f', { orderId: 7 });
    expect(StatusCode).toBe(202);
    expect(Payload?.byteLength ?? 0).toBe(0);
    await aws.settled();
    expect(f.received).toEqual([{ orderId: 7 }]);
  });

  test('may come through the older InvokeAsync', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f');
    const InvokeArgs = bytesOf('{"orderId":7}');
    const answer = await aws.call('lambda', 'InvokeAsync', { FunctionName: 'f', InvokeArgs });
    expect(answer.Status).toBe(202);
    await aws.settled();
    expect(f.received).toEqual([{ orderId: 7 }]);
  });

  test('tells the function under which name it was invoked', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f');
    await sendEvent(aws, 'f', {}, { Qualifier: '$LATEST' });
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(f.runs.map(({ arn }) => arn).sort()).toEqual([f.arn, `${f.arn}:$LATEST`]);
  });

  test('has no client context, which is for those who wait', async () => {
    await using aws = await startSuite();
    const contexts: unknown[] = [];
    const note = (_event: unknown, context: { readonly clientContext?: unknown }) => {
      contexts.push(context.clientContext);
    };
    await testFunction(aws.stack, 'f', note as Handler<unknown>);
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
    await sendEvent(aws, 'f', {}, { ClientContext });
    await aws.settled();
    expect(contexts).toEqual([undefined]);
  });

  test('of a slow function holds up no other', async () => {
    await using aws = await startSuite();
    const gate = Promise.withResolvers<void>();
    const slow = await watched(aws, 'slow', () => gate.promise);
    const quick = await watched(aws, 'quick');
    for (let count = 0; count < 40; count += 1) await sendEvent(aws, 'slow');
    await sendEvent(aws, 'quick');
    await soon(aws, () => quick.runs.length > 0);
    expect(quick.runs).toHaveLength(1);
    expect(slow.runs.length).toBeLessThan(40);
    gate.resolve();
    await aws.settled();
    expect(slow.runs).toHaveLength(40);
  });
});

describe('an error of the function', () => {
  test('brings the event back after one minute and after two, under the same id', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f', failing());
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(offsets(f.runs)).toEqual([0, 60, 180]);
    expect(new Set(f.runs.map(({ requestId }) => requestId)).size).toBe(1);
    expect(await said(aws, f.runs[0]?.requestId)).toEqual([
      'invoke Error',
      'retry Unhandled',
      'invoke Error',
      'retry Unhandled',
      'invoke Error',
      'dead-letter LOST:RetriesExhausted',
    ]);
  });

  test('is forgotten when the next attempt goes well', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f');
    f.fail(1);
    const startMs = aws.clock.now();
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(f.runs.map(({ atMs }) => atMs - startMs)).toEqual([60_000]);
    expect(await said(aws, f.runs[0]?.requestId)).toContain('invoke ok');
  });

  test.each([0, 1, 2])('is tried again %i times when that is configured', async (most) => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f', failing());
    await configure(aws, 'f', { maximumRetryAttempts: most });
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(f.runs).toHaveLength(most + 1);
  });

  test('is not tried again when the event would be too old', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f', failing());
    await configure(aws, 'f', { maximumEventAgeSeconds: 100 });
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(offsets(f.runs)).toEqual([0, 60]);
    const lost = 'dead-letter LOST:EventAgeExceeded';
    expect((await said(aws, f.runs[0]?.requestId)).at(-1)).toBe(lost);
  });

  test('goes by the configuration of the qualifier that was invoked', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f', failing());
    const at = { account: aws.account, region: aws.region, name: 'f' };
    const alias = { name: 'live', version: '$LATEST', description: '', revisionId: '1' };
    await aws.stack.storage.commit([storeOf(aws.stack).aliases.put(ofFunction(at), 'live', alias)]);
    await configure(aws, 'f', { maximumRetryAttempts: 0 }, 'live');
    await sendEvent(aws, 'f', {}, { Qualifier: 'live' });
    await aws.settled();
    expect(f.runs).toHaveLength(1);
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(f.runs).toHaveLength(4);
  });

  test('goes by what is configured when it happens', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f', failing());
    await sendEvent(aws, 'f');
    await soon(aws);
    await configure(aws, 'f', { maximumRetryAttempts: 1 });
    await aws.settled();
    expect(f.runs).toHaveLength(2);
  });
});

/** A stack with room for one invocation, and a function that takes it until it is let go. */
async function crowded() {
  const limits = { ...quotas(), 'lambda.concurrentExecutions': 1 };
  const aws = await startSuite({ settings: { quotas: limits } });
  const gate = Promise.withResolvers<void>();
  await watched(aws, 'busy', () => gate.promise);
  const { account, region } = aws;
  const as = { account, region, principalArn: `arn:aws:iam::${account}:root` };
  const busy = aws.stack.invoke('lambda', 'Invoke', { FunctionName: 'busy' }, as);
  await soon(aws);
  const letGo = async () => {
    gate.resolve();
    await busy;
  };
  return { aws, letGo };
}

describe('a throttle', () => {
  test('brings the event back after 1, 2, 4 … seconds and is no attempt', async () => {
    const { aws, letGo } = await crowded();
    await using _ = aws;
    const f = await watched(aws, 'f', failing());
    const startMs = aws.clock.now();
    await configure(aws, 'f', { maximumRetryAttempts: 0 });
    await sendEvent(aws, 'f');
    await aws.clock.advance('6s');
    await letGo();
    await aws.settled();
    expect(f.runs.map(({ atMs }) => (atMs - startMs) / 1000)).toEqual([7]);
    expect(await said(aws, f.runs[0]?.requestId)).toEqual([
      'retry TooManyRequestsException',
      'retry TooManyRequestsException',
      'retry TooManyRequestsException',
      'invoke Error',
      'dead-letter LOST:RetriesExhausted',
    ]);
  });

  test('ends with the age of the event', async () => {
    const { aws, letGo } = await crowded();
    await using _ = aws;
    const f = await watched(aws, 'f');
    await configure(aws, 'f', { maximumEventAgeSeconds: 60 });
    const startMs = aws.clock.now();
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(aws.clock.now() - startMs).toBe(60_000);
    await letGo();
    await aws.settled();
    expect(f.runs).toEqual([]);
  });

  test('never comes of events alone where concurrency is reserved', async () => {
    await using aws = await startSuite();
    let running = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await gate.promise;
      await nextTurn();
      running -= 1;
    };
    const f = await watched(aws, 'f', work, { reservedConcurrency: 2 });
    for (let count = 0; count < 50; count += 1) await sendEvent(aws, 'f');
    gate.resolve();
    await aws.settled();
    expect(f.runs).toHaveLength(50);
    expect(most).toBe(2);
    expect((await facts(aws)).filter(({ kind }) => kind === 'retry')).toEqual([]);
  });
});

async function changeLatest(aws: Suite, name: string, state: 'Pending' | 'Active') {
  const { versions } = storeOf(aws.stack);
  const partition = ofFunction({ account: aws.account, region: aws.region, name });
  const row = await versions.get(partition, '$LATEST');
  if (!row) throw new Error(`There is no function ${name}.`);
  await aws.stack.storage.commit([versions.put(partition, '$LATEST', { ...row.value, state })]);
}

describe('a function', () => {
  test('that is not ready gets its events later', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f');
    await changeLatest(aws, 'f', 'Pending');
    await sendEvent(aws, 'f');
    await aws.clock.advance('2s');
    expect(f.runs).toEqual([]);
    await changeLatest(aws, 'f', 'Active');
    await aws.settled();
    expect(f.runs).toHaveLength(1);
  });

  test('with no concurrency gets none', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f', () => 'done', { reservedConcurrency: 0 });
    const startMs = aws.clock.now();
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(f.runs).toEqual([]);
    expect(aws.clock.now()).toBe(startMs);
  });

  test('that is deleted meanwhile takes its events with it', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f', failing());
    await sendEvent(aws, 'f');
    await soon(aws, () => f.runs.length > 0);
    const { functions } = storeOf(aws.stack);
    await aws.stack.storage.commit([functions.remove(partitionOf(aws), 'f')]);
    await aws.settled();
    expect(f.runs).toHaveLength(1);
    const gone = 'drop ResourceNotFoundException';
    expect((await said(aws, f.runs[0]?.requestId)).at(-1)).toBe(gone);
  });
});

describe('limits', () => {
  test('an event has at most 1 MB', async () => {
    await using aws = await startSuite();
    await watched(aws, 'f');
    const call = { FunctionName: 'f', InvocationType: 'Event' };
    const Payload = bytesOf(JSON.stringify('x'.repeat(1_048_575)));
    const refused = await aws.fails('lambda', 'Invoke', { ...call, Payload });
    expect(refused).toMatchObject({ code: 'RequestEntityTooLargeException', status: 413 });
  });
});
