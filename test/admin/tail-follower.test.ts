/** What a tail does when its storage is away, frame by frame. */
import { expect, test } from 'vitest';
import { tailFilter } from '../../src/admin/tail-filter.ts';
import { TailFollower } from '../../src/admin/tail-follower.ts';
import type { TailFrame } from '../../src/admin-api/index.ts';
import { createStack } from '../../src/app.ts';
import type { Clock } from '../../src/core/clock.ts';
import { Contents } from '../../src/journal/contents-by-id.ts';
import { journalsOf } from '../../src/journal/logs.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { sharedView } from '../delivery/nodes.ts';

/** A storage that can be away, and frames that come when they are called for. */
async function world() {
  const stack = await createStack({
    storage: await openSqlite({ path: ':memory:' }),
    services: [],
  });
  const state = { isAway: false };
  const trips = { bounds: 0, reads: 0 };
  const bounds = async (log: string) => {
    if (!log.startsWith('contents')) trips.bounds += 1;
    if (state.isAway) throw new Error('The storage is away.');
    return stack.storage.bounds(log);
  };
  const read: Storage['read'] = (log, how) => {
    if (!log.startsWith('contents')) trips.reads += 1;
    return stack.storage.read(log, how);
  };
  const storage = { ...sharedView(stack.storage), bounds, read };
  const timers: (() => void)[] = [];
  let isSet = Promise.withResolvers<void>();
  const afterWallMs: Clock['afterWallMs'] = (_, fire) => {
    timers.push(fire);
    isSet.resolve();
    return { cancel: () => {} };
  };
  const clock: Clock = {
    nowMs: () => stack.clock.nowMs(),
    at: (atMs, fire) => stack.clock.at(atMs, fire),
    wallNowMs: () => stack.clock.wallNowMs(),
    afterWallMs,
  };
  const told: string[] = [];
  const log = { ...stack.log, warn: (message: string) => void told.push(message) };
  const listens = Promise.withResolvers<void>();
  const [ended, sent] = [Promise.withResolvers<void>(), Promise.withResolvers<TailFrame>()];
  const send = (json: string) => {
    const frame: TailFrame = JSON.parse(json);
    if (frame.events.length > 0) sent.resolve(frame);
    else listens.resolve();
    return true;
  };
  const client = { send, end: () => ended.resolve() };
  const follow = () => {
    const filter = tailFilter(new URLSearchParams());
    return new TailFollower(
      { ...stack, storage, clock, log },
      new Contents(storage),
      filter,
      client,
    );
  };
  /** Runs the next frame to its end, which begins the wait for the one after. */
  const frame = async () => {
    await isSet.promise;
    isSet = Promise.withResolvers();
    timers.shift()?.();
  };
  const publish = (id: string) => {
    const [arn, atMs] = ['arn:aws:sqs:r:0:q', stack.clock.nowMs()];
    const fact = { kind: 'publish', id, arn, atMs } as const;
    return stack.storage.commit(stack.journal.record(fact));
  };
  const close = { [Symbol.asyncDispose]: () => stack.close() };
  const promises = { listens: listens.promise, ended: ended.promise, sent: sent.promise };
  return { state, trips, told, ...promises, follow, frame, publish, ...close };
}

test('a client of a tail that cannot be begun is sent away, to come again', async () => {
  await using w = await world();
  w.state.isAway = true;
  w.follow();
  await w.ended;
  expect(w.told).toEqual(['a tail cannot be begun']);
});

test('that it cannot be read on is told once, and it goes on where it was', async () => {
  await using w = await world();
  const follower = w.follow();
  await w.listens;
  await w.publish('a');
  w.state.isAway = true;
  for (let frames = 0; frames < 3; frames += 1) await w.frame();
  w.state.isAway = false;
  await w.frame();
  expect((await w.sent).events).toMatchObject([{ id: 'a' }]);
  expect(w.told).toEqual(['a tail cannot be read on']);
  w.state.isAway = true;
  await w.publish('b');
  for (let frames = 0; frames < 3; frames += 1) await w.frame();
  expect(w.told).toHaveLength(2);
  follower.stop();
});

test('a frame asks each log once how far it reaches, and reads those that have grown', async () => {
  await using w = await world();
  const follower = w.follow();
  await w.listens;
  await w.publish('a');
  Object.assign(w.trips, { bounds: 0, reads: 0 });
  await w.frame();
  await w.sent;
  expect(w.trips).toEqual({ bounds: journalsOf({ shared: true }).length, reads: 1 });
  follower.stop();
});
