import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { aQueue } from '../sqs/a-queue.ts';
import { aFunction } from './a-function.ts';

const F = 'arn:aws:lambda:us-east-1:000000000000:function:worker';

async function setUp(name = 'orders', attributes = {}) {
  const aws = await startSuite();
  const queue = await aQueue(aws, name, attributes);
  await aws.lambda('worker', () => undefined);
  const input = { FunctionName: 'worker', EventSourceArn: queue.arn };
  const create = async (more = {}) => {
    const made = await aws.call('lambda', 'CreateEventSourceMapping', { ...input, ...more });
    return { made, UUID: made.UUID ?? '' };
  };
  const fails = (more = {}) =>
    aws.fails('lambda', 'CreateEventSourceMapping', { ...input, ...more });
  return {
    aws,
    queue,
    create,
    fails,
    [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose](),
  };
}

const get = (aws: Suite, UUID: string) => aws.call('lambda', 'GetEventSourceMapping', { UUID });

async function created(given: Awaited<ReturnType<typeof setUp>>, more = {}) {
  const { UUID } = await given.create(more);
  await given.aws.settled();
  return UUID;
}

describe('answers', () => {
  test('a mapping is made with what a queue needs, and is enabled a moment later', async () => {
    await using given = await setUp();
    const { aws, queue, create } = given;
    const { made, UUID } = await create();
    expect(made).toEqual({
      UUID: expect.stringMatching(/^[\da-f-]{36}$/),
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      EventSourceArn: queue.arn,
      FunctionArn: F,
      LastModified: aws.clock.now(),
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
      FunctionResponseTypes: [],
      EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${UUID}`,
    });
    await aws.settled();
    expect(await get(aws, UUID)).toEqual({ ...made, State: 'Enabled' });
  });

  test('every setting of a queue is kept and given back', async () => {
    await using given = await setUp();
    const settings = {
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 5,
      FilterCriteria: { Filters: [{ Pattern: '{"body":["a"]}' }] },
      KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/k',
      MetricsConfig: { Metrics: ['EventCount'] },
      ScalingConfig: { MaximumConcurrency: 7 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    };
    const UUID = await created(given, settings);
    expect(await get(given.aws, UUID)).toMatchObject(settings);
  });

  test('tags are kept with it', async () => {
    await using given = await setUp();
    const UUID = await created(given, { Tags: { team: 'billing' } });
    const { EventSourceMappingArn: Resource = '' } = await get(given.aws, UUID);
    await given.aws.call('lambda', 'TagResource', { Resource, Tags: { stage: 'test' } });
    expect(await given.aws.call('lambda', 'ListTags', { Resource })).toEqual({
      Tags: { team: 'billing', stage: 'test' },
    });
    expect((await given.fails({ Tags: { 'aws:x': 'y' } })).code).toBe(
      'InvalidParameterValueException',
    );
  });

  test('provisioned pollers are kept, and taken away by an empty object', async () => {
    await using given = await setUp();
    const pollers = { MinimumPollers: 2, MaximumPollers: 20 };
    const UUID = await created(given, { ProvisionedPollerConfig: pollers });
    expect((await get(given.aws, UUID)).ProvisionedPollerConfig).toEqual(pollers);
    const update = { UUID, ProvisionedPollerConfig: {} };
    await given.aws.call('lambda', 'UpdateEventSourceMapping', update);
    await given.aws.settled();
    expect((await get(given.aws, UUID)).ProvisionedPollerConfig).toBeUndefined();
  });

  test('the function may be named in every way', async () => {
    await using given = await setUp();
    for (const FunctionName of [F, '000000000000:function:worker', 'worker']) {
      const UUID = await created(given, { FunctionName });
      expect((await get(given.aws, UUID)).FunctionArn).toBe(F);
      await given.aws.call('lambda', 'DeleteEventSourceMapping', { UUID });
      await given.aws.settled();
    }
  });

  test('versions and aliases have mappings of their own', async () => {
    await using given = await setUp();
    const { arn } = await aFunction(given.aws, { Publish: true });
    const alias = { FunctionName: 'f', Name: 'live', FunctionVersion: '1' };
    await given.aws.call('lambda', 'CreateAlias', alias);
    for (const FunctionName of ['f', 'f:1', `${arn}:live`]) {
      const UUID = await created(given, { FunctionName });
      const qualifier = FunctionName.split(':').slice(1).at(-1);
      const FunctionArn = qualifier === undefined ? arn : `${arn}:${qualifier}`;
      expect((await get(given.aws, UUID)).FunctionArn).toBe(FunctionArn);
    }
    const gone = { FunctionName: 'f:gone', EventSourceArn: given.queue.arn };
    expect(await given.aws.fails('lambda', 'CreateEventSourceMapping', gone)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Cannot find alias arn: ${arn}:gone`,
    });
  });

  test('a mapping that is made disabled stays so until it is enabled', async () => {
    await using given = await setUp();
    const UUID = await created(given, { Enabled: false });
    expect((await get(given.aws, UUID)).State).toBe('Disabled');
    const enable = { UUID, Enabled: true };
    const answer = await given.aws.call('lambda', 'UpdateEventSourceMapping', enable);
    expect(answer.State).toBe('Enabling');
    await given.aws.settled();
    expect((await get(given.aws, UUID)).State).toBe('Enabled');
    const disable = { UUID, Enabled: false };
    const after = await given.aws.call('lambda', 'UpdateEventSourceMapping', disable);
    expect(after.State).toBe('Disabling');
    await given.aws.settled();
    expect((await get(given.aws, UUID)).State).toBe('Disabled');
  });

  test('an update changes what it names, and empty values take settings away', async () => {
    await using given = await setUp();
    const UUID = await created(given, {
      BatchSize: 5,
      FilterCriteria: { Filters: [{ Pattern: '{"body":["a"]}' }] },
      ScalingConfig: { MaximumConcurrency: 7 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    await given.aws.clock.advance('1m');
    const update = { UUID, BatchSize: 3, ScalingConfig: {}, FilterCriteria: { Filters: [] } };
    const answer = await given.aws.call('lambda', 'UpdateEventSourceMapping', update);
    expect(answer).toMatchObject({ State: 'Updating', BatchSize: 3 });
    await given.aws.settled();
    const now = await get(given.aws, UUID);
    expect(now).toMatchObject({ State: 'Enabled', LastModified: given.aws.clock.now() });
    expect(now.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect([now.ScalingConfig, now.FilterCriteria]).toEqual([undefined, undefined]);
  });

  test('a deleted mapping is on its way for a moment, and then gone', async () => {
    await using given = await setUp();
    const UUID = await created(given);
    const answer = await given.aws.call('lambda', 'DeleteEventSourceMapping', { UUID });
    expect(answer).toMatchObject({ UUID, State: 'Deleting' });
    await given.aws.settled();
    expect(await given.aws.fails('lambda', 'GetEventSourceMapping', { UUID })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
      status: 404,
    });
  });

  test('lists are by source and function, and come in pages', async () => {
    await using given = await setUp();
    const { aws } = given;
    await aws.lambda('other', () => undefined);
    const bills = await aQueue(aws, 'bills');
    const first = await created(given);
    const second = await created(given, { EventSourceArn: bills.arn });
    const third = await created(given, { FunctionName: 'other' });
    const list = async (input = {}) => {
      const answer = await aws.call('lambda', 'ListEventSourceMappings', input);
      return answer.EventSourceMappings?.map(({ UUID }) => UUID);
    };
    expect(new Set(await list())).toEqual(new Set([first, second, third]));
    expect(await list({ EventSourceArn: bills.arn })).toEqual([second]);
    expect(await list({ FunctionName: 'other' })).toEqual([third]);
    expect(await list({ FunctionName: F, EventSourceArn: given.queue.arn })).toEqual([first]);
    const page = await aws.call('lambda', 'ListEventSourceMappings', { MaxItems: 2 });
    const Marker = page.NextMarker ?? '';
    expect(page.EventSourceMappings).toHaveLength(2);
    expect(await list({ Marker, MaxItems: 2 })).toHaveLength(1);
  });

  test('other accounts and Regions see nothing of it', async () => {
    await using given = await setUp();
    const UUID = await created(given);
    for (const who of [{ account: '111111111111' }, { region: 'eu-west-1' }]) {
      const other = given.aws.as(who);
      const { code } = await other.fails('lambda', 'GetEventSourceMapping', { UUID });
      expect(code).toBe('ResourceNotFoundException');
      const { EventSourceMappings } = await other.call('lambda', 'ListEventSourceMappings', {});
      expect(EventSourceMappings).toEqual([]);
    }
  });
});

describe('refusals', () => {
  const invalid = (message: string) => ({
    code: 'InvalidParameterValueException',
    message,
    status: 400,
  });

  test('the queue must be there, and hide messages as long as the function may take', async () => {
    await using given = await setUp();
    const nowhere = 'arn:aws:sqs:us-east-1:000000000000:nowhere';
    expect(await given.fails({ EventSourceArn: nowhere })).toMatchObject(
      invalid(
        'Error occurred while ReceiveMessage. SQS Error Code: ' +
          'AWS.SimpleQueueService.NonExistentQueue. ' +
          'SQS Error Message: The specified queue does not exist.',
      ),
    );
    await given.aws.lambda('slow', () => undefined, { timeoutSeconds: 60 });
    expect(await given.fails({ FunctionName: 'slow' })).toMatchObject(
      invalid('Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds'),
    );
  });

  test('the queue of another account must let the role in', async () => {
    await using given = await setUp();
    const foreign = await aQueue(given.aws.as({ account: '111111111111' }), 'foreign');
    expect(await given.fails({ EventSourceArn: foreign.arn })).toMatchObject(
      invalid(
        'The provided execution role does not have permissions to call ReceiveMessage on SQS',
      ),
    );
  });

  test('the function must be there', async () => {
    await using given = await setUp();
    const refusal = {
      code: 'InvalidParameterValueException',
      message: 'Function does not exist',
      status: 400,
    };
    expect(await given.fails({ FunctionName: 'nobody' })).toMatchObject(refusal);
    const change = { UUID: await created(given), FunctionName: 'nobody' };
    await given.aws.settled();
    const refused = await given.aws.fails('lambda', 'UpdateEventSourceMapping', change);
    expect(refused).toMatchObject(refusal);
  });

  test('one queue feeds a function once', async () => {
    await using given = await setUp();
    const UUID = await created(given);
    expect(await given.fails()).toMatchObject({
      code: 'ResourceConflictException',
      status: 409,
      message:
        `An event source mapping with SQS arn (" ${given.queue.arn} ") and function ` +
        '(" worker ") already exists. ' +
        `Please update or delete the existing mapping with UUID ${UUID}`,
    });
  });

  test('of two creations at once, one is refused', async () => {
    await using given = await setUp();
    const both = await Promise.allSettled([given.create(), given.create()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('a mapping on its way is in use', async () => {
    await using given = await setUp();
    const UUID = await created(given);
    const { storage } = given.aws.stack;
    const place = ['lambda/mappings', '000000000000/us-east-1', UUID] as const;
    const row = await storage.get(...place);
    const value = JSON.stringify({ ...JSON.parse(row?.value ?? ''), state: 'Updating' });
    const [table, partition, key] = place;
    await storage.commit([{ kind: 'put', table, partition, key, value }]);
    for (const [operation, verb] of [
      ['UpdateEventSourceMapping', 'update'],
      ['DeleteEventSourceMapping', 'delete'],
    ] as const) {
      expect(await given.aws.fails('lambda', operation, { UUID })).toMatchObject({
        code: 'ResourceInUseException',
        message: `Cannot ${verb} the event source mapping because it is in use.`,
      });
    }
  });

  test('what only streams and brokers know is refused, but for empty values', async () => {
    await using given = await setUp();
    const unsupported = (name: string) =>
      invalid(`Unsupported ${name} parameter for given event source mapping type.`);
    for (const [name, value] of [
      ['ParallelizationFactor', 2],
      ['MaximumRetryAttempts', 1],
      ['BisectBatchOnFunctionError', true],
      ['TumblingWindowInSeconds', 30],
      ['Topics', ['topic']],
      ['DestinationConfig', { OnFailure: { Destination: given.queue.arn } }],
    ] as const) {
      expect(await given.fails({ [name]: value })).toMatchObject(unsupported(name));
    }
    expect(await given.fails({ StartingPosition: 'LATEST' })).toMatchObject(
      invalid('StartingPosition is not valid for SQS event sources.'),
    );
    await given.create({ DestinationConfig: { OnFailure: {} } });
  });

  test('sources that are not built are named', async () => {
    await using given = await setUp();
    const cluster = 'arn:aws:kafka:us-east-1:000000000000:cluster/c/1';
    expect(await given.fails({ EventSourceArn: cluster })).toMatchObject({
      code: 'NotImplemented',
      message: 'millrace has not built event source mappings of Amazon MSK yet.',
    });
    const bucket = 'arn:aws:s3:::bucket';
    expect(await given.fails({ EventSourceArn: bucket })).toMatchObject(
      invalid('Unrecognized event source, must be kinesis, dynamodb stream or sqs.'),
    );
  });

  test('a filter must be a pattern', async () => {
    await using given = await setUp();
    for (const Pattern of ['{"body":"a"}', 'no JSON', '{}']) {
      const criteria = { FilterCriteria: { Filters: [{ Pattern }] } };
      expect(await given.fails(criteria)).toMatchObject(
        invalid('Invalid filter pattern definition.'),
      );
    }
  });
});

describe('limits', () => {
  test('large batches need a window, and FIFO queues know neither', async () => {
    await using given = await setUp();
    const window = 'Maximum batch window in seconds must be greater than 0';
    expect((await given.fails({ BatchSize: 11 })).message).toBe(
      `${window} if maximum batch size is greater than 10`,
    );
    await given.create({ BatchSize: 10_000, MaximumBatchingWindowInSeconds: 300 });

    await using ordered = await setUp('orders.fifo');
    expect((await ordered.fails({ MaximumBatchingWindowInSeconds: 1 })).message).toBe(
      'Batching window is not supported for FIFO queues',
    );
    expect((await ordered.fails({ BatchSize: 11 })).code).toBe('InvalidParameterValueException');
    await ordered.create({ BatchSize: 10 });
  });

  test('concurrency is 2 to 1,000, and pollers 2 to 200 and 2 to 2,000, but not both', async () => {
    await using given = await setUp();
    for (const wrong of [
      { ScalingConfig: { MaximumConcurrency: 1 } },
      { ScalingConfig: { MaximumConcurrency: 1_001 } },
      { ProvisionedPollerConfig: { MinimumPollers: 1 } },
      { ProvisionedPollerConfig: { MaximumPollers: 2_001 } },
      { ProvisionedPollerConfig: { MinimumPollers: 9, MaximumPollers: 8 } },
      { ProvisionedPollerConfig: { MinimumPollers: 2 }, ScalingConfig: { MaximumConcurrency: 2 } },
    ]) {
      expect((await given.fails(wrong)).status).toBe(400);
    }
    await given.create({ ScalingConfig: { MaximumConcurrency: 1_000 } });
  });

  test('there are ten filters at most', async () => {
    await using given = await setUp();
    const filters = (count: number) => ({
      FilterCriteria: {
        Filters: Array.from({ length: count }, (_, at) => ({ Pattern: `{"body":["${at}"]}` })),
      },
    });
    expect((await given.fails(filters(11))).code).toBe('InvalidParameterValueException');
    await given.create(filters(10));
  });
});
