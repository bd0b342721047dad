import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, type Queue, sendsTo } from './receivers.ts';

const ACCOUNT = '111111111111';

function busArn(name: string, account = '000000000000', region = 'us-east-1'): string {
  return `arn:aws:events:${region}:${account}:event-bus/${name}`;
}

/** Buses a, b and c, each with a queue that gets what comes to it. */
async function threeBuses(aws: Suite): Promise<Readonly<Record<'a' | 'b' | 'c', Queue>>> {
  const [a, b, c] = [
    await openQueue(aws, 'a'),
    await openQueue(aws, 'b'),
    await openQueue(aws, 'c'),
  ];
  for (const [Name, queue] of Object.entries({ a, b, c })) {
    await aws.call('events', 'CreateEventBus', { Name });
    await sendsTo(aws, 'log', EVERYTHING, { Arn: queue.arn }, Name);
  }
  return { a, b, c };
}

describe('answers', () => {
  test('an event forwarded to another bus stays the same event', async () => {
    await using aws = await startSuite();
    const { a, b } = await threeBuses(aws);
    await sendsTo(aws, 'forward', EVERYTHING, { Arn: busArn('b') }, 'a');
    const Time = Date.parse('2026-01-01T00:00:00Z');
    const id = await put(aws, { n: 1.0 }, { EventBusName: 'a', Time, Resources: ['x'] });
    const [atA] = await a.events();
    const [atB] = await b.events();
    expect(atB).toEqual(atA);
    expect(atB?.id).toBe(id);
  });

  test('an event passes one bus only, and what would pass a second is a dead letter', async () => {
    await using aws = await startSuite();
    const { b, c } = await threeBuses(aws);
    const deadLetters = await openQueue(aws, 'dlq');
    await sendsTo(aws, 'forward', EVERYTHING, { Arn: busArn('b') }, 'a');
    const DeadLetterConfig = { Arn: deadLetters.arn };
    await sendsTo(aws, 'forward', EVERYTHING, { Arn: busArn('c'), DeadLetterConfig }, 'b');
    const id = await put(aws, {}, { EventBusName: 'a' });
    await aws.settled();
    expect(await b.events()).toHaveLength(1);
    expect(await c.events()).toEqual([]);
    const [letter] = await deadLetters.messages();
    expect(letter?.MessageAttributes?.ERROR_CODE?.StringValue).toBe('THIRD_ACCOUNT_HOP_DETECTED');
    expect(letter?.MessageAttributes?.ERROR_MESSAGE?.StringValue).toBe(
      `Event ingestion rejected for event ${id} because an event can be sent to an event bus ` +
        'target only once. This event was previously delivered to an event bus target.',
    );
  });

  test('two buses that forward to each other do not loop', async () => {
    await using aws = await startSuite();
    const { a, b } = await threeBuses(aws);
    await sendsTo(aws, 'there', EVERYTHING, { Arn: busArn('b') }, 'a');
    await sendsTo(aws, 'back', EVERYTHING, { Arn: busArn('a') }, 'b');
    await put(aws, {}, { EventBusName: 'a' });
    await aws.settled();
    expect(await a.events()).toHaveLength(1);
    expect(await b.events()).toHaveLength(1);
  });

  test('a bus in another Region keeps where the event came from', async () => {
    await using aws = await startSuite();
    const west = aws.as({ region: 'us-west-2' });
    const queue = await openQueue(west, 'q');
    await sendsTo(west, 'r', EVERYTHING, { Arn: queue.arn });
    const Arn = busArn('default', '000000000000', 'us-west-2');
    await sendsTo(aws, 'forward', { source: ['com.shop'] }, { Arn });
    await put(aws, {});
    expect(await queue.events()).toMatchObject([{ region: 'us-east-1' }]);
  });

  test('a bus of another account takes what its policy allows', async () => {
    await using aws = await startSuite();
    const other = aws.as({ account: ACCOUNT });
    const queue = await openQueue(other, 'q');
    const deadLetters = await openQueue(aws, 'dlq');
    await sendsTo(other, 'r', EVERYTHING, { Arn: queue.arn });
    const DeadLetterConfig = { Arn: deadLetters.arn };
    const Arn = busArn('default', ACCOUNT);
    await sendsTo(aws, 'forward', { source: ['com.shop'] }, { Arn, DeadLetterConfig });

    await put(aws, { n: 1 });
    expect(await queue.events()).toEqual([]);
    const [letter] = await deadLetters.messages();
    expect(letter?.MessageAttributes?.ERROR_CODE?.StringValue).toBe('NO_PERMISSIONS');

    const permission = { StatementId: 's', Action: 'events:PutEvents', Principal: aws.account };
    await other.call('events', 'PutPermission', permission);
    await put(aws, { n: 2 });
    expect(await queue.events()).toMatchObject([{ account: aws.account, detail: { n: 2 } }]);
  });

  test('a bus that is gone is a dead letter', async () => {
    await using aws = await startSuite();
    const deadLetters = await openQueue(aws, 'dlq');
    const DeadLetterConfig = { Arn: deadLetters.arn };
    await sendsTo(aws, 'forward', EVERYTHING, { Arn: busArn('gone'), DeadLetterConfig });
    await put(aws, {});
    const [letter] = await deadLetters.messages();
    expect(letter?.MessageAttributes?.ERROR_CODE?.StringValue).toBe('NO_RESOURCE');
  });

  test('a forwarded event is archived where it comes to', async () => {
    await using aws = await startSuite();
    await threeBuses(aws);
    await aws.call('events', 'CreateArchive', { ArchiveName: 'x', EventSourceArn: busArn('b') });
    await sendsTo(aws, 'forward', EVERYTHING, { Arn: busArn('b') }, 'a');
    await put(aws, {}, { EventBusName: 'a' });
    const archive = await aws.call('events', 'DescribeArchive', { ArchiveName: 'x' });
    expect(archive.EventCount).toBe(1);
  });
});
