import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelOf } from '../../../src/wire/models.ts';
import { matchesPattern } from '../../../src/wire/validation/patterns.ts';
import { services } from '../../../src/wire/wire.ts';

test('no pattern of any model runs long on a hostile text', async () => {
  const worker = new Worker(new URL('../hostile-patterns.ts', import.meta.url));
  let last = '';
  const outcome = await new Promise((resolve) => {
    const overdue = setTimeout(() => resolve(`stuck in ${last}`), 20_000);
    worker.on('error', resolve);
    worker.on('message', (pattern: string) => {
      last = pattern;
      if (pattern !== 'done') return;
      clearTimeout(overdue);
      resolve('done');
    });
  });
  await worker.terminate();
  expect(outcome).toBe('done');
}, 30_000);

describe('rewritten for linear time, patterns say the same', () => {
  /** Short texts of the characters that matter to them. */
  const texts = fc.string({ unit: fc.constantFrom(' ', '\t', 'a', ':', '\u007f', 'é', '\n') });

  test.each([
    ['events', 'HeaderValue'],
    ['events', 'AuthHeaderParameters'],
    ['pipes', 'HeaderValue'],
  ])('%s %s', (service, name) => {
    const pattern = modelOf(service).shape(name).pattern ?? '';
    const original = new RegExp(`^(?:${pattern})$`, 'u');
    fc.assert(
      fc.property(texts, (text) => matchesPattern(pattern, text) === original.test(text)),
      { numRuns: 2000 },
    );
  });
});

test('a pattern takes the whole text, and every alternative', () => {
  expect(matchesPattern('a|b', 'b')).toBe(true);
  expect(matchesPattern('a|b', 'ab')).toBe(false);
  expect(matchesPattern('[a-z]+', 'a\n')).toBe(false);
});

test('one that ignores case does', () => {
  expect(matchesPattern('(?i)abc', 'ABC')).toBe(true);
});

test('a text longer than any model allows is refused unread', () => {
  expect(matchesPattern('a*', 'a'.repeat(140_001))).toBe(false);
});

test('every pattern of the models compiles', () => {
  const patterns = services().flatMap((service) =>
    Object.values(modelOf(service).shapes).flatMap(({ pattern }) => pattern ?? []),
  );
  // One that does not compile lets every text pass, this one too.
  const lenient = new Set(patterns.filter((pattern) => matchesPattern(pattern, '\u0000\uffff')));
  const anything = [...lenient].filter((pattern) => !/\\[sSwWdD]|\[\^|\.|\\u|\\p/.test(pattern));
  expect(anything).toEqual([]);
});
