/** Strict auth as SDKs, links, operators and strangers meet it. */
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.ts';
import { changeKey, createKey } from '../../src/access/key-admin.ts';
import type { VirtualClock } from '../../src/core/clock.ts';
import { accessFromEnvironment } from '../../src/server/auth-start.ts';
import { signatureHeaders } from '../../src/server/signature-sign.ts';
import { allServices } from '../../src/services/all.ts';
import { type Key, presigner } from '../access/requests.ts';
import { ask, NOW, type Wired, wired } from './stack.ts';

const ROOT: Key = {
  accessKeyId: 'AKIAROOTROOTROOTROOT',
  secretAccessKey: 'the secret of the root of the account',
};

const strict = () => wired(allServices, { auth: 'strict', access: { rootKey: ROOT } });

function configuration(at: Wired, credentials: Key) {
  const { endpoint } = at.served;
  return { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
}

/** A client that is closed when the test is over. */
function using<Client extends { destroy(): void }>(client: Client): Client & Disposable {
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}

async function userKey(at: Wired, user: string, statement?: object): Promise<Key> {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statement ?? [] });
  const policies = statement && [{ name: 'own', document }];
  const order = { account: '000000000000', user, policies };
  return createKey(accessOf(at.stack), at.stack.ids, NOW, order);
}

const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };

describe('answers', () => {
  test('AWS SDKs of every service are let in', async () => {
    await using at = await strict();
    const how = configuration(at, ROOT);
    using sqs = using(new SQSClient(how));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'a-b' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'häß / ☃' }));
    using sns = using(new SNSClient(how));
    expect((await sns.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
    using events = using(new EventBridgeClient(how));
    const Entries = [{ Source: 'shop', DetailType: 'x', Detail: '{"a":"ü"}' }];
    expect((await events.send(new PutEventsCommand({ Entries }))).FailedEntryCount).toBe(0);
    using dynamodb = using(new DynamoDBClient(how));
    expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    using kinesis = using(new KinesisClient(how));
    expect((await kinesis.send(new ListStreamsCommand({}))).StreamNames).toEqual([]);
    using lambda = using(new LambdaClient(how));
    expect((await lambda.send(new ListFunctionsCommand({ MaxItems: 3 }))).Functions).toEqual([]);
    using sts = using(new STSClient(how));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('000000000000');
  });

  test('a user is told who he is, whatever his policies', async () => {
    await using at = await strict();
    using sts = using(new STSClient(configuration(at, await userKey(at, 'alice'))));
    const { Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe('arn:aws:iam::000000000000:user/alice');
    expect(UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
  });

  test('a session of a key works until it runs out, or its key is disabled', async () => {
    await using at = await strict();
    const parent = await userKey(at, 'alice', ALL);
    using first = using(new STSClient(configuration(at, parent)));
    const { Credentials: made } = await first.send(
      new GetSessionTokenCommand({ DurationSeconds: 900 }),
    );
    const session = {
      accessKeyId: made?.AccessKeyId ?? '',
      secretAccessKey: made?.SecretAccessKey ?? '',
      sessionToken: made?.SessionToken ?? '',
    };
    const who = async (key: Key) => {
      using client = using(new STSClient(configuration(at, key)));
      return client.send(new GetCallerIdentityCommand({}));
    };
    expect((await who(session)).Arn).toBe('arn:aws:iam::000000000000:user/alice');
    const { sessionToken: _none, ...withoutToken } = session;
    await expect(who(withoutToken)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await changeKey(accessOf(at.stack), parent.accessKeyId, 'disable');
    await expect(who(session)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await changeKey(accessOf(at.stack), parent.accessKeyId, 'enable');
    await (at.stack.clock as VirtualClock).advanceTo(NOW + 900_000, async () => {});
    await expect(who(session)).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  test('a presigned request works for as long as it says', async () => {
    await using at = await strict();
    const signer = presigner(ROOT);
    const { host, hostname, port } = new URL(at.served.endpoint);
    const asked = {
      method: 'GET',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host },
    };
    const get = async (madeAtMs: number, expiresIn: number, change = (text: string) => text) => {
      const signingDate = new Date(madeAtMs);
      const made = await signer.presign(asked as never, { expiresIn, signingDate });
      const query = new URLSearchParams(made.query as Record<string, string>).toString();
      return ask(at, `/?${change(query)}`);
    };
    expect((await get(Date.now(), 60)).body).toContain('<Account>000000000000</Account>');
    // Long past the five minutes of others.
    expect((await get(Date.now() - 3_000_000, 3600)).status).toBe(200);
    const late = await get(Date.now() - 120_000, 60);
    expect(late.body).toContain('<Code>SignatureDoesNotMatch</Code>');
    expect(late.body).toContain('Signature expired');
    const longer = (query: string) => query.replace('Expires=60', 'Expires=90');
    expect((await get(Date.now(), 60, longer)).status).toBe(403);
    const other = (query: string) => query.replace('GetCallerIdentity', 'GetSessionToken');
    expect((await get(Date.now(), 60, other)).status).toBe(403);
    const both = await ask(at, `/?X-Amz-Signature=0&Action=GetCallerIdentity`, {
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/sts/aws4_request' },
    });
    expect(both.body).toContain('Only one auth mechanism allowed');
  });

  test('a path without a key is for health and certificates alone', async () => {
    await using at = await strict();
    for (const path of ['/livez', '/readyz', '/health', '/version', '/_localstack/health']) {
      expect((await ask(at, path)).status, path).toBe(200);
    }
    const paths = [...at.stack.routes.keys(), '/_millrace/v1/status', '/_millrace/v1/keys'];
    for (const path of paths.filter((one) => one.startsWith('/_'))) {
      if (/^\/_(lambda-url|millrace\/sns|millrace\/v1\/lambda\/code)/.test(path)) continue;
      const told = await ask(at, path.endsWith('/') ? `${path}x` : path);
      expect({ path, status: told.status }).toEqual({ path, status: 403 });
    }
  });
});

describe('operators', () => {
  const get = (at: Wired, key: Key, path: string, method = 'GET', body = '') => {
    const url = new URL(path, at.served.endpoint);
    const scope = { service: 'millrace', region: 'us-east-1', nowMs: Date.now() };
    const headers = signatureHeaders({ method, url, body }, key, scope);
    return ask(at, path, {
      method,
      headers: { ...headers, 'content-length': `${body.length}` },
      body,
    });
  };

  test('the root sees status, and makes and takes keys', async () => {
    await using at = await strict();
    expect((await get(at, ROOT, '/_millrace/v1/status')).json.services).toContain('sts');
    const body = JSON.stringify({ user: 'alice' });
    const made = (await get(at, ROOT, '/_millrace/v1/keys', 'POST', body)).json;
    expect(made).toMatchObject({ user: 'alice', account: '000000000000' });
    const { keys } = (await get(at, ROOT, '/_millrace/v1/keys')).json;
    expect(keys).toMatchObject([{ accessKeyId: made.accessKeyId, status: 'Active' }]);
    expect(JSON.stringify(keys)).not.toContain('ecret');
    const one = `/_millrace/v1/keys/${made.accessKeyId}`;
    expect((await get(at, ROOT, `${one}/disable`, 'POST')).status).toBe(200);
    expect((await get(at, ROOT, one, 'DELETE')).status).toBe(200);
    expect((await get(at, ROOT, one, 'DELETE')).json.message).toContain('no access key');
    expect((await get(at, ROOT, '/_millrace/v1/keys')).json.keys).toEqual([]);
  });

  test('a user needs the leave to operate, and a root of another account has none', async () => {
    await using at = await strict();
    const status = '/_millrace/v1/status';
    const plain = await userKey(at, 'alice', { ...ALL, Action: 'sqs:*' });
    expect((await get(at, plain, status)).json.message).toContain('millrace:Operate');
    const operator = await userKey(at, 'oscar', { ...ALL, Action: 'millrace:Operate' });
    expect((await get(at, operator, status)).status).toBe(200);
    const order = { account: '111111111111' };
    const other = await createKey(accessOf(at.stack), at.stack.ids, NOW, order);
    expect((await get(at, other, status)).status).toBe(403);
  });

  test('policies that are none, and names that are none, are refused', async () => {
    await using at = await strict();
    const refused = async (order: object) =>
      (await get(at, ROOT, '/_millrace/v1/keys', 'POST', JSON.stringify(order))).json.message;
    const bad = [{ name: 'x', document: '{"Statement": {"Effect": "Maybe"}}' }];
    expect(await refused({ user: 'a', policies: bad })).toContain('x: Effect must be');
    expect(await refused({ user: 'a b' })).toContain("A user's name");
    expect(await refused({ account: '12' })).toContain('twelve digits');
    expect(await refused({ policies: [] })).toContain('root needs no policies');
    expect(await refused({ user: 7 })).toContain('The body is');
  });

  test('without strict auth there is no key to be had over HTTP', async () => {
    await using at = await wired(allServices);
    const told = await ask(at, '/_millrace/v1/keys', { method: 'POST', body: '{}' });
    expect(told.status).toBe(403);
    expect(told.json.message).toContain('--auth strict only');
  });
});

describe('starting', () => {
  test('addresses that others reach need strict auth; any host name will do then', async () => {
    await expect(wired(allServices, { host: '0.0.0.0' })).rejects.toThrow('--auth strict');
    await using at = await wired(allServices, {
      host: '0.0.0.0',
      auth: 'strict',
      access: { rootKey: ROOT },
    });
    expect((await ask(at, '/livez', { headers: { host: 'queues.example.com' } })).status).toBe(200);
    const odd = await ask(at, '/livez', { headers: { host: 'a b' } });
    expect(odd.status).toBe(403);
    const page = { origin: 'https://evil.example.com' };
    expect((await ask(at, '/livez', { headers: page })).status).toBe(403);
  });

  test('who has no key is told in the log, and a weak one is refused', async () => {
    await using at = await wired(allServices, { auth: 'strict', access: {} });
    expect(at.logged.join()).toContain('Nobody has a key');
    const weak = { rootKey: { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: 'short' } };
    await expect(wired(allServices, { auth: 'strict', access: weak })).rejects.toThrow('secret');
    const odd = { rootKey: { accessKeyId: 'root', secretAccessKey: 'x'.repeat(40) } };
    await expect(wired(allServices, { access: odd })).rejects.toThrow('access key id');
    const shared = { auth: 'strict', access: {}, data: 'postgres://db/x' } as const;
    await expect(wired(allServices, shared)).rejects.toThrow('MILLRACE_SECRETS_KEY');
  });

  test('a root key of the environment comes with its secret', () => {
    const id = { MILLRACE_ROOT_ACCESS_KEY_ID: 'AKIAROOTROOTROOTROOT' };
    expect(() => accessFromEnvironment(id)).toThrow('one is missing');
    const both = { ...id, MILLRACE_ROOT_SECRET_ACCESS_KEY: 'secret' };
    expect(accessFromEnvironment(both).rootKey).toEqual({
      accessKeyId: 'AKIAROOTROOTROOTROOT',
      secretAccessKey: 'secret',
    });
    expect(accessFromEnvironment({})).toEqual({});
  });
});

describe('refusals', () => {
  const wrong = { ...ROOT, secretAccessKey: 'wrong' };

  test('each service says it in its own words', async () => {
    await using at = await strict();
    const how = configuration(at, wrong);
    using dynamodb = using(new DynamoDBClient(how));
    await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 400 },
    });
    using sns = using(new SNSClient(how));
    await expect(sns.send(new ListTopicsCommand({}))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    });
    using lambda = using(new LambdaClient(how));
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    });
    using sqs = using(
      new SQSClient({ ...how, credentials: { ...ROOT, accessKeyId: 'AKIANOBODYNOBODYNOBO' } }),
    );
    await expect(sqs.send(new CreateQueueCommand({ QueueName: 'a' }))).rejects.toMatchObject({
      message: 'The security token included in the request is invalid.',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('no role can be assumed, and it is said why', async () => {
    await using at = await strict();
    using sts = using(new STSClient(configuration(at, ROOT)));
    const input = { RoleArn: 'arn:aws:iam::000000000000:role/x', RoleSessionName: 'me' };
    await expect(sts.send(new AssumeRoleCommand(input))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('millrace has not built roles'),
    });
  });

  test('a user may do what his policies allow, and is told what they do not', async () => {
    await using at = await strict();
    const key = await userKey(at, 'alice', {
      ...ALL,
      Action: ['sqs:CreateQueue', 'dynamodb:*'],
      Resource: ['arn:aws:sqs:us-east-1:*:alice-*', 'arn:aws:dynamodb:*:*:table/alice'],
    });
    const how = configuration(at, key);
    using sqs = using(new SQSClient(how));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'alice-1' }));
    await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))).rejects.toThrow(
      'User: arn:aws:iam::000000000000:user/alice is not authorized to perform: sqs:sendmessage ' +
        'on resource: arn:aws:sqs:us-east-1:000000000000:alice-1 because no identity-based ' +
        'policy allows the sqs:sendmessage action',
    );
    using dynamodb = using(new DynamoDBClient(how));
    const table = {
      TableName: 'bob',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
      BillingMode: 'PAY_PER_REQUEST' as const,
    };
    await expect(dynamodb.send(new CreateTableCommand(table))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('dynamodb:CreateTable on resource: arn:aws:dynamodb:'),
    });
    await dynamodb.send(new CreateTableCommand({ ...table, TableName: 'alice' }));
    using sns = using(new SNSClient(how));
    await expect(sns.send(new ListTopicsCommand({}))).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
    });
  });

  test('only what would be refused is logged when IAM is to log', async () => {
    await using at = await wired(allServices, {
      auth: 'strict',
      iam: 'log',
      access: { rootKey: ROOT },
    });
    using sqs = using(new SQSClient(configuration(at, await userKey(at, 'alice'))));
    await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    expect(at.logged.join('\n')).toContain(
      'IAM would refuse this: User: arn:aws:iam::000000000000',
    );
  });
});

test('figures are for operators, and for who shows their token', async () => {
  const metricsToken = 'a token of some length';
  await using at = await wired(allServices, {
    auth: 'strict',
    access: { rootKey: ROOT, metricsToken },
  });
  const asked = async (path: string, authorization: string) =>
    (await ask(at, path, { headers: { authorization } })).status;
  expect(await asked('/metrics', `Bearer ${metricsToken}`)).toBe(200);
  expect(await asked('/_millrace/metrics', `Bearer ${metricsToken}`)).toBe(200);
  expect(await asked('/metrics', 'Bearer another token')).toBe(400);
  expect(await asked('/_millrace/v1/status', `Bearer ${metricsToken}`)).toBe(400);
  await expect(
    wired(allServices, { auth: 'strict', access: { rootKey: ROOT, metricsToken: 'short' } }),
  ).rejects.toThrow('MILLRACE_METRICS_TOKEN has less than 16 characters.');
});
