import { describe, expect, test } from 'vitest';
import { attemptWords, chainOf, runKey, toneOf } from '../../console/src/views/functions/runs.ts';
import type { Run } from '../../src/admin-api/index.ts';

function run(id: string, atMs: number, outcome = 'ok'): Run {
  return { id, function: 'f', version: '$LATEST', atMs, durationMs: 1, outcome, causes: [] };
}

describe('runs', () => {
  test('attempts with one id are told apart by their time', () => {
    expect(runKey(run('a', 1))).not.toBe(runKey(run('a', 2)));
  });

  test('a chain is in the order of time and has the run itself once', () => {
    const last = run('a', 3);
    const chain = chainOf(last, [run('a', 1, 'TypeError'), run('b', 2), run('a', 3)]);
    expect(chain.map(({ atMs }) => atMs)).toEqual([1, 2, 3]);
  });

  test('an attempt says which one it is, where there were several', () => {
    const second = run('a', 2);
    expect(attemptWords(second, [run('a', 1), run('a', 3)])).toBe('attempt 2 of 3');
    expect(attemptWords(second, [])).toBe('');
  });

  test('what is not ok has failed', () => {
    expect([run('a', 1), run('a', 1, 'Sandbox.Timedout')].map(toneOf)).toEqual(['ok', 'fail']);
  });
});
