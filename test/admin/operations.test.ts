/** AWS's operations as plain JSON, past the gates of the wire. */
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.ts';
import { createKey } from '../../src/access/key-admin.ts';
import { signatureHeaders } from '../../src/server/signature-sign.ts';
import { allServices } from '../../src/services/all.ts';
import { startAws } from '../../src/testing/index.ts';
import type { Key } from '../access/requests.ts';
import { ask, NOW, type Wired, wired } from '../server/stack.ts';
import { posted } from './posted.ts';

const operate = (aws: { endpoint: string }, path: string, input: unknown) =>
  posted(aws, `operations/${path}`, input);

describe('answers', () => {
  test('an input is read and an output written in the spelling of the model', async () => {
    await using aws = await startAws();
    await operate(aws, 'kinesis/CreateStream', { StreamName: 's', ShardCount: 1 });
    await aws.settled();
    const Data = Buffer.from('häß').toString('base64');
    const put = { StreamName: 's', Data, PartitionKey: 'k' };
    const { body } = await operate(aws, 'kinesis/PutRecord', put);
    expect(body).toEqual({
      output: { ShardId: 'shardId-000000000000', SequenceNumber: expect.any(String) },
    });
    const at = { StreamName: 's', ShardId: 'shardId-000000000000' };
    const since = { ...at, ShardIteratorType: 'AT_TIMESTAMP', Timestamp: '2026-01-15T00:00:00Z' };
    const iterator = await operate(aws, 'kinesis/GetShardIterator', since);
    const { ShardIterator } = iterator.output;
    const { output } = await operate(aws, 'kinesis/GetRecords', { ShardIterator });
    const ApproximateArrivalTimestamp = Date.parse('2026-01-15T10:00:00Z') / 1000;
    expect(output.Records).toMatchObject([{ Data, ApproximateArrivalTimestamp }]);
  });

  test('members that REST carries in path, query or headers are members here', async () => {
    await using aws = await startAws();
    await aws.lambda('f', async (event: unknown) => ({ got: event }));
    const Payload = Buffer.from('{"a":1}').toString('base64');
    const { output } = await operate(aws, 'lambda/Invoke', { FunctionName: 'f', Payload });
    expect(output).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(Buffer.from(String(output.Payload), 'base64').toString()).toBe('{"got":{"a":1}}');
    const listed = await operate(aws, 'lambda/ListFunctions', { MaxItems: 1 });
    expect(listed.output.Functions).toMatchObject([{ FunctionName: 'f' }]);
  });

  test('answers that are JSON text already are the same here', async () => {
    await using aws = await startAws();
    await operate(aws, 'dynamodb/CreateTable', {
      TableName: 'things',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    await aws.settled();
    const Item = { id: { S: '1' }, bytes: { B: 'AAE=' } };
    await operate(aws, 'dynamodb/PutItem', { TableName: 'things', Item });
    const { output } = await operate(aws, 'dynamodb/GetItem', {
      TableName: 'things',
      Key: { id: { S: '1' } },
    });
    expect(output).toEqual({ Item });
  });

  test('account and Region are those that are asked for', async () => {
    await using aws = await startAws();
    const path = 'sqs/CreateQueue?account=111111111111&region=eu-west-1';
    await operate(aws, path, { QueueName: 'q' });
    const there = 'sqs/GetQueueAttributes?account=111111111111&region=eu-west-1';
    const asked = { QueueUrl: 'q', AttributeNames: ['QueueArn'] };
    const { output } = await operate(aws, there, asked);
    const QueueArn = 'arn:aws:sqs:eu-west-1:111111111111:q';
    expect(output.Attributes).toEqual({ QueueArn });
    expect((await operate(aws, 'sqs/GetQueueAttributes', asked)).status).toBe(400);
  });
});

describe('refusals', () => {
  test("have AWS's code, words and status", async () => {
    await using aws = await startAws();
    expect(await operate(aws, 'lambda/GetFunction', { FunctionName: 'none' })).toMatchObject({
      status: 404,
      body: {
        code: 'ResourceNotFoundException',
        message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:none',
      },
    });
    expect(await operate(aws, 'events/PutRule', {})).toMatchObject({
      status: 400,
      body: { code: 'ValidationException', message: expect.stringContaining("at 'name'") },
    });
  });

  test('what the model does not have is refused and changes nothing', async () => {
    await using aws = await startAws();
    const misspelt = await operate(aws, 'sqs/CreateQueue', { QueueName: 'q', Atributes: {} });
    expect(misspelt).toMatchObject({ status: 400, body: { code: 'SerializationException' } });
    expect(misspelt.body.message).toMatch(/no member "Atributes".*QueueName, Attributes, tags/);
    const { output } = await operate(aws, 'sqs/ListQueues', {});
    expect(output.QueueUrls ?? []).toEqual([]);
    const wrong = await operate(aws, 'kinesis/PutRecord', { Data: 'no base64!' });
    expect(wrong.body.message).toBe('Blobs must be base64.');
  });

  test('unknown operations, streams of events and other bodies are told apart', async () => {
    await using aws = await startAws();
    expect(await operate(aws, 'sqs/DoThings', {})).toMatchObject({
      status: 404,
      body: { code: 'UnknownOperationException', message: expect.stringContaining('DoThings') },
    });
    expect((await operate(aws, 'nothing/ListThings', {})).status).toBe(404);
    expect((await operate(aws, 'sqs', {})).status).toBe(404);
    expect(await operate(aws, 'iam/ListUsers', {})).toMatchObject({ status: 501 });
    const stream = await operate(aws, 'kinesis/SubscribeToShard', {});
    expect(stream.body.message).toContain('stream of events');
    expect((await operate(aws, 'sqs/ListQueues', [])).status).toBe(400);
    const looked = await fetch(`${aws.endpoint}/_millrace/v1/operations/sqs/ListQueues`);
    expect(looked.status).toBe(405);
    const form = { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } };
    const sent = await fetch(`${aws.endpoint}/_millrace/v1/operations/sqs/ListQueues`, form);
    expect(sent.status).toBe(415);
  });
});

const ROOT: Key = {
  accessKeyId: 'AKIAROOTROOTROOTROOT',
  secretAccessKey: 'the secret of the root of the account',
};

describe('where signatures are checked', () => {
  const strict = () => wired(allServices, { auth: 'strict', access: { rootKey: ROOT } });

  function signed(at: Wired, key: Key, path: string, input: object) {
    const url = new URL(`${at.served.endpoint}/_millrace/v1/operations/${path}`);
    const body = JSON.stringify(input);
    const scope = { service: 'millrace', region: 'us-east-1', nowMs: Date.now() };
    const headers = signatureHeaders({ method: 'POST', url, body }, key, scope);
    const type = { 'content-type': 'application/json' };
    const options = { method: 'POST', headers: { ...headers, ...type }, body };
    return ask(at, url.pathname + url.search, options);
  }

  async function operator(at: Wired, ...statements: readonly object[]): Promise<Key> {
    const operates = { Effect: 'Allow', Action: 'millrace:Operate', Resource: '*' };
    const policy = { Version: '2012-10-17', Statement: [operates, ...statements] };
    const policies = [{ name: 'own', document: JSON.stringify(policy) }];
    const order = { account: '000000000000', user: 'olga', policies };
    return createKey(accessOf(at.stack), at.stack.ids, NOW, order);
  }

  const QUEUES = 'arn:aws:sqs:us-east-1:000000000000:olga-*';

  test("an operator is bound by the same policies as on the service's own wire", async () => {
    await using at = await strict();
    const key = await operator(at, { Effect: 'Allow', Action: 'sqs:*', Resource: QUEUES });
    const own = await signed(at, key, 'sqs/CreateQueue', { QueueName: 'olga-1' });
    expect(own).toMatchObject({ status: 200, json: { output: {} } });
    const other = await signed(at, key, 'sqs/CreateQueue', { QueueName: 'others' });
    expect(other).toMatchObject({ status: 403, json: { code: 'AccessDenied' } });
    expect(other.json.message).toMatch(
      /^User: arn:aws:iam::000000000000:user\/olga is not authorized to perform: sqs:createqueue/,
    );
  });

  test('only the root may act in another account', async () => {
    await using at = await strict();
    const all = { Effect: 'Allow', Action: '*', Resource: '*' };
    const key = await operator(at, all);
    const path = 'sqs/CreateQueue?account=111111111111';
    const refused = await signed(at, key, path, { QueueName: 'q' });
    expect(refused).toMatchObject({ status: 403, json: { code: 'AccessDeniedException' } });
    const root = await signed(at, ROOT, path, { QueueName: 'q' });
    expect(JSON.stringify(root.json)).toContain('/111111111111/q');
  });

  test('who has not signed, or is no operator, is let in nowhere', async () => {
    await using at = await strict();
    const path = '/_millrace/v1/operations/sqs/ListQueues';
    const headers = { 'content-type': 'application/json' };
    expect((await ask(at, path, { method: 'POST', headers, body: '{}' })).status).toBe(403);
  });
});
