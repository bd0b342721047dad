/** `millrace trace`, `tail`, `dlq` and `send`, as processes that ask a server. */
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateStreamCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../bench/servers.ts';
import type { Published, Sent } from '../../src/admin-api/index.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { allServices } from '../../src/services/all.ts';
import { type Aws, startAws } from '../../src/testing/index.ts';
import { openPort } from '../server/fixture.ts';
import { wired } from '../server/stack.ts';
import { type Ended, folder, type Running, run } from './millrace.ts';

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:us-east-1:000000000000:${resource}`;
const QUEUE = arn('sqs', 'orders');

function millrace(aws: Pick<Aws, 'endpoint'>, ...args: readonly string[]): Promise<Ended> {
  return run([...args, '--endpoint', aws.endpoint]).ended;
}

async function withQueue(...names: readonly string[]): Promise<Aws> {
  const aws = await startAws();
  const sqs = aws.client(SQSClient);
  for (const QueueName of ['orders', ...names]) {
    await sqs.send(new CreateQueueCommand({ QueueName }));
  }
  return aws;
}

async function sent(aws: Aws, MessageBody: string): Promise<string> {
  const command = new SendMessageCommand({ QueueUrl: 'orders', MessageBody });
  return (await aws.client(SQSClient).send(command)).MessageId ?? '';
}

async function bodies(aws: Aws, QueueUrl: string): Promise<readonly unknown[]> {
  const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
  const { Messages = [] } = await aws.client(SQSClient).send(receive);
  return Messages.map(({ Body }) => Body);
}

describe('trace', () => {
  test('draws what a message led to, as text, as a diagram and as JSON', async () => {
    await using aws = await withQueue();
    const id = await sent(aws, 'order 7');
    await bodies(aws, 'orders');
    const text = await millrace(aws, 'trace', id);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(new RegExp(`^${id} at sqs.*orders\\n .*received from`));
    const diagram = await millrace(aws, 'trace', id, '--mermaid');
    expect(diagram.stdout).toMatch(/^sequenceDiagram\n/);
    const json = await millrace(aws, 'trace', id, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ id, tree: { arn: QUEUE } });
  });

  test('ends with 1 for what nobody knows, and with 3 where no server is', async () => {
    await using aws = await withQueue();
    const unknown = await millrace(aws, 'trace', 'a/b c');
    expect(unknown).toMatchObject({ code: EXIT.failed, stdout: '' });
    expect(unknown.stderr).toBe('millrace: The journal knows of no event a/b c.\n');
    const nobody = await run(['trace', 'x', '--port', String(await freePort())]).ended;
    expect(nobody).toMatchObject({ code: EXIT.unreachable, stdout: '' });
    await using other = await openPort();
    const stranger = await run(['trace', 'x', '--port', String(other.port)]).ended;
    expect(stranger.stdout).toBe('yes');
    await using odd = await openPort({ answer: () => ({ status: 404, headers: [], body: '?' }) });
    const odder = await run(['trace', 'x', '--port', String(odd.port)]).ended;
    expect(odder).toMatchObject({ code: EXIT.unreachable });
    expect(odder.stderr).toContain('is not millrace');
  });
});

describe('send', () => {
  test('a text goes to each kind of place in the form that is usual there', async () => {
    await using aws = await withQueue();
    await aws.client(EventBridgeClient).send(new CreateEventBusCommand({ Name: 'shop' }));
    const stream = new CreateStreamCommand({ StreamName: 's', ShardCount: 1 });
    await aws.client(KinesisClient).send(stream);
    const hello = await aws.lambda('hello', async () => 'hello');
    await aws.settled();
    const queued = await millrace(aws, 'send', QUEUE, '{"order":7}');
    expect(queued).toMatchObject({ code: 0, stderr: '' });
    expect(await aws.trace(queued.stdout.trim())).toBeDefined();
    expect(await bodies(aws, 'orders')).toEqual(['{"order":7}']);
    const record = await millrace(aws, 'send', arn('kinesis', 'stream/s'), 'r', '--group', 'k');
    expect(record.stdout).toMatch(/^shardId-000000000000:\d+\n$/);
    await millrace(aws, 'send', hello.arn, '{"name":"O"}');
    expect(hello.received).toEqual([{ name: 'O' }]);
    const bus = arn('events', 'event-bus/shop');
    const as = ['--source', 'shop', '--detail-type', 'Placed'];
    const event = await millrace(aws, 'send', bus, '{"n":12345678901234567}', ...as, '--json');
    const { id, form }: Sent = JSON.parse(event.stdout);
    expect(form).toBe('event');
    const trace = await aws.trace(id);
    expect(trace?.tree).toMatchObject({ note: 'Placed', arn: bus });
  });

  test('whole content goes as it is, and another edition has the first as its cause', async () => {
    await using aws = await withQueue();
    const content = { MessageBody: 'b', MessageAttributes: { a: attribute('1') } };
    const first = await millrace(aws, 'send', QUEUE, JSON.stringify(content));
    const id = first.stdout.trim();
    const again = await millrace(aws, 'send', QUEUE, 'c', '--again', id);
    const trace = await aws.trace(again.stdout.trim());
    expect(trace?.ancestors.map((one) => one.id)).toEqual([id]);
    expect(await bodies(aws, 'orders')).toEqual(['b', 'c']);
  });

  test('what comes by stdin is sent, and --as prints and sends nothing', async () => {
    await using aws = await withQueue();
    const piped = run(['send', QUEUE, '-', '--endpoint', aws.endpoint], { input: 'from a pipe\n' });
    expect(await piped.ended).toMatchObject({ code: 0 });
    const line = await millrace(aws, 'send', QUEUE, 'x', '--as', 'cli');
    expect(line.stdout).toMatch(/^AWS_ACCESS_KEY_ID=000000000000 .* aws sqs send-message /);
    expect(await bodies(aws, 'orders')).toEqual(['from a pipe']);
  });

  test.each([
    [[arn('sqs', 'none'), 'x'], EXIT.failed, 'queue does not exist'],
    [['orders', 'x'], EXIT.failed, 'orders is no ARN of'],
    [[arn('events', 'event-bus/default'), 'x'], EXIT.usage, '--source and --detail-type'],
    [[QUEUE, 'x', '--source', 's'], EXIT.usage, 'Only events have'],
    [[QUEUE, '{"MessageBody":"b"}', '--group', 'g'], EXIT.usage, 'names its group itself'],
    [[arn('events', 'event-bus/default'), '{}', '--group', 'g'], EXIT.usage, 'has no --group'],
    [[QUEUE, 'x', '--as', 'java'], EXIT.usage, 'Allowed choices are cli, sdk, test'],
  ])('%j ends with %d', async (args, code, why) => {
    await using aws = await withQueue();
    const ended = await millrace(aws, 'send', ...args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(why);
    expect(await bodies(aws, 'orders')).toEqual([]);
  });
});

function attribute(value: string) {
  return { DataType: 'String', StringValue: value };
}

describe('tail', () => {
  test('--once prints what there was, the oldest first, by text, ARN and pattern', async () => {
    await using aws = await withQueue('other');
    await sent(aws, '{"order":7,"by":"Ann"}');
    await sent(aws, '{"order":8}\n\u009b31m');
    const all = await millrace(aws, 'tail', '--once');
    expect(all).toMatchObject({ code: 0, stderr: '' });
    const lines = all.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^2026-01-15T10:00:00.000Z {2}message {7}sqs:orders {2}[0-9a-f-]{36} /,
    );
    expect(lines[1]).not.toContain('\u009b');
    const seven = await millrace(aws, 'tail', '--once', '--json', '--text', 'ANN');
    const [event] = seven.stdout
      .trimEnd()
      .split('\n')
      .map((one): Published => JSON.parse(one));
    expect(event).toMatchObject({ form: 'message', arn: QUEUE });
    const pattern = await millrace(aws, 'tail', '--once', '--pattern', '{"order":[8]}');
    expect(pattern.stdout.trimEnd().split('\n')).toHaveLength(1);
    const elsewhere = await millrace(aws, 'tail', '--once', '--arn', arn('sqs', 'other'));
    expect(elsewhere.stdout).toBe('');
  });

  test('a pattern that is none is refused', async () => {
    await using aws = await withQueue();
    for (const once of [[], ['--once']]) {
      const refused = await millrace(aws, 'tail', '--pattern', '{"a":1}', ...once);
      expect(refused).toMatchObject({ code: EXIT.failed, stdout: '' });
      expect(refused.stderr).not.toBe('millrace: \n');
    }
  });

  test('a connection that has ended is made again; nothing is missed or told twice', async () => {
    using home = folder();
    const port = String(await freePort());
    const start = () => run(['start', '--port', port, '--data', home.path, '--no-console']);
    let server: Running | undefined;
    let tailing: Running | undefined;
    const send = async (body: string) => {
      const ended = await run(['send', QUEUE, body, '--port', port]).ended;
      expect(ended).toMatchObject({ code: 0, stderr: '' });
    };
    try {
      server = start();
      await server.says(/Ready\./);
      const create = { method: 'POST', body: JSON.stringify({ QueueName: 'orders' }) };
      const headers = { 'content-type': 'application/json' };
      const path = '/_millrace/v1/operations/sqs/CreateQueue';
      await fetch(`http://127.0.0.1:${port}${path}`, { ...create, headers });
      tailing = run(['tail', '--port', port]);
      while (!(await Promise.race([tailing.says(/first/).then(() => true), send('first')])));
      server.process.kill('SIGTERM');
      await server.ended;
      server = start();
      await server.says(/Ready\./);
      await send('second');
      const told = await tailing.says(/second/);
      expect(told.match(/second/g)).toHaveLength(1);
    } finally {
      tailing?.process.kill('SIGTERM');
      server?.process.kill('SIGTERM');
      await server?.ended;
    }
    const { stderr } = (await tailing?.ended) ?? { stderr: '' };
    expect(stderr).toContain('connecting again');
    expect(stderr).toContain('connected again');
  }, 120_000);

  test('ends with 3 where no server is', async () => {
    const nobody = await run(['tail', '--port', String(await freePort())]).ended;
    expect(nobody).toMatchObject({ code: EXIT.unreachable, stdout: '' });
  });
});

describe('a server that checks signatures', () => {
  test('is asked with the keys of the environment', async () => {
    const key = { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: 'the secret of the root' };
    await using at = await wired(allServices, { auth: 'strict', access: { rootKey: key } });
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = key;
    const env = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    const bus = arn('events', 'event-bus/default');
    const event = ['--source', 'shop', '--detail-type', 'Placed', '--endpoint', at.served.endpoint];
    const sent = await run(['send', bus, '{"to":"ü & ä"}', ...event], { env }).ended;
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    const there = ['--endpoint', at.served.endpoint];
    const id = sent.stdout.trim();
    expect((await run(['trace', id, ...there], { env }).ended).stdout).toContain('Placed');
    const pattern = ['--pattern', '{"detail":{"to":[{"prefix":"ü &"}]}}'];
    const tail = await run(['tail', '--once', ...pattern, ...there], { env }).ended;
    expect(tail.stdout).toContain(id);
    const line = await run(['send', bus, '{}', ...event, '--as', 'cli'], { env }).ended;
    expect(line.stdout).toMatch(/^aws events put-events /);
    const without = { env: { AWS_ACCESS_KEY_ID: '' } };
    const refused = await run(['send', bus, '{}', ...event], without).ended;
    expect(refused).toMatchObject({ code: EXIT.failed, stdout: '' });
    expect(refused.stderr).toContain('Missing Authentication Token');
  });
});

describe('dlq', () => {
  /** Two messages that were received too often. */
  async function withDead(): Promise<Aws> {
    const aws = await withQueue('dead');
    const sqs = aws.client(SQSClient);
    const policy = { deadLetterTargetArn: arn('sqs', 'dead'), maxReceiveCount: 1 };
    const Attributes = { RedrivePolicy: JSON.stringify(policy), VisibilityTimeout: '1' };
    await sqs.send(new CreateQueueCommand({ QueueName: 'jobs', Attributes }));
    for (const MessageBody of ['job 1', 'job 2']) {
      await sqs.send(new SendMessageCommand({ QueueUrl: 'jobs', MessageBody }));
    }
    await bodies(aws, 'jobs');
    await aws.clock.advance('2s');
    await bodies(aws, 'jobs');
    return aws;
  }

  async function count(aws: Aws, QueueUrl: string): Promise<string | undefined> {
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
    const { Attributes } = await aws.client(SQSClient).send(command);
    return Attributes?.ApproximateNumberOfMessages;
  }

  test('list and show say what is there and why', async () => {
    await using aws = await withDead();
    const listed = await millrace(aws, 'dlq', 'list');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toMatch(/^dead: 2 messages; from .*sqs:jobs\n {2}2 {2}\w+ .*MaxReceives/);
    const shown = await millrace(aws, 'dlq', 'show', 'dead', '--limit', '1');
    expect(shown.stdout).toMatch(/ {4}job 1\n\nThere are more: --limit 2\n$/);
    const json = await millrace(aws, 'dlq', 'show', arn('sqs', 'dead'), '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      messages: [{ body: 'job 1' }, {}],
      more: false,
    });
    expect(await count(aws, 'dead')).toBe('2');
  });

  test('redrive moves all back when nobody has to be asked', async () => {
    await using aws = await withDead();
    const asked = await millrace(aws, 'dlq', 'redrive', 'dead');
    expect(asked).toMatchObject({ code: EXIT.usage, stdout: '' });
    expect(asked.stderr).toBe('millrace: Nobody can be asked here: say --yes.\n');
    expect(await count(aws, 'dead')).toBe('2');
    const moved = await millrace(aws, 'dlq', 'redrive', 'dead', '--yes');
    expect(moved).toMatchObject({ code: 0, stdout: 'Moved 2 of 2 messages.\n' });
    expect([await count(aws, 'dead'), await count(aws, 'jobs')]).toEqual(['0', '2']);
  });

  test('redrive moves a group to where it is told', async () => {
    await using aws = await withDead();
    const { stdout } = await millrace(aws, 'dlq', 'list', '--json');
    const [queue] = JSON.parse(stdout).queues;
    const group = ['--group', String(queue.groups[0].key), '--to', QUEUE];
    const moved = await millrace(aws, 'dlq', 'redrive', 'dead', '--yes', ...group, '--json');
    expect(JSON.parse(moved.stdout)).toMatchObject({ status: 'COMPLETED', moved: 2 });
    expect(await count(aws, 'orders')).toBe('2');
  });

  test.each([
    [['show'], EXIT.usage, "missing required argument 'queue'"],
    [['show', 'none'], EXIT.failed, 'none is no dead-letter queue. There is: dead.'],
    [['redrive', 'dead', '--yes', '--group', 'x'], EXIT.failed, 'dead has no group x.'],
    [['redrive', 'dead', '--rate', '501'], EXIT.usage, 'Give a whole number from 1 to 500.'],
    [['redrive', 'dead', '--yes', '--to', arn('sqs', 'none')], EXIT.failed, 'none'],
  ])('%j ends with %d', async (args, code, why) => {
    await using aws = await withDead();
    const ended = await millrace(aws, 'dlq', ...args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(why);
    expect(await count(aws, 'dead')).toBe('2');
  });

  test('a server without dead-letter queues says so', async () => {
    await using aws = await withQueue();
    const { stdout } = await millrace(aws, 'dlq', 'list');
    expect(stdout).toBe('Nothing names a dead-letter queue.\n');
  });
});
