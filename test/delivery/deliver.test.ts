import { expect, test } from 'vitest';
import { deliver } from '../../src/delivery/deliver.ts';
import { Refused } from '../../src/delivery/targets.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { delivery, type World, world } from './world.ts';

const open = async () => world(await openSqlite({ path: ':memory:' }));
const soon = (code = 'THROTTLING') => new Refused(code, 'later', { retryable: true });
const never = (code = 'NO_RESOURCE') => new Refused(code, 'gone');

/** Plans and commits as a publisher does. */
async function publish({ stack }: World, ...items: Parameters<typeof deliver>[1]): Promise<void> {
  await stack.storage.commit(await deliver(stack, items));
}

test('a target inside the server has the event when the publisher has committed', async () => {
  await using w = await open();
  await publish(w, { delivery: delivery('inside'), body: 'hello' });
  expect(await w.arrived()).toEqual(['hello']);
  expect(await w.stack.storage.queues('deliveries/')).toEqual([]);
});

test('nothing is handed over when the publisher does not commit', async () => {
  await using w = await open();
  await deliver(w.stack, [{ delivery: delivery('inside'), body: 'hello' }]);
  await w.stack.settled();
  expect(await w.arrived()).toEqual([]);
});

test('the origin renders the payload', async () => {
  await using w = await open();
  await publish(w, { delivery: delivery('inside', { shape: { as: '> ' } }), body: 'hello' });
  expect(await w.arrived()).toEqual(['> hello']);
});

test('a target outside gets the event after the commit', async () => {
  await using w = await open();
  await publish(w, { delivery: delivery('outside'), body: 'hello' });
  await w.stack.settled();
  expect(w.sent).toEqual(['hello']);
});

test('a refusal that may pass is tried again when the origin says', async () => {
  await using w = await open();
  w.refusals.inside.push(soon(), soon());
  await publish(w, { delivery: delivery('inside'), body: 'hello' });
  expect(await w.arrived()).toEqual([]);
  await w.clock.advanceTo(w.clock.nowMs() + 999, () => w.stack.quiet());
  expect(w.refusals.inside).toHaveLength(1);
  expect(await w.stack.settled()).toEqual([]);
  expect(await w.arrived()).toEqual(['hello']);
  expect(w.clock.nowMs()).toBe(delivery('inside').sinceMs + 2000);
});

test('a target may ask for more time than the origin would give it', async () => {
  await using w = await open();
  w.refusals.outside.push(new Refused('429', 'busy', { retryable: true, retryAfterMs: 9000 }));
  await publish(w, { delivery: delivery('outside'), body: 'hello' });
  await w.stack.settled();
  expect(w.clock.nowMs()).toBe(delivery('outside').sinceMs + 9000);
});

test('an event that is refused for good rests in the dead-letter queue at once', async () => {
  await using w = await open();
  w.refusals.inside.push(never());
  const dead = delivery('inside', { deadLetterArn: 'letters' });
  await publish(w, { delivery: dead, body: 'hello' });
  expect(await w.letters()).toEqual(['hello NO_RESOURCE 1 permanent']);
});

test('an event that is refused three times rests in the dead-letter queue', async () => {
  await using w = await open();
  w.refusals.inside.push(soon(), soon(), soon());
  const dead = delivery('inside', { deadLetterArn: 'letters' });
  await publish(w, { delivery: dead, body: 'hello' });
  await w.stack.settled();
  expect(await w.letters()).toEqual(['hello THROTTLING 3 attempts']);
  expect(await w.arrived()).toEqual([]);
});

test('an event past its age is given up', async () => {
  await using w = await open();
  w.refusals.inside.push(soon());
  const old = delivery('inside', { deadLetterArn: 'letters', sinceMs: 0 });
  await publish(w, { delivery: old, body: 'hello' });
  expect(await w.letters()).toEqual(['hello THROTTLING 1 age']);
});

test('a kind of target that nobody registered is a permanent refusal', async () => {
  await using w = await open();
  const lost = delivery('nowhere', { deadLetterArn: 'letters' });
  await publish(w, { delivery: lost, body: 'hello' });
  expect(await w.letters()).toEqual(['hello NO_RESOURCE 1 permanent']);
});

test('an error of ours is retried, not lost', async () => {
  await using w = await open();
  w.refusals.inside.push(new TypeError('a bug') as unknown as Refused);
  await publish(w, { delivery: delivery('inside'), body: 'hello' });
  await w.stack.settled();
  expect(await w.arrived()).toEqual(['hello']);
});

test('deliveries of one group stay in order behind one that waits', async () => {
  await using w = await open();
  const ordered = { group: 'g' };
  w.refusals.inside.push(soon());
  await publish(w, { delivery: delivery('inside', ordered), body: '1' });
  await publish(w, { delivery: delivery('inside', ordered), body: '2' });
  await publish(w, { delivery: delivery('inside', ordered), body: '3' });
  expect(await w.arrived()).toEqual([]);
  await w.stack.settled();
  expect(await w.arrived()).toEqual(['1', '2', '3']);
});

test('the deliveries beyond the first hundred of one publisher wait, and all arrive', async () => {
  await using w = await open();
  const items = Array.from({ length: 250 }, (_, index) => ({
    delivery: delivery('inside'),
    body: String(index),
  }));
  await publish(w, ...items);
  expect(await w.arrived()).toHaveLength(100);
  await w.stack.settled();
  expect(new Set(await w.arrived()).size).toBe(250);
});

test('each attempt, retry and dead letter is a fact of the journal', async () => {
  await using w = await open();
  w.refusals.inside.push(soon(), soon(), soon());
  const dead = delivery('inside', { deadLetterArn: 'letters' });
  await publish(w, { delivery: dead, body: 'hello' });
  await w.stack.settled();
  const trace = await w.stack.traces.trace('event-1');
  const told = trace?.tree.facts.map(({ kind, outcome }) => `${kind} ${outcome}`);
  expect(told).toEqual([
    'deliver THROTTLING',
    'retry THROTTLING',
    'deliver THROTTLING',
    'retry THROTTLING',
    'deliver THROTTLING',
    'dead-letter THROTTLING',
  ]);
});

test('what one publisher hands over in a group keeps its order too', async () => {
  await using w = await open();
  const ordered = { group: 'g' };
  w.refusals.inside.push(soon());
  const items = ['1', '2', '3'].map((body) => ({ delivery: delivery('inside', ordered), body }));
  await publish(w, ...items);
  expect(await w.arrived()).toEqual([]);
  await w.stack.settled();
  expect(await w.arrived()).toEqual(['1', '2', '3']);
});

test('a target that asks for more time than there is, is asked again after a day', async () => {
  await using w = await open();
  const retryAfterMs = Number.MAX_VALUE;
  w.refusals.outside.push(new Refused('429', 'busy', { retryable: true, retryAfterMs }));
  await publish(w, { delivery: delivery('outside'), body: 'hello' });
  await w.stack.settled();
  expect(w.sent).toEqual(['hello']);
  expect(w.clock.nowMs()).toBe(delivery('outside').sinceMs + 86_400_000);
});

test('an error of ours at the dead-letter queue does not lose the event', async () => {
  await using w = await open();
  w.refusals.inside.push(never(), never());
  w.refusals.sqs.push(new TypeError('a bug') as unknown as Refused);
  const dead = delivery('inside', { deadLetterArn: 'letters' });
  await publish(w, { delivery: dead, body: 'hello' });
  expect(await w.letters()).toEqual([]);
  await w.stack.settled();
  expect(await w.letters()).toEqual(['hello NO_RESOURCE 2 permanent']);
});

test('a delivery of an origin that is gone waits for it, and is told of', async () => {
  await using w = await open();
  await publish(w, { delivery: delivery('inside', { origin: 'gone' }), body: 'hello' });
  const [outstanding] = await w.stack.settled(3);
  expect(outstanding?.queue).toBe('deliveries/inside');
  expect(w.told[0]).toContain('No origin is called gone.');
});

test('targets that count on the same row are handed over to one after the other', async () => {
  await using w = await open();
  const items = ['1', '2', '3'].map((body) => ({ delivery: delivery('counter'), body }));
  await publish(w, ...items);
  await w.stack.settled();
  expect((await w.stack.storage.get('counts', 'test', 'taken'))?.value).toBe('3');
});
