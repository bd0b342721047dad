/** Powertools for AWS Lambda, unmodified, in functions that are fed from queues. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  processPartialResponseSync,
  SqsFifoPartialProcessor,
} from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SqsSchema } from '@aws-lambda-powertools/parser/schemas';
import { Tracer } from '@aws-lambda-powertools/tracer';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { strToU8, zipSync } from 'fflate';
import { expect, test, vi } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aQueue, withDeadLetters } from '../sqs/a-queue.ts';
import { aFunction } from './a-function.ts';

const REPORTS = { FunctionResponseTypes: ['ReportBatchItemFailures'] } as const;
const bodiesOf = ({ Records }: SQSEvent) => Records.map(({ body }) => body);

test('the batch processor leaves only what failed in the queue', async () => {
  await using aws = await startSuite();
  const { queue, dead } = await withDeadLetters(aws, 2);
  const processor = new BatchProcessor(EventType.SQS);
  const paid: string[] = [];
  const pay = async ({ body }: SQSRecord) => {
    if (body === 'broken') throw new Error('It cannot be paid.');
    paid.push(body);
  };
  const worker = await aws.lambda<SQSEvent>('worker', (event, context) =>
    processPartialResponse(event, pay, processor, { context }),
  );
  for (const body of ['a', 'broken', 'b']) await queue.send(body);
  await worker.feedFrom(queue.arn, REPORTS);

  await aws.settled();

  expect(paid).toEqual(['a', 'b']);
  // Where all of a batch fail, the processor throws, and the whole batch comes again.
  expect(worker.received.map(bodiesOf)).toEqual([['a', 'broken', 'b'], ['broken']]);
  expect(await dead.bodies()).toEqual(['broken']);
});

test('the FIFO processor stops at the first failure and keeps the order of a group', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws, 'orders.fifo', { ContentBasedDeduplication: 'true' });
  const processor = new SqsFifoPartialProcessor();
  const done: string[] = [];
  let broken = true;
  const work = ({ body }: SQSRecord) => {
    if (body === 'a2' && broken) {
      broken = false;
      throw new Error('Not yet.');
    }
    done.push(body);
  };
  const worker = await aws.lambda<SQSEvent>('worker', (event, context) =>
    processPartialResponseSync(event, work, processor, { context }),
  );
  for (const body of ['a1', 'a2', 'a3']) await queue.send(body, { MessageGroupId: 'a' });
  await worker.feedFrom(queue.arn, REPORTS);

  await aws.settled();

  expect(worker.received.map(bodiesOf)).toEqual([
    ['a1', 'a2', 'a3'],
    ['a2', 'a3'],
  ]);
  expect(done).toEqual(['a1', 'a2', 'a3']);
});

/** The files of installed packages below a folder of a zip file, without their type files. */
function packagesIn(folder: string, names: readonly string[]): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const name of names) {
    const root = join('node_modules', name);
    for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|mjs|cjs|json)$/.test(path) || /node_modules/.test(path)) continue;
      files[`${folder}/${name}/${path}`] = readFileSync(join(root, path));
    }
  }
  return files;
}

const IN_A_PROCESS = `
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
const processor = new BatchProcessor(EventType.SQS);
const work = async ({ body }) => {
  if (body === 'broken') throw new Error('It cannot be done.');
};
export const handler = (event, context) =>
  processPartialResponse(event, work, processor, { context });
`;

test('the batch processor runs in a process of its own, from a zip file', async () => {
  await using aws = await startSuite();
  const { queue, dead } = await withDeadLetters(aws, 1);
  const needed = ['batch', 'commons'].map((name) => `@aws-lambda-powertools/${name}`);
  const ZipFile = zipSync({
    'index.mjs': strToU8(IN_A_PROCESS),
    ...packagesIn('node_modules', [...needed, '@aws/lambda-invoke-store']),
  });
  const { name } = await aFunction(aws, { Code: { ZipFile } });
  for (const body of ['a', 'broken', 'b']) await queue.send(body);
  const input = { FunctionName: name, EventSourceArn: queue.arn, ...REPORTS };
  await aws.call('lambda', 'CreateEventSourceMapping', input);

  await aws.settled();

  expect(await queue.counts()).toEqual([0, 0, 0]);
  expect(await dead.bodies()).toEqual(['broken']);
});

test('parser, logger, metrics and tracer find what they need', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  const lines: string[] = [];
  const write = (line: unknown) => void lines.push(String(line));
  for (const level of ['log', 'info'] as const) {
    vi.spyOn(console, level).mockImplementation(write);
  }
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.stubEnv('POWERTOOLS_TRACE_ENABLED', 'false');
  try {
    const logger = new Logger({ serviceName: 'payments' });
    const metrics = new Metrics({ namespace: 'shop', serviceName: 'payments' });
    const tracer = new Tracer({ serviceName: 'payments' });
    const parsed: unknown[] = [];
    const worker = await aws.lambda<SQSEvent>('worker', (event, context) => {
      logger.addContext(context as Context);
      parsed.push(...SqsSchema.parse(event).Records.map(({ body }) => body));
      logger.info('paid');
      metrics.addMetric('paid', MetricUnit.Count, 1);
      metrics.publishStoredMetrics();
      tracer.putAnnotation('paid', true);
    });
    await worker.feedFrom(queue.arn);
    await queue.send('a', {
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'urgent' } },
    });
    await aws.settled();

    expect([parsed, await queue.counts()]).toEqual([['a'], [0, 0, 0]]);
    const said = lines.join('\n');
    expect(said).toMatch(/"function_name": ?"worker"/);
    expect(said).toMatch(/"Namespace": ?"shop"/);
  } finally {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  }
});
