import { expect, test } from 'vitest';
import { Publishers } from '../../src/admin/publishers.ts';
import type { Fact } from '../../src/journal/journal.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/shop';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const OTHER = 'arn:aws:lambda:us-east-1:000000000000:function:g';

const published = (id: string, about: Partial<Fact>): Fact => {
  return { kind: 'publish', id, arn: BUS, atMs: 1, ...about };
};
const ran = (id: string, arn: string, trace?: string): Fact => {
  return { kind: 'invoke', id, arn: `${arn}:$LATEST`, atMs: 2, ...(trace && { trace }) };
};

test('a publication waits for the run that it came from', () => {
  const publishers = new Publishers();
  expect(publishers.take(published('a', { causes: ['run'] }))).toEqual([]);
  expect(publishers.take(ran('run', FUNCTION))).toEqual([{ by: FUNCTION, at: BUS, weight: 1 }]);
  expect(publishers.take(ran('run', FUNCTION))).toEqual([]);
  const late = published('b', { causes: ['run'] });
  expect(publishers.take(late)).toEqual([{ by: FUNCTION, at: BUS, weight: 1 }]);
});

test('the run of an event that names another cause is known by its span', () => {
  const publishers = new Publishers();
  const [trace, span] = ['0'.repeat(31).concat('1'), '00000000000000ab'];
  publishers.take(published('a', { causes: ['another event'], trace: `${trace}-${span}-f` }));
  const found = publishers.take(ran('run', FUNCTION, `${trace}-${span}-`));
  expect(found).toEqual([{ by: FUNCTION, at: BUS, weight: 1 }]);
  publishers.take(published('b', { trace: `${trace}-00000000000000cd-1` }));
  expect(publishers.take(ran('second', FUNCTION, `${trace}-00000000000000cd-`))).toEqual([]);
});

test('what nobody has caused is nobody’s', () => {
  const publishers = new Publishers();
  expect(publishers.take(published('a', {}))).toEqual([]);
  expect(publishers.take({ ...ran('run', FUNCTION), kind: 'receive' })).toEqual([]);
});

test('of a sample the publications are shared out among those that were found', () => {
  const publishers = new Publishers();
  for (const [id, arn] of [
    ['1', FUNCTION],
    ['2', FUNCTION],
    ['3', FUNCTION],
    ['4', OTHER],
  ] as const) {
    publishers.take(published(`of ${id}`, { causes: [id] }));
    publishers.take(ran(id, arn));
  }
  expect(publishers.take(published('x', { causes: ['unseen'] }), 20)).toEqual([
    { by: FUNCTION, at: BUS, weight: 15 },
    { by: OTHER, at: BUS, weight: 5 },
  ]);
});
