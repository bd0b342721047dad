import { describe, expect, test } from 'vitest';
import type { Queues } from '../../../src/admin-api/index.ts';
import { aQueue, startSqs, withDeadLetters } from './a-queue.ts';
import { ask, order } from './admin.ts';

describe('answers', () => {
  test('queues are listed with what is in them and where their dead letters go', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 3);
    await queue.send('a');
    await queue.send('b', { DelaySeconds: 60 });
    await aws.clock.advance('10s');
    await queue.send('c');
    await queue.receive();
    const { body } = await ask<Queues>(aws, 'queues');
    const none = { visible: 0, inFlight: 0, delayed: 0, oldestAgeMs: 0 };
    expect(body).toEqual({
      queues: [
        {
          ...{ arn: queue.arn, name: 'orders', fifo: false, isDeadLetterQueue: false },
          ...{ deadLetterTarget: dead.arn, maxReceiveCount: 3 },
          ...{ visible: 1, inFlight: 1, delayed: 1, oldestAgeMs: 10_000 },
        },
        { arn: dead.arn, name: 'orders-dead', fifo: false, isDeadLetterQueue: true, ...none },
      ],
    });
  });

  test('another account and Region has its own, and a prefix chooses among them', async () => {
    await using aws = await startSqs();
    await aQueue(aws, 'here');
    const there = aws.as({ account: '111111111111', region: 'eu-west-1' });
    for (const name of ['a1', 'a2', 'b.fifo']) await aQueue(there, name);
    const place = { account: '111111111111', region: 'eu-west-1' };
    const names = async (query: object) => {
      const { body } = await ask<Queues>(aws, 'queues', { ...query });
      return body.queues.map(({ name, fifo }) => (fifo ? `${name}!` : name));
    };
    expect(await names({})).toEqual(['here']);
    expect(await names(place)).toEqual(['a1', 'a2', 'b.fifo!']);
    expect(await names({ ...place, prefix: 'a' })).toEqual(['a1', 'a2']);
  });

  test('a hundred queues are a page', async () => {
    await using aws = await startSqs();
    for (let index = 0; index < 101; index += 1) {
      await aQueue(aws, `q${String(index).padStart(3, '0')}`);
    }
    const { body: first } = await ask<Queues>(aws, 'queues');
    expect(first.queues).toHaveLength(100);
    const { body: second } = await ask<Queues>(aws, 'queues', { after: first.next ?? '' });
    expect(second.queues.map(({ name }) => name)).toEqual(['q100']);
    expect(second.next).toBeUndefined();
  });
});

test('refusals: another method, and a path below', async () => {
  await using aws = await startSqs();
  expect((await order(aws, 'queues', {})).status).toBe(405);
  expect((await ask(aws, 'queues/none')).status).toBe(404);
});
