import { describe, expect, test } from 'vitest';
import type { Fault } from '../history.ts';
import { check } from './check.ts';
import { Tale } from './tale.ts';

type Story = (tale: Tale) => unknown;

/** Both began before any of them ended. */
const TOGETHER = { beganBefore: 10 };

const GOOD: Readonly<Record<string, Story>> = {
  'an item put, read, and read again': (tale) =>
    tale.item('get', {}).item('put', { value: 'a' }).item('get', { value: 'a' }),
  'two puts at once, in the order that a later get shows': (tale) =>
    tale
      .item('put', { value: 'a', ...TOGETHER })
      .item('put', { value: 'b', ...TOGETHER })
      .item('get', { value: 'a' }),
  'a put without answer that nobody sees': (tale) =>
    tale.item('put', { value: 'a' }).item('put', { value: 'b', outcome: 'unknown' }).item('get', {
      value: 'a',
    }),
  'a put without answer that shows later': (tale) =>
    tale
      .item('put', { value: 'b', outcome: 'unknown' })
      .item('put', { value: 'a' })
      .item('get', { value: 'a' })
      .item('get', { value: 'b' }),
  'a swap that a put without answer made fail': (tale) =>
    tale
      .item('put', { value: 'a' })
      .item('put', { value: 'b', outcome: 'unknown' })
      .item('swap', { expects: 'a', value: 'c', outcome: 'refused' }),
  'two swaps at once, of which one is refused': (tale) =>
    tale
      .item('put', { value: 'a' })
      .item('swap', { expects: 'a', value: 'b', outcome: 'refused', beganBefore: 1 })
      .item('swap', { expects: 'a', value: 'c', ...TOGETHER })
      .item('get', { value: 'c' }),
  'transactions one after another': (tale) =>
    tale
      .transact({}, { x: '1', y: '1y' })
      .transact({ x: ['1'], y: ['1y'] }, { x: '2' })
      .transact({ x: ['1', '2'], y: ['1y'] }),
  'transactions at once, one before the other': (tale) =>
    tale
      .transact({ x: [] }, { y: '1' }, TOGETHER)
      .transact({ y: ['1'] }, { x: '2' }, TOGETHER)
      .transact({ x: ['2'], y: ['1'] }),
  'a transaction without answer that was not': (tale) =>
    tale.transact({}, { x: '1', y: '1y' }, { outcome: 'unknown' }).transact({ x: [], y: [] }),
  'a refused transaction': (tale) =>
    tale.transact({}, { x: '1' }, { outcome: 'refused' }).transact({ x: [] }),
  'readers of a shard from its beginning and from its middle': (tale) =>
    tale
      .stream('a', 'b', 'c')
      .reader(['a', 'b', 'c'])
      .reader(['b', 'c'], { fromOldest: false })
      .reader(['a', 'b'], { toNewest: false })
      .reader([], { toNewest: false }),
};

const BAD: Readonly<Record<string, readonly [Fault, Story]>> = {
  'a get of what was overwritten': [
    'not-linearizable',
    (tale) =>
      tale.item('put', { value: 'a' }).item('put', { value: 'b' }).item('get', { value: 'a' }),
  ],
  'a get of what nobody has put': ['not-linearizable', (tale) => tale.item('get', { value: 'x' })],
  'a get of nothing after a confirmed put': [
    'not-linearizable',
    (tale) => tale.item('put', { value: 'a' }).item('get', {}),
  ],
  'two gets that see two puts in both orders': [
    'not-linearizable',
    (tale) =>
      tale
        .item('put', { value: 'a', ...TOGETHER })
        .item('put', { value: 'b', ...TOGETHER })
        .item('get', { value: 'a' })
        .item('get', { value: 'b' })
        .item('get', { value: 'a' }),
  ],
  'two swaps of the same value': [
    'not-linearizable',
    (tale) =>
      tale
        .item('put', { value: 'a' })
        .item('swap', { expects: 'a', value: 'b', ...TOGETHER })
        .item('swap', { expects: 'a', value: 'c', ...TOGETHER }),
  ],
  'a swap refused although it had to match': [
    'not-linearizable',
    (tale) =>
      tale.item('put', { value: 'a' }).item('swap', {
        ...{ expects: 'a', value: 'b', outcome: 'refused' },
      }),
  ],
  'the effect of a refused swap': [
    'not-linearizable',
    (tale) =>
      tale
        .item('put', { value: 'a' })
        .item('swap', { expects: 'x', value: 'b', outcome: 'refused' })
        .item('get', { value: 'b' }),
  ],
  'the effect of a refused put': [
    'not-linearizable',
    (tale) => tale.item('put', { value: 'a', outcome: 'refused' }).item('get', { value: 'a' }),
  ],
  'a put without answer that shows, goes and shows again': [
    'not-linearizable',
    (tale) =>
      tale
        .item('put', { value: 'a', outcome: 'unknown' })
        .item('get', { value: 'a' })
        .item('get', {}),
  ],
  'a lost append': ['lost', (tale) => tale.transact({}, { x: '1' }).transact({ x: [] })],
  'an append that is seen and gone': [
    'not-serializable',
    (tale) =>
      tale
        .transact({}, { x: '1' })
        .transact({ x: ['1'] })
        .transact({ x: [] }),
  ],
  'an append seen twice': [
    'duplicate',
    (tale) => tale.transact({}, { x: '1' }).transact({ x: ['1', '1'] }),
  ],
  'an element that nobody has appended': ['phantom', (tale) => tale.transact({ x: ['?'] })],
  'the effect of a refused transaction': [
    'torn',
    (tale) => tale.transact({}, { x: '1' }, { outcome: 'refused' }).transact({ x: ['1'] }),
  ],
  'half of a transaction without answer': [
    'torn',
    (tale) =>
      tale
        .transact({}, { x: '1', y: '1y' }, { outcome: 'unknown' })
        .transact({ x: ['1'] })
        .transact({ y: [] }),
  ],
  'a reading between the two writes of a transaction': [
    'not-serializable',
    (tale) =>
      tale
        .transact({}, { x: '1', y: '1y' }, TOGETHER)
        .transact({ x: ['1'], y: [] }, {}, TOGETHER)
        .transact({ x: ['1'], y: ['1y'] }),
  ],
  'two transactions that each miss the other (write skew)': [
    'not-serializable',
    (tale) =>
      tale
        .transact({ x: [] }, { y: '1' }, TOGETHER)
        .transact({ y: [] }, { x: '2' }, TOGETHER)
        .transact({ x: ['2'], y: ['1'] }),
  ],
  'two readers that see two appends in both orders (long fork)': [
    'not-serializable',
    (tale) =>
      tale
        .transact({}, { x: '1' }, TOGETHER)
        .transact({}, { y: '2' }, TOGETHER)
        .transact({ x: ['1'], y: [] }, {}, TOGETHER)
        .transact({ x: [], y: ['2'] }, {}, TOGETHER),
  ],
  'two transactions in another order in each list': [
    'not-serializable',
    (tale) =>
      tale
        .transact({}, { x: '1', y: '1y' }, TOGETHER)
        .transact({}, { x: '2', y: '2y' }, TOGETHER)
        .transact({ x: ['1', '2'] })
        .transact({ y: ['2y', '1y'] }),
  ],
  'a reading of what was overwritten when it began (stale)': [
    'not-serializable',
    (tale) =>
      tale
        .transact({}, { x: '1' })
        .transact({ x: [] })
        .transact({}, { x: '2' })
        .transact({ x: ['1', '2'] }),
  ],
  'an update lost to another one': [
    'not-serializable',
    (tale) =>
      tale
        .transact({ x: [] }, { x: '1' }, TOGETHER)
        .transact({ x: [] }, { x: '2' }, TOGETHER)
        .transact({ x: ['1', '2'] }),
  ],
  'a reader that missed a record': ['gap', (tale) => tale.stream('a', 'b', 'c').reader(['a', 'c'])],
  'a reader that did not begin at the oldest': [
    'gap',
    (tale) => tale.stream('a', 'b').reader(['b']),
  ],
  'a reader that missed the last record': ['gap', (tale) => tale.stream('a', 'b').reader(['a'])],
  'a reader that got a record twice': [
    'duplicate',
    (tale) => tale.stream('a', 'b').reader(['a', 'a', 'b']),
  ],
  'a reader that got records in another order': [
    'order',
    (tale) => tale.stream('a', 'b').reader(['b', 'a']),
  ],
  'a reader of a record that is not there': [
    'phantom',
    (tale) => tale.stream('a').reader(['a', 'ghost']),
  ],
};

function faultsOf(story: Story): readonly Fault[] {
  const tale = new Tale();
  story(tale.wait(100));
  return check(tale.end()).map((finding) => finding.fault);
}

describe('a good history passes', () => {
  test.each(Object.entries(GOOD))('%s', (_, story) => {
    expect(faultsOf(story)).toEqual([]);
  });
});

describe('a bad history is flagged for its fault and no other', () => {
  test.each(Object.entries(BAD))('%s', (_, [fault, story]) => {
    expect([...new Set(faultsOf(story))]).toEqual([fault]);
  });
});

test('a long history of one item is judged in time', { timeout: 60_000 }, () => {
  const tale = new Tale().wait(100);
  for (let i = 0; i < 500; i++) {
    tale.item('put', { value: `${i}`, beganBefore: i % 7 });
    tale.item('get', { value: `${i}` });
    if (i % 50 === 0) tale.item('put', { value: `never ${i}`, outcome: 'unknown' });
  }
  expect(check(tale.end())).toEqual([]);
});
