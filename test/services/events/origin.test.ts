import { describe, expect, test } from 'vitest';
import { journalOfSuite } from '../../sdk/facts.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { listen } from './listener.ts';
import { EVERYTHING, openQueue, put, sendsTo } from './receivers.ts';

const NOWHERE = 'arn:aws:sqs:us-east-1:000000000000:nowhere';

describe('answers', () => {
  test('a dead letter is the event itself, with what went wrong beside it', async () => {
    await using aws = await startSuite();
    const deadLetters = await openQueue(aws, 'dlq');
    const rule = await sendsTo(aws, 'r', EVERYTHING, {
      Arn: NOWHERE,
      Input: '{"not":"the event"}',
      DeadLetterConfig: { Arn: deadLetters.arn },
    });
    const id = await put(aws, { n: 1.5 });
    const [letter] = await deadLetters.messages();
    expect(JSON.parse(letter?.Body ?? '')).toMatchObject({ id, detail: { n: 1.5 } });
    expect(letter?.MessageAttributes).toEqual({
      RULE_ARN: { DataType: 'String', StringValue: rule },
      TARGET_ARN: { DataType: 'String', StringValue: NOWHERE },
      ERROR_CODE: { DataType: 'String', StringValue: 'NO_RESOURCE' },
      ERROR_MESSAGE: { DataType: 'String', StringValue: expect.any(String) },
      RETRY_ATTEMPTS: { DataType: 'String', StringValue: '0' },
    });
  });

  test('a queue whose policy does not let EventBridge in gets nothing', async () => {
    await using aws = await startSuite();
    const deadLetters = await openQueue(aws, 'dlq');
    const closed = await openQueue(aws, 'closed', { Policy: '' });
    const DeadLetterConfig = { Arn: deadLetters.arn };
    await sendsTo(aws, 'r', EVERYTHING, { Arn: closed.arn, DeadLetterConfig });
    await put(aws, {});
    expect(await closed.messages()).toEqual([]);
    const [letter] = await deadLetters.messages();
    expect(letter?.MessageAttributes?.ERROR_CODE?.StringValue).toBe('NO_PERMISSIONS');
  });

  test('without a dead-letter queue the event is lost, and the journal says so', async () => {
    await using aws = await startSuite();
    await sendsTo(aws, 'r', EVERYTHING, { Arn: NOWHERE });
    const id = await put(aws, {});
    const facts = (await journalOfSuite(aws)).filter((fact) => fact.id === id);
    expect(facts.at(-1)).toMatchObject({ kind: 'dead-letter', outcome: 'LOST:NO_RESOURCE' });
  });
});

/** Fails every delivery to an endpoint; answers with the moments of the attempts. */
async function attempts(aws: Suite, RetryPolicy: object, status = 503) {
  await using endpoint = await listen(() => ({ status }));
  const deadLetters = await openQueue(aws, 'dlq');
  const times: number[] = [];
  endpoint.onRequest(() => times.push(aws.clock.now()));
  const Arn = await endpoint.destination(aws);
  const DeadLetterConfig = { Arn: deadLetters.arn };
  await sendsTo(aws, 'r', EVERYTHING, { Arn, RetryPolicy, DeadLetterConfig });
  await put(aws, {});
  const start = aws.clock.now();
  await aws.settled();
  const [letter] = await deadLetters.messages();
  return { sinceMs: times.map((time) => time - start), letter: letter?.MessageAttributes };
}

describe('limits', () => {
  test('attempts are made until MaximumRetryAttempts, further and further apart', async () => {
    await using aws = await startSuite();
    const { sinceMs, letter } = await attempts(aws, { MaximumRetryAttempts: 4 });
    expect(sinceMs).toHaveLength(5);
    const gaps = sinceMs.slice(1).map((time, index) => time - (sinceMs[index] ?? 0));
    gaps.forEach((gap, index) => {
      expect(gap).toBeGreaterThanOrEqual(500 * 2 ** index);
      expect(gap).toBeLessThanOrEqual(1000 * 2 ** index);
    });
    expect(letter?.RETRY_ATTEMPTS?.StringValue).toBe('4');
    expect(letter?.EXHAUSTED_RETRY_CONDITION?.StringValue).toBe('MaximumRetryAttempts');
  });

  test('no retry at all is a policy too', async () => {
    await using aws = await startSuite();
    const { sinceMs, letter } = await attempts(aws, { MaximumRetryAttempts: 0 });
    expect(sinceMs).toEqual([0]);
    expect(letter?.RETRY_ATTEMPTS?.StringValue).toBe('0');
    expect(letter?.EXHAUSTED_RETRY_CONDITION?.StringValue).toBe('MaximumRetryAttempts');
  });

  test('attempts end when the event is too old', async () => {
    await using aws = await startSuite();
    const { sinceMs, letter } = await attempts(aws, { MaximumEventAgeInSeconds: 60 });
    expect(sinceMs.at(-1)).toBe(60_000);
    expect(letter?.EXHAUSTED_RETRY_CONDITION?.StringValue).toBe('MaximumEventAgeInSeconds');
  });

  test('without a policy attempts go on for a day, at most 15 minutes apart', async () => {
    await using aws = await startSuite();
    const { sinceMs, letter } = await attempts(aws, {});
    expect(sinceMs.length).toBeGreaterThan(96);
    expect(sinceMs.length).toBeLessThanOrEqual(186);
    const gaps = sinceMs.slice(1).map((time, index) => time - (sinceMs[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15 * 60 * 1000);
    expect(letter?.EXHAUSTED_RETRY_CONDITION?.StringValue).toBeDefined();
  });
});
