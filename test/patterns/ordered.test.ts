import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Order, type SequenceOptions, TooEarly } from '../../src/patterns/order.ts';
import { ordered } from '../../src/patterns/ordered.ts';
import type { Transaction } from '../../src/patterns/transaction.ts';
import { createTable, itemsOf, startTables, type Tables } from './tables.ts';

interface Step {
  readonly key: string;
  readonly number: number;
}

let tables: Tables;
let skipped: string[];

beforeEach(async () => {
  tables = await startTables();
  await createTable(tables.client, 'order', ['id', 'position'], { waiting: ['waiting', 'since'] });
  await createTable(tables.client, 'model');
  skipped = [];
});
afterEach(() => tables[Symbol.asyncDispose]());

const table = () => ({
  ...{ client: tables.client, table: 'order', clock: tables.aws.clock, name: 'steps' },
});

function sequence(options: Partial<SequenceOptions<Step>> = {}): Order<Step> {
  return ordered<Step>({
    ...{ ...table(), by: 'sequence', onGap: 'buffer' },
    key: ({ key }) => key,
    sequence: ({ number }) => number,
    apply: append,
    onSkip: (key, missing, next) => skipped.push(`${key}: ${missing} to ${next - 1}`),
    ...options,
  });
}

/** Writes down each number in the order of applying: order and repetition both show. */
function append({ key, number }: Step, tx: Transaction): void {
  tx.update({
    TableName: 'model',
    Key: { id: key },
    UpdateExpression: 'SET steps = list_append(if_not_exists(steps, :none), :step)',
    ExpressionAttributeValues: { ':step': [number], ':none': [] },
  });
}

const steps = async (id: string) =>
  (await itemsOf(tables.client, 'model')).find((row) => row.id === id)?.steps;

function permutations<Of>(all: readonly Of[]): readonly (readonly Of[])[] {
  if (all.length < 2) return [all];
  return all.flatMap((first, at) =>
    permutations(all.toSpliced(at, 1)).map((rest) => [first, ...rest]),
  );
}

/** Every order in which up to `most` events can arrive. */
const arrivals = (most: number) =>
  Array.from({ length: most }, (_, at) => Array.from({ length: at + 1 }, (__, n) => n + 1)).flatMap(
    permutations,
  );

describe('buffering', () => {
  test('applies every order of up to five events as one', async () => {
    const order = sequence();
    const all = arrivals(5);
    await Promise.all(
      all.map(async (numbers, at) => {
        for (const number of numbers) await order.arrive({ key: `k${at}`, number });
      }),
    );
    const model = new Map(
      (await itemsOf(tables.client, 'model')).map((row) => [row.id, row.steps]),
    );
    for (const [at, numbers] of all.entries()) {
      expect(model.get(`k${at}`)).toEqual(numbers.toSorted());
    }
    // Nothing is left but where each key stands.
    expect(await itemsOf(tables.client, 'order')).toHaveLength(all.length);
  });

  test('says what became of each', async () => {
    const order = sequence();
    const arrive = (number: number) => order.arrive({ key: 'a', number });
    expect(await arrive(3)).toBe('buffered');
    expect(await arrive(3)).toBe('buffered');
    expect(await arrive(1)).toBe('applied');
    expect(await arrive(1)).toBe('dropped');
    expect(await arrive(2)).toBe('applied');
    expect(await arrive(3)).toBe('dropped');
    expect(await steps('a')).toEqual([1, 2, 3]);
  });

  test('applies all of them once when they arrive at once, twice', async () => {
    const order = sequence();
    const numbers = [5, 3, 1, 4, 2, 1, 2, 3, 4, 5];
    await Promise.allSettled(numbers.map((number) => order.arrive({ key: 'a', number })));
    // What met too many transactions comes again, as from its queue.
    for (const number of numbers) await order.arrive({ key: 'a', number });
    expect(await steps('a')).toEqual([1, 2, 3, 4, 5]);
  });

  test('skips a gap that lasts too long, for its own key alone', async () => {
    const order = sequence({ maxWait: '5m', first: 0 });
    await order.arrive({ key: 'a', number: 3 });
    await order.arrive({ key: 'b', number: 1 });
    expect(await order.arrive({ key: 'c', number: 0 })).toBe('applied');
    await tables.aws.clock.advance('4m');
    await order.arrive({ key: 'b', number: 2 });
    expect(await order.sweep()).toEqual([]);
    await tables.aws.clock.advance('1m');
    expect(await order.arrive({ key: 'a', number: 5 })).toBe('buffered');
    expect(skipped).toEqual(['a: 0 to 2']);
    expect(await order.sweep()).toEqual(['b']);
    expect([await steps('a'), await steps('b'), await steps('c')]).toEqual([[3], [1, 2], [0]]);
    expect(await order.arrive({ key: 'a', number: 2 })).toBe('dropped');
  });

  test('waits for ever when not told otherwise', async () => {
    const order = sequence();
    await order.arrive({ key: 'a', number: 3 });
    await tables.aws.clock.advance('30d');
    expect(await order.sweep()).toEqual([]);
    expect(await order.arrive({ key: 'a', number: 4 })).toBe('buffered');
  });
});

describe('deferring', () => {
  test('refuses what comes early, and every order of up to four events ends the same', async () => {
    const order = sequence({ onGap: 'defer' });
    const early = order.arrive({ key: 'a', number: 2 });
    await expect(early).rejects.toThrow(new TooEarly('a', 2, 1));
    await expect(early).rejects.toMatchObject({ key: 'a', next: 1 });

    const all = arrivals(4);
    await Promise.all(
      all.map(async (numbers, at) => {
        let left = numbers;
        while (left.length > 0) {
          const refused: number[] = [];
          for (const number of left) {
            await order.arrive({ key: `k${at}`, number }).catch(() => refused.push(number));
          }
          left = refused;
        }
      }),
    );
    const model = new Map(
      (await itemsOf(tables.client, 'model')).map((row) => [row.id, row.steps]),
    );
    for (const [at, numbers] of all.entries()) {
      expect(model.get(`k${at}`)).toEqual(numbers.toSorted());
    }
  });

  test('a failing effect leaves the key where it is', async () => {
    const failing = sequence({
      onGap: 'defer',
      apply: () => {
        throw new Error('no');
      },
    });
    await expect(failing.arrive({ key: 'a', number: 1 })).rejects.toThrow('no');
    expect(await sequence({ onGap: 'defer' }).arrive({ key: 'a', number: 1 })).toBe('applied');
  });
});

describe('the last write', () => {
  interface Address {
    readonly id: string;
    readonly at: number;
    readonly city: string;
  }

  const addresses = (key: string) =>
    ordered<Address>({
      ...{ ...table(), by: 'lastWrite' },
      key: () => key,
      at: ({ at }) => at,
      tiebreak: ({ id }) => id,
      apply: ({ city }, tx) => tx.put({ TableName: 'model', Item: { id: key, city } }),
    });

  const MOVES: readonly Address[] = [
    { id: 'e1', at: 1_000, city: 'Bonn' },
    { id: 'e2', at: 2_000, city: 'Kiel' },
    // The same moment: the larger id counts.
    { id: 'e3', at: 3_000, city: 'Ulm' },
    { id: 'e4', at: 3_000, city: 'Jena' },
  ];

  test('counts in every order of arrival, at once or not', async () => {
    for (const [at, moves] of permutations(MOVES).entries()) {
      const order = addresses(`k${at}`);
      if (at % 2 === 0) await Promise.all(moves.map((move) => order.arrive(move)));
      else for (const move of moves) await order.arrive(move);
    }
    const cities = (await itemsOf(tables.client, 'model')).map(({ city }) => city);
    expect(cities).toEqual(Array.from({ length: 24 }, () => 'Jena'));
  });

  test('drops what is older, and what is the same', async () => {
    const order = addresses('a');
    const [first = raise(), second = raise()] = MOVES;
    expect(await order.arrive(second)).toBe('applied');
    expect(await order.arrive(first)).toBe('dropped');
    expect(await order.arrive(second)).toBe('dropped');
    expect(await order.sweep()).toEqual([]);
  });
});

function raise(): never {
  throw new Error('There are four.');
}
