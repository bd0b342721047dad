import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';

const Name = 'd';

async function connection(aws: Suite, name = 'c'): Promise<string> {
  const { ConnectionArn = '' } = await aws.call('events', 'CreateConnection', {
    Name: name,
    AuthorizationType: 'BASIC',
    AuthParameters: { BasicAuthParameters: { Username: 'u', Password: 'p' } },
  });
  return ConnectionArn;
}

function destination(ConnectionArn: string, more: object = {}) {
  const InvocationEndpoint = 'https://example.com/*/hook';
  return { Name, ConnectionArn, InvocationEndpoint, HttpMethod: 'POST', ...more } as const;
}

describe('answers', () => {
  test('a destination is described as it was made', async () => {
    await using aws = await startSuite();
    const input = destination(await connection(aws), { Description: 'x' });
    const created = await aws.call('events', 'CreateApiDestination', input);
    const now = aws.clock.now();
    expect(created).toEqual({
      ApiDestinationArn: expect.stringMatching(
        /^arn:aws:events:us-east-1:000000000000:api-destination\/d\/[0-9a-f-]{36}$/,
      ),
      ApiDestinationState: 'ACTIVE',
      CreationTime: now,
      LastModifiedTime: now,
    });
    expect(await aws.call('events', 'DescribeApiDestination', { Name })).toEqual({
      ...created,
      ...input,
      InvocationRateLimitPerSecond: 300,
    });
  });

  test('an update changes what it names', async () => {
    await using aws = await startSuite();
    const input = destination(await connection(aws), { Description: 'x' });
    await aws.call('events', 'CreateApiDestination', input);
    const update = { Name, HttpMethod: 'PUT', InvocationRateLimitPerSecond: 5 } as const;
    await aws.call('events', 'UpdateApiDestination', update);
    expect(await aws.call('events', 'DescribeApiDestination', { Name })).toMatchObject({
      ...input,
      ...update,
    });
  });

  test('without an authorised connection a destination is inactive', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateApiDestination', destination(await connection(aws)));
    const state = async () =>
      (await aws.call('events', 'DescribeApiDestination', { Name })).ApiDestinationState;
    await aws.call('events', 'DeauthorizeConnection', { Name: 'c' });
    expect(await state()).toBe('INACTIVE');
    await aws.call('events', 'UpdateConnection', {
      Name: 'c',
      AuthParameters: { BasicAuthParameters: { Username: 'u', Password: 'p' } },
    });
    expect(await state()).toBe('ACTIVE');
    await aws.call('events', 'DeleteConnection', { Name: 'c' });
    expect(await state()).toBe('INACTIVE');
    await connection(aws);
    expect(await state()).toBe('INACTIVE');
  });

  test('destinations are listed by prefix and connection', async () => {
    await using aws = await startSuite();
    const [c1, c2] = [await connection(aws, 'c1'), await connection(aws, 'c2')];
    const create = (name: string, arn: string) =>
      aws.call('events', 'CreateApiDestination', destination(arn, { Name: name }));
    await create('a1', c1);
    await create('a2', c2);
    await create('b', c2);
    const names = async (input: object) =>
      (await aws.call('events', 'ListApiDestinations', input)).ApiDestinations?.map(
        (one) => one.Name,
      );
    expect(await names({ NamePrefix: 'a' })).toEqual(['a1', 'a2']);
    expect(await names({ ConnectionArn: c2 })).toEqual(['a2', 'b']);
    await aws.call('events', 'DeleteApiDestination', { Name: 'b' });
    expect(await names({})).toEqual(['a1', 'a2']);
  });
});

describe('refusals', () => {
  test('a destination is not made twice, and needs a connection', async () => {
    await using aws = await startSuite();
    const input = destination(await connection(aws));
    await aws.call('events', 'CreateApiDestination', input);
    expect(await aws.fails('events', 'CreateApiDestination', input)).toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: "An api-destination 'd' already exists.",
    });
    const arn = 'arn:aws:events:us-east-1:000000000000:connection/x/0';
    const other = destination(arn, { Name: 'e' });
    expect(await aws.fails('events', 'CreateApiDestination', other)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Connection '${arn}' does not exist.`,
    });
  });

  test('a destination that is not there is told by its name', async () => {
    await using aws = await startSuite();
    const operations = [
      'DescribeApiDestination',
      'UpdateApiDestination',
      'DeleteApiDestination',
    ] as const;
    for (const operation of operations) {
      expect(await aws.fails('events', operation, { Name })).toMatchObject({
        code: 'ResourceNotFoundException',
        message:
          "Failed to describe the api-destination(s). An api-destination 'd' does not exist.",
      });
    }
  });

  test('an endpoint speaks https, unless it is on this machine', async () => {
    await using aws = await startSuite();
    const at = async (InvocationEndpoint: string) =>
      destination(await connection(aws, InvocationEndpoint.replace(/\W/g, '')), {
        InvocationEndpoint,
      });
    const plain = await aws.fails(
      'events',
      'CreateApiDestination',
      await at('http://example.com/'),
    );
    expect(plain.code).toBe('ValidationException');
    await aws.call('events', 'CreateApiDestination', await at('http://127.0.0.1:9/'));
  });
});

describe('limits', () => {
  test('a rate is at least one request per second', async () => {
    await using aws = await startSuite();
    const input = destination(await connection(aws), { InvocationRateLimitPerSecond: 0 });
    expect((await aws.fails('events', 'CreateApiDestination', input)).message).toContain(
      'Member must have value greater than or equal to 1',
    );
  });
});
