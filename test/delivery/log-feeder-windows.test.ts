import { describe, expect, test } from 'vitest';
import { aLog, type Batch } from './a-log.ts';

describe('tumbling windows', () => {
  const adding = ({ bodies, window }: Batch) => {
    const state = JSON.parse(window?.state ?? '{}') as { sum?: number };
    return JSON.stringify({ sum: (state.sum ?? 0) + bodies.length });
  };

  test('state goes from batch to batch, and to a last one when the time is over', async () => {
    await using log = await aLog({
      size: 2,
      rules: { tumblingMs: 60_000 },
      consume: (batch, records) => ({ consumed: records, state: adding(batch) }),
    });
    const startMs = Math.floor(log.clock.nowMs() / 60_000) * 60_000;
    await log.put('s1', 'a', 'b', 'c');
    await log.settled();
    await log.put('s1', 'd');
    await log.settled();
    expect(log.batches.map(({ bodies, window }) => [bodies.join(''), window?.state])).toEqual([
      ['ab', '{}'],
      ['c', '{"sum":2}'],
      ['', '{"sum":3}'],
      ['d', '{}'],
      ['', '{"sum":1}'],
    ]);
    const [first, , last] = log.batches;
    expect(first?.window).toMatchObject({ startMs, endMs: startMs + 60_000, isFinal: false });
    expect(last?.window).toMatchObject({ startMs, isFinal: true, isEarly: false });
    expect(last?.atMs).toBe(startMs + 60_000);
  });

  test('a state that grows too large ends its window early', async () => {
    await using log = await aLog({
      size: 1,
      rules: { tumblingMs: 60_000 },
      consume: (_batch, records) => ({ consumed: records, state: `"${'x'.repeat(1_048_576)}"` }),
    });
    await log.put('s1', 'a', 'b');
    await log.quiet();
    const flags = log.batches.map(({ window }) => [window?.isFinal, window?.isEarly]);
    expect(flags).toEqual([
      [false, false],
      [true, true],
      [false, false],
      [true, true],
    ]);
  });

  test('a last batch that fails is tried again, and then given up', async () => {
    await using log = await aLog({
      rules: { tumblingMs: 60_000, mostRetries: 1 },
      consume: ({ window }, records) =>
        window?.isFinal ? { failed: records } : { consumed: records, state: '{}' },
    });
    await log.put('s1', 'a');
    await log.settled();
    expect(log.batches.map(({ window }) => window?.isFinal)).toEqual([false, true, true]);
    expect(log.lost).toEqual([]);
  });
});
