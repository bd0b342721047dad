/** Asynchronous events and the end of a stack: what is broken off comes again. */
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../../src/app.ts';
import { VirtualClock } from '../../../src/core/clock.ts';
import { allServices } from '../../../src/services/all.ts';
import { registerFunction } from '../../../src/services/lambda/registered-functions.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { emptyDirectory } from '../../storage/sqlite/directory.ts';
import type { Context } from './async-world.ts';

const AS = { account: '000000000000', region: 'us-east-1' };

/** One life after another of a stack on the same files, its time going on. */
function lives() {
  const path = emptyDirectory();
  const clock = new VirtualClock(Date.parse('2026-01-15T10:00:00Z'));
  const begin = async (handler: (context: Context) => unknown) => {
    const storage = await openSqlite({ path });
    const stack = await createStack({ storage, services: allServices, clock });
    const run = (_event: unknown, context: Context) => handler(context);
    await registerFunction(stack, { ...AS, name: 'f' }, run as never, { timeoutSeconds: 900 });
    return stack;
  };
  return { begin, clock };
}

async function sendEvent(stack: RunningStack): Promise<void> {
  const as = { ...AS, principalArn: `arn:aws:iam::${AS.account}:root` };
  await stack.invoke('lambda', 'Invoke', { FunctionName: 'f', InvocationType: 'Event' }, as);
}

test('an event that the end of the stack breaks off runs at once in the next life', async () => {
  const { begin, clock } = lives();
  const ids: string[] = [];
  const begun = Promise.withResolvers<void>();
  const first = await begin(({ awsRequestId }) => {
    ids.push(awsRequestId);
    begun.resolve();
    return new Promise(() => {});
  });
  await sendEvent(first);
  await begun.promise;
  const endedAtMs = clock.nowMs();
  await first.close();

  const second = await begin(({ awsRequestId }) => ids.push(awsRequestId));
  await second.settled();
  await second.close();
  expect(ids).toHaveLength(2);
  expect(ids[1]).toBe(ids[0]);
  expect(clock.nowMs()).toBe(endedAtMs);
});

test('an event that is just about to run does not hold up the end', async () => {
  const { begin } = lives();
  let runs = 0;
  const first = await begin(() => {
    runs += 1;
    return new Promise(() => {});
  });
  await sendEvent(first);
  await first.close();
  const before = runs;

  const second = await begin(() => {
    runs += 1;
  });
  await second.settled();
  await second.close();
  expect(runs).toBe(before + 1);
});

test('the attempts that an event had are counted in the next life too', async () => {
  const { begin, clock } = lives();
  const atMs: number[] = [];
  const fail = () => {
    atMs.push(clock.nowMs());
    throw new Error('no');
  };
  const first = await begin(fail);
  await sendEvent(first);
  await first.quiet();
  await first.close();

  const second = await begin(fail);
  await second.settled();
  await second.close();
  const [begunAtMs = 0] = atMs;
  expect(atMs.map((ms) => (ms - begunAtMs) / 1000)).toEqual([0, 60, 180]);
});
