import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { schedule, TIMETABLE, WORK } from '../../src/delivery/schedule.ts';
import type { Service } from '../../src/services/service.ts';
import { startAws } from '../../src/testing/index.ts';
import { service } from '../server/stack.ts';

const SQS = service('sqs', { ListQueues: (call) => ({ QueueUrls: [call.stack.ids.uuid()] }) });

/** A service whose `step` job schedules itself again, one minute later, `times` times. */
function stepping(times: number, ran: number[]): Service {
  return {
    ...service('sqs', {}),
    jobs: {
      step: (stack) => {
        ran.push(stack.clock.nowMs());
        const dueAtMs = stack.clock.nowMs() + 60_000;
        return ran.length < times ? [schedule(stack, WORK, 'step', '{}', dueAtMs)] : [];
      },
    },
  };
}

describe('answers', () => {
  test('a client of the SDK is wired to the server, with what the test adds', async () => {
    await using aws = await startAws({ services: [SQS] });
    const sqs = aws.client(SQSClient, { region: 'eu-west-1' });
    expect(await sqs.config.region()).toBe('eu-west-1');
    expect(await sqs.send(new ListQueuesCommand({}))).toMatchObject({
      QueueUrls: [expect.any(String)],
    });
  });

  test('stacks share nothing, and the same seed makes the same ids', async () => {
    const made: (readonly string[] | undefined)[] = [];
    for (const seed of [7, 7, 8]) {
      await using aws = await startAws({ services: [SQS], seed });
      const { QueueUrls } = await aws.client(SQSClient).send(new ListQueuesCommand({}));
      made.push(QueueUrls);
    }
    expect(made[0]).toEqual(made[1]);
    expect(made[0]).not.toEqual(made[2]);
  });

  test('account and region are the test’s', async () => {
    const seen: string[] = [];
    const sqs = service('sqs', {
      ListQueues: ({ account, region }) => {
        seen.push(account, region);
        return {};
      },
    });
    await using aws = await startAws({
      services: [sqs],
      account: '111122223333',
      region: 'eu-north-1',
    });
    await aws.client(SQSClient).send(new ListQueuesCommand({}));
    expect(seen).toEqual(['111122223333', 'eu-north-1']);
    expect(aws.region).toBe('eu-north-1');
  });
});

describe('time', () => {
  test('begins where it is told to and moves only when told to', async () => {
    await using aws = await startAws({ services: [], startAt: '2030-06-01T00:00:00Z' });
    const start = Date.parse('2030-06-01T00:00:00Z');
    expect(aws.clock.now()).toBe(start);
    await aws.clock.advance('1h30m');
    await aws.clock.advance(500);
    expect(aws.clock.now()).toBe(start + 5_400_500);
    await aws.clock.advanceTo('2030-06-02T00:00:00Z');
    await aws.clock.advanceTo('2030-06-01T12:00:00Z');
    expect(aws.clock.now()).toBe(start + 86_400_000);
    expect(() => aws.clock.advanceTo('some day')).toThrow('no moment in time');
    await expect(async () => aws.clock.advance('some time')).rejects.toThrow('no span of time');
  });

  test('each job runs at its own moment on the way', async () => {
    const ran: number[] = [];
    await using aws = await startAws({ services: [stepping(3, ran)] });
    const start = aws.clock.now();
    await aws.stack.storage.commit([schedule(aws.stack, WORK, 'step', '{}', start + 60_000)]);
    await aws.clock.advance('1h');
    expect(ran).toEqual([start + 60_000, start + 120_000, start + 180_000]);
    expect(aws.clock.now()).toBe(start + 3_600_000);
  });

  test('settled moves time as far as work goes, and no further', async () => {
    const ran: number[] = [];
    await using aws = await startAws({ services: [stepping(2, ran)] });
    const start = aws.clock.now();
    const timetable = schedule(aws.stack, TIMETABLE, 'step', '{}', start + 86_400_000);
    const work = schedule(aws.stack, WORK, 'step', '{}', start + 60_000);
    await aws.stack.storage.commit([timetable, work]);
    await aws.settled();
    expect(ran).toHaveLength(2);
    expect(aws.clock.now()).toBe(start + 120_000);
  });

  test('settled names what does not end', async () => {
    const ran: number[] = [];
    await using aws = await startAws({ services: [stepping(Number.POSITIVE_INFINITY, ran)] });
    const due = aws.clock.now() + 60_000;
    await aws.stack.storage.commit([schedule(aws.stack, WORK, 'step', '{}', due)]);
    await expect(aws.settled()).rejects.toThrow(/schedule\/work: due at 20/);
  });
});

describe('the end', () => {
  test('long polls are ended', async () => {
    const polling = Promise.withResolvers<void>();
    const sqs = service('sqs', {
      ListQueues: (call) =>
        new Promise((resolve) => {
          call.onDrain(() => resolve({ QueueUrls: ['ended'] }));
          polling.resolve();
        }),
    });
    const aws = await startAws({ services: [sqs] });
    const poll = new SQSClient({
      endpoint: aws.endpoint,
      region: aws.region,
      credentials: aws.credentials,
    });
    const answer = poll.send(new ListQueuesCommand({}));
    await polling.promise;
    await aws[Symbol.asyncDispose]();
    expect(await answer).toMatchObject({ QueueUrls: ['ended'] });
    poll.destroy();
  });

  test('a timer that a service leaves behind is reported', async () => {
    const leaving: Service = {
      ...service('sqs', {}),
      start: ({ clock }) => {
        clock.at(clock.nowMs() + 60_000, () => {});
        return async () => {};
      },
    };
    const aws = await startAws({ services: [leaving] });
    await expect(aws[Symbol.asyncDispose]()).rejects.toThrow(
      'a timer for 2026-01-15T10:01:00.000Z was never cancelled',
    );
  });
});
