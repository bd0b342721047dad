import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/core/clock.ts';
import { Drain } from '../../src/server/drain.ts';
import { type EventClient, serverSentEvents } from '../../src/services/server-sent-events.ts';

/** Wall time that the test moves. */
class WallClock extends VirtualClock {
  override afterWallMs(delayMs: number, fire: () => void) {
    return this.at(this.nowMs() + delayMs, fire);
  }
}

function stream() {
  const clock = new WallClock(0);
  const drain = new Drain();
  const clients: EventClient[] = [];
  let left = 0;
  const { status, headers, body } = serverSentEvents(clock, { onDrain: drain.on }, (client) => {
    clients.push(client);
    return () => {
      left += 1;
    };
  });
  if (typeof body === 'string' || body instanceof Uint8Array) throw new Error('no pieces');
  const pieces = body[Symbol.asyncIterator]();
  const next = async () => {
    const { done, value } = await pieces.next();
    return done ? 'over' : Buffer.from(value).toString();
  };
  const first = () => {
    const [client] = clients;
    if (!client) throw new Error('Nobody has begun to read.');
    return client;
  };
  const advance = (ms: number) => clock.advanceTo(clock.nowMs() + ms, async () => {});
  const leave = () => pieces.return?.();
  return { status, headers, clients, next, first, leave, drain, advance, clock, left: () => left };
}

describe('answers', () => {
  test('a stream of events that nobody keeps', () => {
    const { status, headers } = stream();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
  });

  test('frames in the order in which they are sent', async () => {
    const at = stream();
    const one = at.next();
    expect(at.first().send('{"n":1}')).toBe(true);
    expect(await one).toBe('data: {"n":1}\n\n');
    expect(at.first().send('{"n":2}')).toBe(true);
    expect(await at.next()).toBe('data: {"n":2}\n\n');
  });

  test('a slow client skips frames, and whoever sends them knows', async () => {
    const at = stream();
    const one = at.next();
    expect(at.first().send('1')).toBe(true);
    expect(at.first().send('2')).toBe(true);
    expect(at.first().send('3')).toBe(false);
    expect(await one).toBe('data: 1\n\n');
    expect(await at.next()).toBe('data: 2\n\n');
    const last = at.next();
    expect(at.first().send('4')).toBe(true);
    expect(await last).toBe('data: 4\n\n');
  });

  test('a comment after fifteen seconds of silence', async () => {
    const at = stream();
    const one = at.next();
    await at.advance(14_999);
    at.first().send('1');
    expect(await one).toBe('data: 1\n\n');
    const two = at.next();
    await at.advance(14_999);
    at.first().send('2');
    expect(await two).toBe('data: 2\n\n');
    const beat = at.next();
    await at.advance(15_000);
    expect(await beat).toBe(':\n\n');
    await at.leave();
  });
});

describe('the end', () => {
  test('an answer that nobody reads begins nothing', async () => {
    const at = stream();
    await at.leave();
    expect(await at.next()).toBe('over');
    expect(at.clients).toEqual([]);
    expect(at.clock.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test('a client that goes is told to whoever sends, once, and nothing is left', async () => {
    const at = stream();
    const one = at.next();
    await at.leave();
    expect(await one).toBe('over');
    await at.leave();
    expect(at.left()).toBe(1);
    expect(at.first().send('1')).toBe(false);
    expect(at.clock.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test('a server that begins to end ends it at once', async () => {
    const at = stream();
    const one = at.next();
    at.drain.begin();
    expect(await one).toBe('over');
    expect(at.left()).toBe(1);
  });

  test('a server that is ending already begins none', async () => {
    const at = stream();
    at.drain.begin();
    expect(await at.next()).toBe('over');
    expect(at.clients).toEqual([]);
  });
});
