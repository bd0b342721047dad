/** Sending from any view, landing on what was sent, and the same for other tools. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateStreamCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import type { CopyAs, Sent } from '../../src/admin-api/index.ts';
import { type Aws, startAws } from '../../src/testing/index.ts';
import { member, modelOf } from '../../src/wire/models.ts';
import { posted } from './posted.ts';

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:us-east-1:000000000000:${resource}`;

const EVENT = { source: 'shop', 'detail-type': 'OrderPlaced', detail: { order: 7, by: "O'Neil" } };
const DATA = Buffer.from('{"a":"ü"}').toString('base64');

/** One of each kind of place, and something to send there. */
const PLACES = [
  { form: 'event', arn: arn('events', 'event-bus/orders'), content: EVENT },
  { form: 'notification', arn: arn('sns', 'news'), content: { Message: '-- `news` --' } },
  { form: 'message', arn: arn('sqs', 'jobs'), content: { MessageBody: '{"job":1}' } },
  { form: 'record', arn: arn('kinesis', 'stream/s'), content: { Data: DATA, PartitionKey: 'k' } },
  { form: 'invocation', arn: arn('lambda', 'function:f'), content: { payload: '{"a":1}' } },
];

async function withPlaces(): Promise<Aws> {
  const aws = await startAws();
  await aws.client(EventBridgeClient).send(new CreateEventBusCommand({ Name: 'orders' }));
  await aws.client(SNSClient).send(new CreateTopicCommand({ Name: 'news' }));
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'jobs' }));
  const stream = new CreateStreamCommand({ StreamName: 's', ShardCount: 1 });
  await aws.client(KinesisClient).send(stream);
  await aws.lambda('f', async (event: unknown) => event);
  await aws.settled();
  return aws;
}

async function send(aws: Aws, value: object): Promise<Sent> {
  const { status, body } = await posted(aws, 'send', value);
  expect(body).toMatchObject({ id: expect.any(String) });
  expect(status).toBe(200);
  await aws.settled();
  return body as unknown as Sent;
}

async function as(aws: Aws, value: object): Promise<CopyAs> {
  const { body } = await posted(aws, 'send/as', value);
  return body as unknown as CopyAs;
}

describe('sending', () => {
  test.each(PLACES)('$form: lands on the new one, of which the first is a cause', async (place) => {
    await using aws = await withPlaces();
    const { form, ...what } = place;
    const first = await send(aws, what);
    expect(first).toMatchObject({ form, arn: what.arn });
    const again = await send(aws, { ...what, again: first.id });
    expect(again.id).not.toBe(first.id);
    const trace = await aws.trace(again.id);
    expect(trace?.ancestors.map(({ id }) => id)).toEqual([first.id]);
  });

  test('an event that names its own cause has both', async () => {
    await using aws = await withPlaces();
    const bus = { arn: arn('events', 'event-bus/orders') };
    const cause = await send(aws, { ...bus, content: EVENT });
    const metadata = { causationId: cause.id };
    const content = { ...EVENT, detail: { metadata } };
    const first = await send(aws, { ...bus, content });
    const again = await send(aws, { ...bus, content, again: first.id });
    const trace = await aws.trace(again.id);
    expect(trace?.ancestors.map(({ id }) => id).sort()).toEqual([cause.id, first.id].sort());
  });

  test("a FIFO message's next edition is no duplicate of the first", async () => {
    await using aws = await startAws();
    const sqs = aws.client(SQSClient);
    const name = { QueueName: 'q.fifo', Attributes: { FifoQueue: 'true' } };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand(name));
    const order = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const what = { arn: arn('sqs', 'q.fifo'), content: { MessageBody: 'b', ...order } };
    const { id } = await send(aws, what);
    expect((await send(aws, what)).id).toBe(id);
    await send(aws, { ...what, again: id });
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    expect((await sqs.send(receive)).Messages).toHaveLength(2);
  });

  test('numbers that JavaScript has no digits for go as text', async () => {
    await using aws = await withPlaces();
    const content = { ...EVENT, detail: '{"n":12345678901234567}' };
    const { id } = await send(aws, { arn: arn('events', 'event-bus/default'), content });
    const kept = await aws.stack.storage.read('contents-of-journal', { from: 1, max: 10 });
    expect(kept.find(({ body }) => body.includes(id))?.body).toContain('12345678901234567}');
  });

  test.each([
    [{ content: {} }, 400, '"arn"'],
    [{ arn: 'orders', content: {} }, 400, 'orders is no ARN'],
    [{ arn: arn('dynamodb', 'table/t'), content: {} }, 400, 'is no ARN of'],
    [{ arn: 'arn:aws:events:::event-bus/default', content: EVENT }, 400, 'is no ARN of'],
    [{ arn: arn('events', 'event-bus/none'), content: EVENT }, 400, 'none does not exist'],
    [{ arn: arn('events', 'event-bus/orders'), content: {} }, 400, '"source"'],
    [{ arn: arn('events', 'event-bus/orders'), content: 'x' }, 400, 'JSON object'],
    [{ arn: arn('sqs', 'none'), content: { MessageBody: 'b' } }, 400, 'queue does not exist'],
    [{ arn: arn('sqs', 'jobs'), content: { Body: 'b' } }, 400, 'no member "Body"'],
    [
      { arn: arn('sqs', 'jobs'), content: { QueueUrl: 'u', MessageBody: 'b' } },
      400,
      'its QueueUrl',
    ],
    [{ arn: arn('sns', 'news'), content: { PhoneNumber: '+1', Message: 'm' } }, 400, 'PhoneNumber'],
    [{ arn: arn('kinesis', 'stream/s'), content: { StreamARN: 'x' } }, 400, 'its StreamARN'],
    [{ arn: arn('sqs', 'jobs'), content: { MessageBody: 'b' }, again: 7 }, 400, '"again"'],
    [{ arn: arn('sqs', 'jobs'), contents: {} }, 400, '"contents" is none of'],
    [
      { arn: arn('events', 'event-bus/orders'), content: { ...EVENT, source: 'aws.s3' } },
      400,
      'Not authorized for the source',
    ],
  ])('%j is refused', async (value, status, message) => {
    await using aws = await withPlaces();
    const refused = await posted(aws, 'send', value);
    expect(refused.body.message).toContain(message);
    expect(refused.status).toBe(status);
  });
});

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** A folder in which the repository's packages are found. */
function folder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(ROOT, '.sent-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

describe('as other tools', () => {
  test('what is copied was not sent', async () => {
    await using aws = await withPlaces();
    await as(aws, { arn: arn('sqs', 'jobs'), content: { MessageBody: 'b' } });
    const { Messages } = await aws
      .client(SQSClient)
      .send(new ReceiveMessageCommand({ QueueUrl: 'jobs' }));
    expect(Messages ?? []).toEqual([]);
  });

  test('a Region of whatever characters is a text in code', async () => {
    await using aws = await withPlaces();
    const region = "x'+process.exit(7)+'";
    const bus = `arn:aws:events:${region}:000000000000:event-bus/default`;
    const { sdk, test: code } = await as(aws, { arn: bus, content: EVENT });
    expect(sdk).toContain(`  region: ${JSON.stringify(region)},`);
    expect(code).toContain(`region: ${JSON.stringify(region)} }`);
  });

  test('a member of whatever name is one word to a shell', async () => {
    await using aws = await withPlaces();
    const content = { MessageBody: 'b', 'a;exit 7;': 1 };
    const { cli } = await as(aws, { arn: arn('sqs', 'jobs'), content });
    expect(cli).toContain(" --message-body b '--a;exit 7;' 1 ");
  });

  test('modules for the SDK run as they are printed', async () => {
    await using aws = await withPlaces();
    using at = folder();
    for (const [index, { form: _, ...what }] of PLACES.entries()) {
      const { sdk } = await as(aws, what);
      const file = join(at.path, `sdk-${index}.ts`);
      writeFileSync(file, sdk);
      const { stdout } = await run(process.execPath, [file]);
      expect(stdout).toContain('httpStatusCode: 200');
      expect(stdout).not.toContain('ErrorCode');
    }
    const { Messages } = await aws
      .client(SQSClient)
      .send(new ReceiveMessageCommand({ QueueUrl: 'jobs' }));
    expect(Messages).toMatchObject([{ Body: '{"job":1}' }]);
  });

  test('tests pass as they are printed, with nothing around them', async () => {
    await using aws = await withPlaces();
    using at = folder();
    const there = { arn: 'arn:aws:sqs:eu-west-1:111111111111:q.fifo' };
    const content = { MessageBody: 'b', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    for (const [index, what] of [...PLACES, { ...there, content }].entries()) {
      const { arn, content } = what;
      const code = (await as(aws, { arn, content })).test;
      const kit = code.replace("'millrace/testing'", "'../src/testing/index.ts'");
      writeFileSync(join(at.path, `${index}.test.ts`), kit);
    }
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const options = ['run', '--root', at.path, '--no-color'];
    const { stdout } = await run(process.execPath, [vitest, ...options], { cwd: at.path });
    expect(stdout).toMatch(/Tests .*6 passed.*\(6\)/);
  }, 60_000);

  test('types of modules and tests are right', async () => {
    await using aws = await withPlaces();
    using at = folder();
    for (const [index, { form: _, ...what }] of PLACES.entries()) {
      const { sdk, test: code } = await as(aws, what);
      writeFileSync(join(at.path, `${index}.ts`), sdk);
      const kit = code.replace("'millrace/testing'", "'../src/testing/index.ts'");
      writeFileSync(join(at.path, `${index}.test.ts`), kit);
    }
    const project = { extends: '../tsconfig.json', include: ['*.ts'] };
    writeFileSync(join(at.path, 'tsconfig.json'), JSON.stringify(project));
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const options = { cwd: at.path };
    const { stdout } = await run(tsc, ['--noEmit', '-p', at.path], options).catch((cause) => cause);
    expect(String(stdout).match(/^\w.*/gm) ?? []).toEqual([]);
  }, 60_000);

  const TRICKY = [
    { arn: arn('sqs', 'jobs'), content: { MessageBody: 'it\'s --file://x\n`$(date)` \\ "' } },
    { arn: arn('sqs', 'jobs'), content: { MessageBody: '--endpoint-url' } },
    { arn: arn('sqs', 'jobs'), content: { MessageBody: 'file:///etc/passwd' } },
    { arn: arn('kinesis', 'stream/s'), content: { Data: '/wA=', PartitionKey: 'http://x' } },
    { arn: arn('kinesis', 'stream/s'), content: { Data: '/wA=', PartitionKey: 'k' } },
  ];

  test('lines for the AWS CLI say the same to a shell', async () => {
    await using aws = await withPlaces();
    using bin = folder();
    for (const { arn, content } of [...PLACES, ...TRICKY]) {
      const { cli } = await as(aws, { arn, content });
      const { service, operation, input, endpoint, key } = await asRead(cli, bin.path);
      expect({ endpoint, key }).toEqual({ endpoint: aws.endpoint, key: '000000000000' });
      const done = await posted(aws, `operations/${service}/${operation}`, input);
      expect(done.status, cli).toBe(200);
      const body = 'MessageBody' in content ? { MessageBody: content.MessageBody } : {};
      const bytes = 'Data' in content ? { Data: content.Data } : {};
      expect(input).toMatchObject({ ...body, ...bytes });
    }
  });
});

/** A command that tells what it was given. */
const SAID = `
const given = [process.env.AWS_ACCESS_KEY_ID, ...process.argv.slice(2)];
const isPiped = given.includes('fileb:///dev/stdin');
const stdin = isPiped ? require('node:fs').readFileSync(0).toString('base64') : '';
console.log(JSON.stringify([stdin, ...given]));
`;

interface Read {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly endpoint: string | undefined;
  readonly key: string;
}

/** What the AWS CLI would make of a line: a shell reads it, the model says what options mean. */
async function asRead(line: string, bin: string): Promise<Read> {
  const aws = join(bin, 'aws');
  writeFileSync(join(bin, 'said.cjs'), SAID);
  writeFileSync(aws, `#!/bin/sh\nexec '${process.execPath}' '${join(bin, 'said.cjs')}' "$@"\n`);
  chmodSync(aws, 0o755);
  const env = { PATH: `${bin}:${process.env.PATH}` };
  const { stdout } = await run('/bin/sh', ['-c', line], { env, cwd: tmpdir() });
  const [stdin = '', key, service, verb, ...words]: string[] = JSON.parse(stdout);
  const model = modelOf(String(service));
  const dashed = (name: string) => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  const operation = Object.keys(model.operations).find((name) => dashed(name) === verb) ?? '';
  const shape = model.shape(model.operation(operation)?.input ?? '');
  const options = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const [, name, value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(words[at] ?? '') ?? [];
    if (name === undefined) continue;
    if (value === undefined) at += 1;
    options.set(name, value ?? words[at] ?? '');
  }
  const whole = options.get('cli-input-json');
  const members = Object.entries(shape.members ?? {}).flatMap(([name, reference]) => {
    const text = options.get(dashed(name));
    if (text === undefined) return [];
    const { type } = model.shape(member(reference).shape);
    if (type === 'blob') return [[name, text === 'fileb:///dev/stdin' ? stdin : '']];
    return [[name, type === 'string' ? text : JSON.parse(text)]];
  });
  const input = { ...JSON.parse(whole ?? '{}'), ...Object.fromEntries(members) };
  const endpoint = options.get('endpoint-url');
  return { service: String(service), operation, input, endpoint, key: String(key) };
}
