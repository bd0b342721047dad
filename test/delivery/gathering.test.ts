import { expect, test } from 'vitest';
import { createStack } from '../../src/app.ts';
import { Gathering } from '../../src/delivery/gathering.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';

async function open() {
  const storage = await openSqlite({ path: ':memory:' });
  const stack = await createStack({ storage, services: [] });
  const written: string[][] = [];
  let gathered: string[] = [];
  const gathering = new Gathering(stack, {
    name: 'words',
    gatherMs: 3_600_000,
    hasMore: () => gathered.length > 0,
    write: async () => {
      written.push(gathered);
      gathered = [];
    },
  });
  stack.workers.add(gathering);
  const say = (word: string) => {
    gathered.push(word);
    gathering.writeSoon();
  };
  return { stack, gathering, written, say, [Symbol.asyncDispose]: () => stack.close() };
}

test('what comes in one after another is written in one go, once somebody waits', async () => {
  await using world = await open();
  for (const word of ['one', 'two', 'three']) world.say(word);
  expect(world.gathering.busy).toBe(true);
  expect(world.written).toEqual([]);
  await world.stack.quiet();
  expect(world.written).toEqual([['one', 'two', 'three']]);
  expect(world.gathering.busy).toBe(false);
});

test('what is gathered when the stack closes is written', async () => {
  const world = await open();
  world.say('last');
  await world.stack.close();
  expect(world.written).toEqual([['last']]);
});

test('nothing gathered is nothing written', async () => {
  await using world = await open();
  world.gathering.writeNow();
  await world.stack.quiet();
  expect(world.written).toEqual([]);
});
