import { describe, expect, test } from 'vitest';
import { nextTurn, realClock, VirtualClock } from '../../../src/core/clock.ts';
import { pollsOf } from '../../../src/services/sqs/long-polls.ts';
import { aQueue, startSqs, withDeadLetters } from './a-queue.ts';

const waiting = { WaitTimeSeconds: 20 } as const;

describe('waking', () => {
  test('a receive that waits gets a message as soon as it is sent', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const poll = queue.bodies(waiting);
    await queue.waiting(1);
    const clock = realClock();
    const sentAtMs = clock.nowMs();
    await queue.send('at last');
    expect(await poll).toEqual(['at last']);
    expect(clock.nowMs() - sentAtMs).toBeLessThan(200);
  });

  test('the queue may say how long receives wait, and a receive may say otherwise', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { ReceiveMessageWaitTimeSeconds: '20' });
    expect(await queue.bodies({ WaitTimeSeconds: 0 })).toEqual([]);
    const poll = queue.bodies();
    await queue.waiting(1);
    await queue.send('a');
    expect(await poll).toEqual(['a']);
  });

  test('an ended delay, a lease that runs out and a message given back wake it', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a', { DelaySeconds: 10 });
    const afterDelay = queue.bodies(waiting);
    await queue.waiting(1);
    await aws.clock.advance('10s');
    expect(await afterDelay).toEqual(['a']);

    await aws.clock.advance('20s');
    const afterLease = queue.one(waiting);
    await queue.waiting(1);
    await aws.clock.advance('10s');
    const message = await afterLease;

    const afterRelease = queue.bodies(waiting);
    await queue.waiting(1);
    await queue.hide(message, 0);
    expect(await afterRelease).toEqual(['a']);
  });

  test('a message that shows up while a receive looks in vain wakes it', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const { storage, clock } = aws.stack;
    if (!(clock instanceof VirtualClock)) throw new Error('not on virtual time');
    const claim = storage.claim.bind(storage);
    await queue.send('a', { DelaySeconds: 1 });
    let left = 2;
    storage.claim = async (name, wish) => {
      const claimed = await claim(name, wish);
      // Storage that takes its time: the delay ends before the second answer, that of the poll.
      left -= 1;
      if (left === 0) await clock.advanceTo(clock.nowMs() + 1_000, () => Promise.resolve());
      return claimed;
    };
    const poll = queue.bodies(waiting);
    await queue.waiting(1);
    // A timer of virtual time fires when that is moved.
    while (left > 0) await nextTurn();
    await aws.clock.advance('1ms');
    expect(await poll).toEqual(['a']);
  });

  test('a message of a FIFO group wakes it when the one before it is deleted', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', { ContentBasedDeduplication: 'true' });
    for (const body of ['a', 'b']) await queue.send(body, { MessageGroupId: 'g' });
    const first = await queue.one();
    const poll = queue.bodies(waiting);
    await queue.waiting(1);
    await queue.remove(first);
    expect(await poll).toEqual(['b']);
  });

  test('a dead letter wakes who waits at the dead-letter queue', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1);
    await queue.send('bad');
    await queue.receive({ VisibilityTimeout: 0 });
    const poll = dead.bodies(waiting);
    await dead.waiting(1);
    expect(await queue.bodies()).toEqual([]);
    expect(await poll).toEqual(['bad']);
  });

  test('each of many messages wakes one of many', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const polls = Array.from({ length: 10 }, () =>
      queue.bodies({ MaxNumberOfMessages: 1, ...waiting }),
    );
    await queue.waiting(10);
    for (let index = 0; index < 6; index += 1) await queue.send(`m${index}`);
    await queue.waiting(4);
    await aws.clock.advance('20s');
    const received = (await Promise.all(polls)).flat();
    expect(received.sort()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5']);
  });
});

describe('ending', () => {
  test('a receive that waited in vain answers with nothing, at its time', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    let ended = false;
    const poll = aws.call('sqs', 'ReceiveMessage', { QueueUrl: queue.url, ...waiting });
    void poll.then(() => {
      ended = true;
    });
    await queue.waiting(1);
    await aws.clock.advance('19s');
    await nextTurn();
    expect(ended).toBe(false);
    await aws.clock.advance('1s');
    expect(await poll).toEqual({});
  });

  test('it ends by real time too, so that a virtual clock leaves nobody hanging', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const before = aws.clock.now();
    expect(await queue.bodies({ WaitTimeSeconds: 1 })).toEqual([]);
    expect(aws.clock.now()).toBe(before);
  });

  test('a client that goes away takes nothing with it', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const client = new AbortController();
    const gone = fetch(aws.endpoint, {
      method: 'POST',
      signal: client.signal,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.ReceiveMessage',
      },
      body: JSON.stringify({ QueueUrl: queue.url, ...waiting }),
    });
    await queue.waiting(1);
    client.abort();
    await expect(gone).rejects.toThrow();
    await queue.waiting(0);
    await queue.send('a');
    const message = await queue.one();
    expect(message.Attributes?.ApproximateReceiveCount).toBe('1');
  });

  test('deleting the queue ends it at once', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const poll = aws.fails('sqs', 'ReceiveMessage', { QueueUrl: queue.url, ...waiting });
    await queue.waiting(1);
    await aws.call('sqs', 'DeleteQueue', { QueueUrl: queue.url });
    expect((await poll).code).toBe('QueueDoesNotExist');
  });

  test('the end of the service ends it with nothing', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const poll = queue.bodies(waiting);
    await queue.waiting(1);
    pollsOf(aws.stack).close();
    expect(await poll).toEqual([]);
  });
});
