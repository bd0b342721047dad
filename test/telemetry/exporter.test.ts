/** How spans come to the collector, and what becomes of them when they do not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeFact } from '../../src/journal/journal.ts';
import { JOURNAL } from '../../src/journal/logs.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { MOST_BEHIND } from '../../src/telemetry/exporter.ts';
import { aCollector } from './a-collector.ts';
import { aWorld, type World } from './world.ts';

const read = ({ aws }: World, name: string, labels = {}) => aws.stack.metrics.read(name, labels);

test('spans are sent as JSON, with what the server is and what the operator has said', async () => {
  const telemetry = {
    headers: { 'x-api-key': 'secret' },
    serviceName: 'orders',
    resource: { 'deployment.environment.name': 'test' },
  };
  await using world = await aWorld({ telemetry });
  const queue = await world.queue('orders');
  await queue.send();
  await world.told();
  const [request] = world.collector.heard;
  expect(request).toMatchObject({ method: 'POST', path: '/v1/traces' });
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-api-key': 'secret',
    'user-agent': expect.stringMatching(/^OTel-OTLP-Exporter-Millrace\//),
  });
  expect(request?.headers).not.toHaveProperty('content-encoding');
  expect(request?.resource).toMatchObject({
    'service.name': 'orders',
    'telemetry.sdk.name': 'millrace',
    'deployment.environment.name': 'test',
  });
});

test('a request is compressed where that is wanted', async () => {
  await using world = await aWorld({ telemetry: { compression: 'gzip' } });
  await (await world.queue('orders')).send();
  await world.told();
  expect(world.collector.heard[0]?.headers['content-encoding']).toBe('gzip');
  expect(world.collector.span('send orders').kind).toBe(4);
});

test('many spans go in several requests, each fact in one of them', async () => {
  await using world = await aWorld();
  const { storage, clock } = world.aws.stack;
  const about = { kind: 'publish', arn: 'arn:aws:sqs:us-east-1:0:q', atMs: clock.nowMs() } as const;
  const ids = Array.from({ length: 1_200 }, (_, at) => `m-${at}`);
  await storage.commit(
    ids.map((id) => ({ kind: 'append', log: JOURNAL, record: encodeFact({ ...about, id }) })),
  );
  await world.told();
  expect(world.collector.heard.map(({ spans }) => spans.length)).toEqual([512, 512, 176]);
  const told = world.collector.spans().map(({ attributes }) => attributes['messaging.message.id']);
  expect(told).toEqual(ids);
  expect(await read(world, 'millrace_spans_exported_total')).toBe(1_200);
  expect(await read(world, 'millrace_spans_waiting')).toBe(0);
});

test('nothing is told before its time, nor asked when there is nothing to tell', async () => {
  await using world = await aWorld();
  const queue = await world.queue('orders');
  await world.aws.clock.advance('1h');
  await queue.send();
  await world.aws.clock.advance('4s');
  expect(world.collector.heard).toHaveLength(0);
  expect(await read(world, 'millrace_spans_waiting')).toBe(1);
  await world.aws.clock.advance('1s');
  expect(world.collector.heard).toHaveLength(1);
  await world.aws.clock.advance('1d');
  expect(world.collector.heard).toHaveLength(1);
});

test('an overloaded collector is asked again when it says, and gets everything once', async () => {
  await using world = await aWorld();
  const { collector, aws } = world;
  const queue = await world.queue('orders');
  const wait = { status: 503, headers: { 'retry-after': '120' } };
  collector.replies.push(wait, { status: 429 }, { status: 504 });
  await queue.send();
  await world.told();
  expect(collector.heard).toHaveLength(1);
  await aws.clock.advance('110s');
  expect(collector.heard).toHaveLength(1);
  await queue.send();
  await aws.clock.advance('10s');
  expect(collector.heard).toHaveLength(2);
  await aws.clock.advance('10s');
  expect(collector.spans()).toHaveLength(2);
  expect(new Set(collector.spans().map(({ spanId }) => spanId)).size).toBe(2);
  expect(await read(world, 'millrace_spans_dropped_total')).toBe(0);
});

test('what is refused for good, and what is rejected, is counted and not sent again', async () => {
  await using world = await aWorld();
  const { collector } = world;
  const queue = await world.queue('orders');
  const partial = { partialSuccess: { rejectedSpans: '1', errorMessage: 'too old' } };
  collector.replies.push({ status: 400 }, { status: 200, body: JSON.stringify(partial) });
  await queue.send();
  await world.told();
  await queue.send();
  await queue.send();
  await world.told();
  expect(collector.heard.map(({ spans }) => spans.length)).toEqual([1, 2]);
  expect(await read(world, 'millrace_spans_dropped_total', { reason: 'refused' })).toBe(1);
  expect(await read(world, 'millrace_spans_dropped_total', { reason: 'rejected' })).toBe(1);
  expect(await read(world, 'millrace_spans_exported_total')).toBe(1);
});

test('a collector that was away is told when it is back of what went on', async () => {
  const gone = await aCollector();
  const port = Number(new URL(gone.url).port);
  await gone.close();
  await using world = await aWorld({ collector: gone });
  const queue = await world.queue('orders');
  await queue.send();
  await world.told();
  await world.aws.clock.advance('10m');
  expect(await read(world, 'millrace_spans_exported_total')).toBe(undefined);
  await using back = await aCollector(port);
  await world.aws.clock.advance('2m');
  expect(back.spans()).toHaveLength(1);
});

test('a collector that does not answer holds up nothing but the spans', async () => {
  await using world = await aWorld({ telemetry: { timeoutMs: 200 } });
  const { collector, aws } = world;
  const queue = await world.queue('orders');
  const never = Promise.withResolvers<{ status: number }>();
  collector.replies.push(never.promise);
  await queue.send();
  const asked = collector.asked();
  const advanced = aws.clock.advance('5s');
  await asked;
  expect(await queue.send()).toMatch(/-/);
  await advanced;
  expect(collector.spans()).toEqual([]);
  await aws.clock.advance('10s');
  expect(collector.spans().map(({ name }) => name)).toEqual(['send orders', 'send orders']);
  never.resolve({ status: 200 });
});

test('what is too far behind is skipped, and counted', async () => {
  await using world = await aWorld();
  const { storage, clock } = world.aws.stack;
  const about = { kind: 'match', arn: 'arn:aws:sqs:us-east-1:0:q', atMs: clock.nowMs() } as const;
  const record = encodeFact({ ...about, id: 'm' });
  const append = { kind: 'append', log: JOURNAL, record } as const;
  await storage.commit(Array.from({ length: MOST_BEHIND + 1 }, () => append));
  await world.told();
  const half = MOST_BEHIND / 2;
  const skipped = await read(world, 'millrace_spans_dropped_total', { reason: 'behind' });
  expect(skipped).toBe(MOST_BEHIND + 1 - half);
  expect(await read(world, 'millrace_spans_waiting')).toBe(0);
});

test('a start goes on from where the last one was, in the traces that had begun', async () => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-telemetry-'));
  const collector = await aCollector();
  try {
    let url = '';
    {
      await using world = await aWorld({ storage: await openSqlite({ path }), collector });
      const queue = await world.queue('orders');
      const { traceparent } = {
        traceparent: {
          DataType: 'String',
          StringValue: `00-${'7'.repeat(32)}-${'8'.repeat(16)}-01`,
        },
      };
      url = queue.url;
      await queue.send({ MessageAttributes: { traceparent } });
      await world.told();
      await queue.send();
    }
    // The last one was told when the server ended.
    expect(collector.spans().map(({ name }) => name)).toEqual(['send orders', 'send orders']);
    const again = await aCollector();
    await using world = await aWorld({ storage: await openSqlite({ path }), collector: again });
    const { stack } = world.aws;
    const as = {
      account: '000000000000',
      region: 'us-east-1',
      principalArn: 'arn:aws:iam::0:root',
    };
    await stack.invoke('sqs', 'ReceiveMessage', { QueueUrl: url, MaxNumberOfMessages: 1 }, as);
    await world.told();
    expect(again.spans().map(({ name }) => name)).toEqual(['receive orders']);
    const traces = collector.spans().map(({ traceId }) => traceId);
    expect(traces).toContain('7'.repeat(32));
    expect(traces).toContain(again.spans()[0]?.traceId);
  } finally {
    await collector.close();
    rmSync(path, { recursive: true, force: true });
  }
});

test('what happened before it was switched on for the first time is not told', async () => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-telemetry-'));
  try {
    {
      const { startAws } = await import('../../src/testing/index.ts');
      await using aws = await startAws({ storage: await openSqlite({ path }) });
      const as = { account: '000000000000', region: 'us-east-1', principalArn: 'a' };
      const { stack } = aws;
      const made = await stack.invoke('sqs', 'CreateQueue', { QueueName: 'orders' }, as);
      await stack.invoke('sqs', 'SendMessage', { ...made, MessageBody: 'hello' }, as);
    }
    await using world = await aWorld({ storage: await openSqlite({ path }) });
    await world.told();
    expect(world.collector.heard).toEqual([]);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
});

test('without a journal there is nothing to tell', async () => {
  await using world = await aWorld({ journal: false });
  await (await world.queue('orders')).send();
  await world.told();
  expect(world.collector.heard).toEqual([]);
});
