import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:done';
const FunctionName = 'f';

describe('answers', () => {
  test('a put replaces all, an update what it names', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const put = await aws.call('lambda', 'PutFunctionEventInvokeConfig', {
      FunctionName,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: { Destination: QUEUE } },
    });
    expect(put).toEqual({
      LastModified: Date.parse('2026-01-15T10:00:00Z'),
      FunctionArn: `${ARN}:$LATEST`,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: { Destination: QUEUE }, OnFailure: {} },
    });
    const updated = await aws.call('lambda', 'UpdateFunctionEventInvokeConfig', {
      FunctionName,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: QUEUE } },
    });
    expect(updated).toEqual({
      ...put,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnSuccess: { Destination: QUEUE }, OnFailure: { Destination: QUEUE } },
    });
    const get = await aws.call('lambda', 'GetFunctionEventInvokeConfig', { FunctionName });
    expect(get).toEqual(updated);
    const again = { FunctionName, MaximumEventAgeInSeconds: 90 };
    const replaced = await aws.call('lambda', 'PutFunctionEventInvokeConfig', again);
    expect(replaced.MaximumRetryAttempts).toBeUndefined();
    expect(replaced.DestinationConfig).toEqual({ OnSuccess: {}, OnFailure: {} });
  });

  test('function, version and alias have each their own', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const alias = { FunctionName, Name: 'live', FunctionVersion: '1' };
    await aws.call('lambda', 'CreateAlias', alias);
    for (const Qualifier of [undefined, '1', 'live']) {
      const input = { FunctionName, Qualifier, MaximumRetryAttempts: 1 };
      await aws.call('lambda', 'PutFunctionEventInvokeConfig', input);
    }
    const list = await aws.call('lambda', 'ListFunctionEventInvokeConfigs', { FunctionName });
    expect(list.FunctionEventInvokeConfigs?.map((one) => one.FunctionArn)).toEqual([
      `${ARN}:$LATEST`,
      `${ARN}:1`,
      `${ARN}:live`,
    ]);
  });

  test('destinations are queues, topics, functions and buses', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const arns = [
      QUEUE,
      'arn:aws:sns:us-east-1:000000000000:done',
      'arn:aws:lambda:us-east-1:000000000000:function:other:live',
      'arn:aws:events:us-east-1:000000000000:event-bus/default',
    ];
    for (const Destination of arns) {
      const DestinationConfig = { OnFailure: { Destination } };
      const input = { FunctionName, DestinationConfig };
      await aws.call('lambda', 'PutFunctionEventInvokeConfig', input);
    }
  });

  test('an empty ARN takes a destination away', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const to = (Destination: string) => ({
      FunctionName,
      DestinationConfig: { OnFailure: { Destination } },
    });
    await aws.call('lambda', 'PutFunctionEventInvokeConfig', to(QUEUE));
    const cleared = await aws.call('lambda', 'UpdateFunctionEventInvokeConfig', to(''));
    expect(cleared.DestinationConfig).toEqual({ OnSuccess: {}, OnFailure: {} });
  });
});

describe('refusals', () => {
  test('something must be given', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const failure = await aws.fails('lambda', 'PutFunctionEventInvokeConfig', { FunctionName });
    expect(failure).toMatchObject({
      code: 'InvalidParameterValueException',
      message: 'You must specify at least one of error handling or destination setting.',
    });
  });

  test('what is not configured is not told, changed or deleted', async () => {
    await using aws = await startSuite();
    const input = { FunctionName, MaximumRetryAttempts: 1 };
    const put = await aws.fails('lambda', 'PutFunctionEventInvokeConfig', input);
    expect(put).toMatchObject({
      code: 'ResourceNotFoundException',
      message: "The function doesn't exist.",
    });
    await aFunction(aws);
    const message = `The function ${ARN}:$LATEST doesn't have an EventInvokeConfig`;
    const failure = await aws.fails('lambda', 'UpdateFunctionEventInvokeConfig', input);
    expect(failure.message).toBe(message);
    for (const operation of [
      'GetFunctionEventInvokeConfig',
      'DeleteFunctionEventInvokeConfig',
    ] as const) {
      expect((await aws.fails('lambda', operation, { FunctionName })).message).toBe(message);
    }
    await aws.call('lambda', 'PutFunctionEventInvokeConfig', input);
    await aws.call('lambda', 'DeleteFunctionEventInvokeConfig', { FunctionName });
    const gone = await aws.fails('lambda', 'GetFunctionEventInvokeConfig', { FunctionName });
    expect(gone.message).toBe(message);
  });

  test('no other destinations, none that keeps an order, and not the function itself', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const put = async (Destination: string, end = 'OnFailure') => {
      const input = { FunctionName, DestinationConfig: { [end]: { Destination } } };
      return (await aws.fails('lambda', 'PutFunctionEventInvokeConfig', input)).message;
    };
    for (const arn of [
      `${QUEUE}.fifo`,
      'arn:aws:sns:us-east-1:000000000000:done.fifo',
      'arn:aws:kinesis:us-east-1:000000000000:stream/done',
    ]) {
      expect(await put(arn)).toBe(`The destination ARN ${arn} is invalid.`);
    }
    expect(await put(ARN)).toBe("You can't specify the function as a destination for itself.");
    expect(await put('arn:aws:s3:::bucket')).toContain('S3 buckets as destinations');
    expect(await put('arn:aws:s3:::bucket', 'OnSuccess')).toContain('is invalid.');
  });
});
