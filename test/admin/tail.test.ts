/** The tail of what is published, on the wire and with AWS's own clients. */
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateStreamCommand, KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import type { Content, Tail, TailFrame } from '../../src/admin-api/index.ts';
import { type Aws, startAws } from '../../src/testing/index.ts';

async function ask<Answer>(aws: Aws, path: string): Promise<Answer> {
  const answer = await fetch(`${aws.endpoint}/_millrace/v1/${path}`);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

const query = (parameters: Readonly<Record<string, string>>) =>
  `tail?${new URLSearchParams(parameters)}`;

function order(id: string, total: number) {
  return { Source: 'shop', DetailType: 'OrderPlaced', Detail: JSON.stringify({ id, total }) };
}

/** One of each kind, oldest first. */
async function published(aws: Aws) {
  const [events, sns, sqs] = [
    aws.client(EventBridgeClient),
    aws.client(SNSClient),
    aws.client(SQSClient),
  ];
  const kinesis = aws.client(KinesisClient);
  await aws.lambda('billing', async () => 'billed');
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  await kinesis.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount: 1 }));
  await aws.settled();
  const { Entries } = await events.send(new PutEventsCommand({ Entries: [order('o-1', 5)] }));
  await aws.clock.advance('1s');
  await sns.send(new PublishCommand({ TopicArn, Message: '{"kind":"hot"}', Subject: 'Today' }));
  await aws.clock.advance('1s');
  const MessageAttributes = { colour: { DataType: 'String', StringValue: 'red' } };
  const send = { QueueUrl, MessageBody: 'plain words', MessageAttributes };
  const { MessageId = '' } = await sqs.send(new SendMessageCommand(send));
  await aws.clock.advance('1s');
  const Data = Buffer.from('{"page":"/"}');
  const put = new PutRecordCommand({ StreamName: 'clicks', Data, PartitionKey: 'me' });
  await kinesis.send(put);
  await aws.settled();
  await aws.clock.advance('1s');
  const as = { account: '000000000000', region: aws.region, principalArn: 'me' };
  const Payload = Buffer.from('{"n":1}');
  await aws.stack.invoke('lambda', 'Invoke', { FunctionName: 'billing', Payload }, as);
  await aws.settled();
  return { eventId: Entries?.[0]?.EventId ?? '', MessageId, QueueUrl: QueueUrl ?? '', events, sns };
}

describe('a page', () => {
  test('has all kinds, the newest first, each with a line of what it holds', async () => {
    await using aws = await startAws();
    await published(aws);
    const { events } = await ask<Tail>(aws, 'tail');
    expect(events.map(({ form, note, preview }) => [form, note, preview])).toEqual([
      ['invocation', expect.stringContaining(' ms'), '{"n":1}'],
      ['record', undefined, '{"page":"/"}'],
      ['message', undefined, 'plain words'],
      ['notification', 'Today', '{"kind":"hot"}'],
      ['event', 'OrderPlaced', '{"id":"o-1","total":5}'],
    ]);
  });

  test.each([
    [{ form: 'message' }, ['message']],
    [{ text: 'HOT' }, ['notification']],
    [{ text: 'orderplaced' }, ['event']],
    [{ pattern: '{"detail":{"total":[{"numeric":[">",4]}]}}' }, ['event']],
    [{ pattern: '{"detail":{"total":[{"numeric":[">",5]}]}}' }, []],
    [{ pattern: '{"kind":["hot"]}' }, ['notification']],
    [{ pattern: '{"page":["/"]}' }, ['record']],
    [{ pattern: '{"n":[1]}' }, ['invocation']],
    [{ arn: 'arn:aws:sqs:us-east-1:000000000000:jobs' }, ['message']],
    [{ arn: 'arn:aws:lambda:us-east-1:000000000000:function:billing' }, ['invocation']],
    [{ arn: 'arn:aws:s*' }, ['message', 'notification']],
  ])('of %o', async (filter, forms) => {
    await using aws = await startAws();
    await published(aws);
    const { events } = await ask<Tail>(aws, query(filter));
    expect(events.map(({ form }) => form)).toEqual(forms);
  });

  test('numbers beyond 2^53 are found by all of their digits', async () => {
    await using aws = await startAws();
    const { events, QueueUrl } = await published(aws);
    const json = '{"total":9007199254740993}';
    const entry = { ...order('o-2', 0), Detail: json };
    await events.send(new PutEventsCommand({ Entries: [entry] }));
    await aws.client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: json }));
    const found = async (parameters: Readonly<Record<string, string>>) =>
      (await ask<Tail>(aws, query(parameters))).events.map(({ form }) => form);
    expect(await found({ text: '9007199254740993' })).toEqual(['message', 'event']);
    expect(await found({ pattern: '{"detail":{"total":[9007199254740993]}}' })).toEqual(['event']);
    expect(await found({ pattern: '{"total":[9007199254740993]}' })).toEqual(['message']);
    expect(await found({ pattern: '{"total":[9007199254740992]}' })).toEqual([]);
    const [event] = (await ask<Tail>(aws, query({ form: 'event' }))).events;
    const shown = await fetch(`${aws.endpoint}/_millrace/v1/contents/${event?.id}`);
    expect(await shown.text()).toContain('"total":9007199254740993}');
  });

  test('goes on where the last one ended', async () => {
    await using aws = await startAws();
    await published(aws);
    const forms: string[] = [];
    let after = '';
    do {
      const { events, next } = await ask<Tail>(aws, query({ limit: '2', after }));
      forms.push(...events.map(({ form }) => form));
      after = next ?? '';
    } while (after);
    expect(forms).toEqual(['invocation', 'record', 'message', 'notification', 'event']);
  });

  test('is of a stretch of time', async () => {
    await using aws = await startAws();
    await published(aws);
    const all = (await ask<Tail>(aws, 'tail')).events;
    const [fromMs, toMs] = [all[2]?.atMs, all[0]?.atMs];
    const { events } = await ask<Tail>(aws, query({ fromMs: `${fromMs}`, toMs: `${toMs}` }));
    expect(events.map(({ form }) => form)).toEqual(['record', 'message']);
  });

  test.each([
    ['pattern={', 400, 'InvalidEventPatternException'],
    ['after=x', 400, 'ValidationException'],
    ['limit=0', 400, undefined],
    ['fromMs=yesterday', 400, undefined],
  ])('refuses %s', async (asked, status, code) => {
    await using aws = await startAws();
    for (const path of code === 'InvalidEventPatternException' ? ['tail', 'tail/live'] : ['tail']) {
      const answer = await fetch(`${aws.endpoint}/_millrace/v1/${path}?${asked}`);
      expect(answer.status).toBe(status);
      const { code: said, message } = (await answer.json()) as Readonly<Record<string, string>>;
      expect(said).toBe(code);
      expect(message).toMatch(/\w/);
    }
  });
});

describe('contents', () => {
  test('are what was published, whole', async () => {
    await using aws = await startAws();
    const { eventId, MessageId } = await published(aws);
    const event = await ask<Content>(aws, `contents/${eventId}`);
    expect(event.content).toMatchObject({ id: eventId, detail: { id: 'o-1', total: 5 } });
    const message = await ask<Content>(aws, `contents/${MessageId}`);
    expect(message.content).toEqual({
      MessageBody: 'plain words',
      MessageAttributes: { colour: { DataType: 'String', StringValue: 'red' } },
    });
    const { events } = await ask<Tail>(aws, 'tail');
    const [run, record] = events;
    const of = async (id = '') =>
      (await ask<Content>(aws, `contents/${encodeURIComponent(id)}`)).content;
    expect(await of(record?.id)).toEqual({
      Data: Buffer.from('{"page":"/"}').toString('base64'),
      PartitionKey: 'me',
    });
    expect(await of(run?.id)).toEqual({ payload: '{"n":1}', result: '"billed"' });
  });

  test('of what was handed over are those of what it was made from', async () => {
    await using aws = await startAws({ settings: { enforcePolicies: false } });
    const { sns } = await published(aws);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:jobs';
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    const { MessageId = '' } = await sns.send(new PublishCommand({ TopicArn, Message: 'again' }));
    await aws.settled();
    const child = (await aws.trace(MessageId))?.tree.children[0];
    const content = await ask<Content>(aws, `contents/${child?.id}`);
    expect(content).toMatchObject({ id: MessageId, content: { Message: 'again' } });
  });

  test('of nothing are nowhere', async () => {
    await using aws = await startAws();
    expect((await fetch(`${aws.endpoint}/_millrace/v1/contents/nobody`)).status).toBe(404);
  });
});

/** Frames as they come, joined; ends when what was sent has an event that `isLast`. */
async function follow(aws: Aws, asked: string, publish: () => Promise<unknown>) {
  const ending = new AbortController();
  const { signal } = ending;
  const answer = await fetch(`${aws.endpoint}/_millrace/v1/tail/live?${asked}`, { signal });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const frames: TailFrame[] = [];
  let rest = '';
  for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + piece).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith('data: ')) frames.push(JSON.parse(part.slice('data: '.length)));
    }
    if (frames.length === 1 && !rest) await publish();
    if (frames.some(({ events }) => events.some(({ preview }) => preview.includes('last')))) break;
  }
  ending.abort();
  return frames;
}

describe('live', () => {
  test('what is published is sent, and nothing from before', async () => {
    await using aws = await startAws();
    const { events } = await published(aws);
    const Entries = [order('o-2', 1), order('last', 2)];
    const frames = await follow(aws, '', () => events.send(new PutEventsCommand({ Entries })));
    const previews = frames.flatMap((frame) => frame.events.map(({ preview }) => preview));
    expect(previews).toEqual(['{"id":"o-2","total":1}', '{"id":"last","total":2}']);
  });

  test('of what a pattern matches', async () => {
    await using aws = await startAws();
    const { events } = await published(aws);
    const Entries = [order('o-2', 1), order('last', 2)];
    const asked = new URLSearchParams({ pattern: '{"detail":{"total":[2]}}' }).toString();
    const frames = await follow(aws, asked, () => events.send(new PutEventsCommand({ Entries })));
    expect(frames.flatMap((frame) => frame.events)).toHaveLength(1);
  });

  test('what is too much is skipped and counted', async () => {
    await using aws = await startAws();
    const events = aws.client(EventBridgeClient);
    await events.send(new CreateEventBusCommand({ Name: 'busy' }));
    const flood = async () => {
      const Entries = Array.from({ length: 10 }, (_, n) => order(`o-${n}`, n));
      const all = Array.from({ length: 60 }, () => new PutEventsCommand({ Entries }));
      await Promise.all(all.map((one) => events.send(one)));
      await events.send(new PutEventsCommand({ Entries: [order('last', 0)] }));
    };
    const frames = await follow(aws, '', flood);
    const sent = frames.reduce((sum, frame) => sum + frame.events.length, 0);
    const skipped = frames.reduce((sum, frame) => sum + frame.skipped, 0);
    expect(sent).toBeLessThan(601);
    expect(sent + skipped).toBeGreaterThanOrEqual(601);
  });
});
