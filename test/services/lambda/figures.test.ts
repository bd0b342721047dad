import { describe, expect, test } from 'vitest';
import { quotas } from '../../../src/core/quotas.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';

/** What the samples of a metric of AWS/Lambda add up to. */
const sum = (aws: Suite, metric: string, name = 'f') =>
  aws.stack.metrics.read('millrace_lambda', { metric, function: name });

describe('answers', () => {
  test('invocations are told with their errors and their time', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', ({ fails }: { fails?: boolean }) => {
      if (fails) throw new Error('x');
      return 1;
    });
    for (const event of [{}, { fails: true }, {}]) {
      const Payload = Buffer.from(JSON.stringify(event));
      await aws.call('lambda', 'Invoke', { FunctionName: 'f', Payload });
    }
    expect(await sum(aws, 'Invocations')).toBe(3);
    expect(await sum(aws, 'Errors')).toBe(1);
    expect(await sum(aws, 'Duration')).toBeGreaterThanOrEqual(0);
    expect(await sum(aws, 'Throttles')).toBeUndefined();
  });

  test('what runs at this moment is told, and a throttle is no invocation', async () => {
    const settings = { quotas: quotas('current', { 'lambda.concurrentExecutions': 1 }) };
    await using aws = await startSuite({ settings });
    const began = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await aws.lambda('f', async () => {
      began.resolve();
      await release.promise;
    });
    const running = () =>
      aws.stack.metrics.read('millrace_lambda_concurrent_executions', { function: 'f' });
    const first = aws.call('lambda', 'Invoke', { FunctionName: 'f' });
    await began.promise;
    expect(await running()).toBe(1);
    const { code } = await aws.fails('lambda', 'Invoke', { FunctionName: 'f' });
    expect(code).toBe('TooManyRequestsException');
    release.resolve();
    await first;
    expect(await sum(aws, 'Throttles')).toBe(1);
    expect(await sum(aws, 'Invocations')).toBe(1);
    expect(await running()).toBeUndefined();
  });

  test('the age of a stream’s records is told when the function has had them', async () => {
    await using aws = await startSuite();
    const { received } = await aws.lambda('f', async () => {});
    await aws.call('kinesis', 'CreateStream', { StreamName: 's', ShardCount: 1 });
    await aws.call('kinesis', 'PutRecord', {
      StreamName: 's',
      PartitionKey: 'k',
      Data: Buffer.from('x'),
    });
    await aws.clock.advance('4s');
    await aws.call('lambda', 'CreateEventSourceMapping', {
      EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
      FunctionName: 'f',
      StartingPosition: 'TRIM_HORIZON',
    });
    await aws.settled();
    expect(received).toHaveLength(1);
    expect(await sum(aws, 'IteratorAge')).toBe(4_000);
  });
});
