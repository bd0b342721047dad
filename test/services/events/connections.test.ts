import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { listen } from './listener.ts';

const basic = {
  Name: 'c',
  AuthorizationType: 'BASIC',
  AuthParameters: { BasicAuthParameters: { Username: 'u', Password: 'p' } },
} as const;

function oauth(url: string) {
  return {
    Name: 'c',
    AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
    AuthParameters: {
      OAuthParameters: {
        ClientParameters: { ClientID: 'id', ClientSecret: 'hush' },
        AuthorizationEndpoint: `${url}/token`,
        HttpMethod: 'POST',
        OAuthHttpParameters: {
          BodyParameters: [{ Key: 'audience', Value: 'a', IsValueSecret: false }],
        },
      },
    },
  } as const;
}

const Name = 'c';

describe('answers', () => {
  test('name and password are good at once, and the password is never told', async () => {
    await using aws = await startSuite();
    const created = await aws.call('events', 'CreateConnection', { ...basic, Description: 'd' });
    const now = aws.clock.now();
    expect(created).toEqual({
      ConnectionArn: expect.stringMatching(
        /^arn:aws:events:us-east-1:000000000000:connection\/c\/[0-9a-f-]{36}$/,
      ),
      ConnectionState: 'AUTHORIZED',
      CreationTime: now,
      LastModifiedTime: now,
    });
    expect(await aws.call('events', 'DescribeConnection', { Name })).toEqual({
      ...created,
      Name,
      Description: 'd',
      AuthorizationType: 'BASIC',
      SecretArn: expect.stringMatching(/^arn:aws:secretsmanager:.*secret:events!connection\/c\//),
      AuthParameters: { BasicAuthParameters: { Username: 'u' } },
      LastAuthorizedTime: now,
    });
  });

  test('parameters are told, but for those that are secrets', async () => {
    await using aws = await startSuite();
    const InvocationHttpParameters = {
      HeaderParameters: [
        { Key: 'open', Value: '1', IsValueSecret: false },
        { Key: 'shut', Value: '2', IsValueSecret: true },
      ],
    };
    const ApiKeyAuthParameters = { ApiKeyName: 'x-key', ApiKeyValue: 'secret' };
    await aws.call('events', 'CreateConnection', {
      Name,
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters, InvocationHttpParameters },
    });
    const { AuthParameters } = await aws.call('events', 'DescribeConnection', { Name });
    expect(AuthParameters).toEqual({
      ApiKeyAuthParameters: { ApiKeyName: 'x-key' },
      InvocationHttpParameters: {
        HeaderParameters: [
          { Key: 'open', Value: '1', IsValueSecret: false },
          { Key: 'shut', IsValueSecret: true },
        ],
      },
    });
  });

  test('OAuth is authorised when a token has been fetched', async () => {
    await using aws = await startSuite();
    await using server = await listen(() => ({ status: 200, body: '{"access_token":"t"}' }));
    const created = await aws.call('events', 'CreateConnection', oauth(server.url));
    expect(created.ConnectionState).toBe('AUTHORIZING');
    await aws.settled();
    const described = await aws.call('events', 'DescribeConnection', { Name });
    expect(described).toMatchObject({
      ConnectionState: 'AUTHORIZED',
      AuthParameters: {
        OAuthParameters: {
          ClientParameters: { ClientID: 'id' },
          AuthorizationEndpoint: `${server.url}/token`,
          HttpMethod: 'POST',
        },
      },
    });
    expect(JSON.stringify(described)).not.toContain('hush');
    expect(server.heard).toHaveLength(1);
    expect(server.heard[0]?.headers.authorization).toBe(`Basic ${btoa('id:hush')}`);
    expect(Object.fromEntries(new URLSearchParams(server.heard[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'id',
      client_secret: 'hush',
      audience: 'a',
    });
  });

  test('OAuth that is refused is deauthorised, and says why', async () => {
    await using aws = await startSuite();
    await using server = await listen(() => ({ status: 403 }));
    await aws.call('events', 'CreateConnection', oauth(server.url));
    await aws.settled();
    expect(await aws.call('events', 'DescribeConnection', { Name })).toMatchObject({
      ConnectionState: 'DEAUTHORIZED',
      StateReason: 'The authorization endpoint answered with status 403.',
    });
  });

  test('an authorization server that stumbles is asked again', async () => {
    await using aws = await startSuite();
    let asked = 0;
    await using server = await listen(() => {
      asked += 1;
      return asked < 3 ? { status: 503 } : { status: 200, body: '{"access_token":"t"}' };
    });
    await aws.call('events', 'CreateConnection', oauth(server.url));
    await aws.settled();
    const { ConnectionState } = await aws.call('events', 'DescribeConnection', { Name });
    expect([ConnectionState, asked]).toEqual(['AUTHORIZED', 3]);
  });

  test('an update changes what it names', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateConnection', { ...basic, Description: 'd' });
    await aws.call('events', 'UpdateConnection', {
      Name,
      AuthParameters: { BasicAuthParameters: { Username: 'v' } },
    });
    expect(await aws.call('events', 'DescribeConnection', { Name })).toMatchObject({
      Description: 'd',
      AuthParameters: { BasicAuthParameters: { Username: 'v' } },
    });
    await aws.call('events', 'UpdateConnection', {
      Name,
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'k', ApiKeyValue: 'v' } },
    });
    const { AuthorizationType } = await aws.call('events', 'DescribeConnection', { Name });
    expect(AuthorizationType).toBe('API_KEY');
  });

  test('a connection is deauthorised and deleted', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateConnection', basic);
    const off = await aws.call('events', 'DeauthorizeConnection', { Name });
    expect(off.ConnectionState).toBe('DEAUTHORIZED');
    const gone = await aws.call('events', 'DeleteConnection', { Name });
    expect(gone.ConnectionState).toBe('DELETING');
    expect((await aws.call('events', 'ListConnections', {})).Connections).toEqual([]);
  });

  test('connections are listed by prefix and state', async () => {
    await using aws = await startSuite();
    for (const name of ['a1', 'a2', 'b']) {
      await aws.call('events', 'CreateConnection', { ...basic, Name: name });
    }
    await aws.call('events', 'DeauthorizeConnection', { Name: 'a2' });
    const names = async (input: object) =>
      (await aws.call('events', 'ListConnections', input)).Connections?.map((one) => one.Name);
    expect(await names({ NamePrefix: 'a' })).toEqual(['a1', 'a2']);
    expect(await names({ ConnectionState: 'AUTHORIZED' })).toEqual(['a1', 'b']);
    const { NextToken } = await aws.call('events', 'ListConnections', { Limit: 2 });
    expect(await names({ Limit: 2, NextToken })).toEqual(['b']);
  });
});

describe('refusals', () => {
  test('a connection is not made twice', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateConnection', basic);
    expect(await aws.fails('events', 'CreateConnection', basic)).toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'Connection c already exists.',
    });
  });

  test('a connection that is not there is told by its name', async () => {
    await using aws = await startSuite();
    const operations = [
      'DescribeConnection',
      'UpdateConnection',
      'DeauthorizeConnection',
      'DeleteConnection',
    ] as const;
    for (const operation of operations) {
      expect(await aws.fails('events', operation, { Name })).toMatchObject({
        code: 'ResourceNotFoundException',
        message: "Failed to describe the connection(s). Connection 'c' does not exist.",
      });
    }
  });

  test('the parameters must be those of the type', async () => {
    await using aws = await startSuite();
    const input = { ...basic, AuthorizationType: 'API_KEY' };
    expect(await aws.fails('events', 'CreateConnection', input)).toMatchObject({
      code: 'ValidationException',
      message:
        'Parameter AuthParameters is not valid. Reason: ApiKeyAuthParameters must be specified ' +
        'for the authorization type API_KEY.',
    });
  });

  test('private endpoints are refused by name', async () => {
    await using aws = await startSuite();
    const ResourceConfigurationArn =
      'arn:aws:vpc-lattice:us-east-1:000000000000:resourceconfiguration/rcfg-0123456789abcdef0';
    const InvocationConnectivityParameters = { ResourceParameters: { ResourceConfigurationArn } };
    const input = { ...basic, InvocationConnectivityParameters };
    expect(await aws.fails('events', 'CreateConnection', input)).toMatchObject({
      message: 'millrace has not built connections to private endpoints yet.',
    });
  });
});
