import { expect, test } from 'vitest';
import { Faults, MOST_FAULTS } from '../../src/core/faults.ts';
import { seededIds } from '../../src/core/ids.ts';

const faults = (seed = 1) => new Faults(seededIds(seed).random);
const ERROR = { at: 'api', error: 'ThrottlingException' } as const;

test('without a rule that can still strike, nothing has to be looked at', () => {
  const some = faults();
  expect(some.on).toBe(false);
  const { id } = some.add({ ...ERROR, times: 1 });
  expect(some.on).toBe(true);
  expect(some.api('sqs', 'SendMessage')).toEqual({ id, error: 'ThrottlingException' });
  expect(some.on).toBe(false);
  expect(some.api('sqs', 'SendMessage')).toBeUndefined();
  expect(some.list()).toMatchObject([{ id, hits: 1, misses: 0 }]);
});

test('a rule of the API is of a service and an operation, or of any', () => {
  const some = faults();
  some.add({ ...ERROR, service: 'dynamodb', operation: 'PutItem' });
  expect(some.api('dynamodb', 'GetItem')).toBeUndefined();
  expect(some.api('sqs', 'PutItem')).toBeUndefined();
  expect(some.api('dynamodb', 'PutItem')).toBeDefined();
  expect(some.delivery(['arn:aws:sqs:x'], false)).toBeUndefined();
  some.add({ at: 'api', service: 'sqs', delayMs: 20 });
  expect(some.api('sqs', 'ListQueues')).toMatchObject({ delayMs: 20 });
});

test('a rule of deliveries is of a source or target, of a prefix, or of any', () => {
  const some = faults();
  const { id } = some.add({ at: 'delivery', arn: 'arn:a', error: 'TIMEOUT' });
  expect(some.delivery(['arn:ab'], false)).toBeUndefined();
  expect(some.delivery(['arn:b', 'arn:a'], false)).toBeDefined();
  expect(some.remove(id)).toBe(true);
  expect(some.remove(id)).toBe(false);
  some.add({ at: 'delivery', arn: 'arn:a*', delayMs: 5 });
  expect(some.delivery(['arn:ab'], false)).toBeDefined();
  expect(some.delivery(['arn:b'], false)).toBeUndefined();
  some.clear();
  expect(some.list()).toEqual([]);
});

test('what was delayed or doubled before can only fail', () => {
  const some = faults();
  some.add({ at: 'delivery', duplicate: true });
  expect(some.delivery(['a'], true)).toBeUndefined();
  expect(some.delivery(['a'], false)).toMatchObject({ duplicate: true });
  some.add({ at: 'delivery', error: 'TIMEOUT' });
  expect(some.delivery(['a'], true)).toMatchObject({ error: 'TIMEOUT' });
});

test('a seed repeats the choices, and another makes others', () => {
  const drawn = (seed: number, ofRule?: number) => {
    const some = faults(seed);
    const rule = ofRule === undefined ? {} : { seed: ofRule };
    some.add({ ...ERROR, probability: 0.5, ...rule });
    return Array.from({ length: 64 }, () => (some.api('sqs', 'x') ? 1 : 0)).join('');
  };
  expect(drawn(1)).toBe(drawn(1));
  expect(drawn(1)).not.toBe(drawn(2));
  expect(drawn(1, 7)).toBe(drawn(2, 7));
});

test('a probability is met, and hits and misses are counted', () => {
  const some = faults();
  some.add({ ...ERROR, probability: 0.25 });
  for (let call = 0; call < 4_000; call += 1) some.api('sqs', 'x');
  const [rule] = some.list();
  expect((rule?.hits ?? 0) + (rule?.misses ?? 0)).toBe(4_000);
  expect(Math.abs((rule?.hits ?? 0) - 1_000)).toBeLessThan(100);
});

test.each([
  [{ at: 'api' }, 'A fault does something'],
  [{ ...ERROR, arn: 'a' }, 'no "arn"'],
  [{ at: 'api', duplicate: true }, 'not doubled'],
  [{ at: 'delivery', error: 'X', duplicate: true }, 'not doubled'],
  [{ at: 'delivery', error: 'X', service: 'sqs' }, 'neither "service"'],
  [{ ...ERROR, probability: 1.1 }, '"probability"'],
  [{ ...ERROR, probability: Number.NaN }, '"probability"'],
  [{ ...ERROR, times: 0 }, '"times"'],
  [{ ...ERROR, delayMs: -1 }, '"delayMs"'],
  [{ ...ERROR, seed: 0.5 }, '"seed"'],
  [{ at: 'api', error: 'no code' }, '"error"'],
] as const)('%j is no rule', (spec, why) => {
  const some = faults();
  expect(() => some.add(spec)).toThrow(why);
  expect(some.list()).toEqual([]);
});

test('there are no more rules than people read', () => {
  const some = faults();
  for (let made = 0; made < MOST_FAULTS; made += 1) some.add(ERROR);
  expect(() => some.add(ERROR)).toThrow('remove some');
});
