import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, sendsTo } from './receivers.ts';

/** What a queue gets of an event with this detail, and what its dead-letter queue. */
async function delivered(aws: Suite, target: object, detail: unknown) {
  const queue = await openQueue(aws, 'q');
  const deadLetters = await openQueue(aws, 'dlq');
  const DeadLetterConfig = { Arn: deadLetters.arn };
  await sendsTo(aws, 'r', EVERYTHING, { Arn: queue.arn, DeadLetterConfig, ...target });
  const id = await put(aws, detail);
  const [body] = (await queue.messages()).map(({ Body }) => Body);
  const [letter] = await deadLetters.messages();
  return { id, body, code: letter?.MessageAttributes?.ERROR_CODE?.StringValue };
}

const transformer = (InputTemplate: string, InputPathsMap = {}) => ({
  InputTransformer: { InputTemplate, InputPathsMap },
});

describe('answers', () => {
  test('Input is delivered in the place of the event', async () => {
    await using aws = await startSuite();
    const { body } = await delivered(aws, { Input: '{"fixed": 1.0}' }, {});
    expect(body).toBe('{"fixed": 1.0}');
  });

  test.each([
    ['$.detail', '{"name":"baz","n":1.50,"list":[1,2]}'],
    ['$.detail.name', '"baz"'],
    ['$.detail.n', '1.50'],
    ['$.detail.list[1]', '2'],
    ['$.source', '"com.shop"'],
  ])('InputPath %s delivers that part', async (InputPath, expected) => {
    await using aws = await startSuite();
    const detail = '{"name":"baz","n":1.50,"list":[1,2]}';
    expect((await delivered(aws, { InputPath }, detail)).body).toBe(expected);
  });

  test('a part that the event does not have makes the delivery fail for good', async () => {
    await using aws = await startSuite();
    const { body, code } = await delivered(aws, { InputPath: '$.detail.nothing' }, {});
    expect([body, code]).toEqual([undefined, 'INVALID_PARAMETER']);
  });

  test('a JSON template takes values as JSON, and as text inside quotes', async () => {
    await using aws = await startSuite();
    const paths = { name: '$.detail.name', n: '$.detail.n', all: '$.detail', no: '$.detail.no' };
    const template = '{"n":<n>,"name":<name>,"text":"<name> has <n>","all":<all>,"no":<no>}';
    const detail = '{"name":"baz","n":1.0}';
    const { body } = await delivered(aws, transformer(template, paths), detail);
    expect(body).toBe(
      '{"n":1.0,"name":"baz","text":"baz has 1.0","all":{"name":"baz","n":1.0},"no":""}',
    );
  });

  test('a string template stays a string, with objects flattened', async () => {
    await using aws = await startSuite();
    const paths = { acc: '$.detail', list: '$.detail.states' };
    const detail = { acc_id: '0a787ecb', sf_id: 'baz', states: ['ACTIVE', 'INACTIVE'] };
    const { body } = await delivered(aws, transformer('"<acc> is <list>"', paths), detail);
    expect(body).toBe(
      '"{acc_id:0a787ecb,sf_id:baz,states:[ACTIVE,INACTIVE]} is [ACTIVE,INACTIVE]"',
    );
  });

  test('any other template is delivered as text', async () => {
    await using aws = await startSuite();
    const paths = { name: '$.detail.name' };
    const { body } = await delivered(aws, transformer('<name> was here', paths), { name: 'baz' });
    expect(body).toMatch(/was here$/);
  });

  test('templates know the rule and the event', async () => {
    await using aws = await startSuite();
    const template =
      '{"rule":<aws.events.rule-name>,"arn":<aws.events.rule-arn>,' +
      '"at":<aws.events.event.ingestion-time>,"whole":<aws.events.event.json>}';
    const { body, id } = await delivered(aws, transformer(template), { n: 1 });
    expect(JSON.parse(body ?? '')).toMatchObject({
      rule: 'r',
      arn: 'arn:aws:events:us-east-1:000000000000:rule/r',
      at: '2026-01-15T10:00:00.000Z',
      whole: { id, detail: { n: 1 } },
    });
  });

  test('a template that does not become JSON makes the delivery fail for good', async () => {
    await using aws = await startSuite();
    const target = transformer('{"x":"<all>"}', { all: '$.detail' });
    const { body, code } = await delivered(aws, target, { a: 'b' });
    expect([body, code]).toEqual([undefined, 'INVALID_JSON']);
  });

  test('the message group may be read from the event', async () => {
    await using aws = await startSuite();
    const attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    const queue = await openQueue(aws, 'q.fifo', attributes);
    const SqsParameters = { MessageGroupId: '$.detail.customer' };
    const Input = '{"constant":true}';
    await sendsTo(aws, 'r', EVERYTHING, { Arn: queue.arn, SqsParameters, Input });
    await put(aws, { customer: 'u-1' });
    const [message] = await queue.messages();
    expect(message?.Attributes?.MessageGroupId).toBe('u-1');
    expect(message?.Body).toBe(Input);
  });
});
