import { expect, test } from 'vitest';
import { leavable } from '../../src/core/leaving.ts';

function held() {
  const left: string[] = [];
  async function* generate() {
    try {
      yield 1;
      yield 2;
    } finally {
      left.push('finally');
    }
  }
  const items = leavable(generate(), () => left.push('leave'));
  return { items, left };
}

test('whoever leaves before the beginning is told of', async () => {
  const { items, left } = held();
  const iterator = items[Symbol.asyncIterator]();
  expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
  expect(left).toEqual(['leave']);
});

test('whoever leaves later is told of by the generator itself', async () => {
  const { items, left } = held();
  for await (const _ of items) break;
  expect(left).toEqual(['finally']);
});

test('an iteration to the end has all items', async () => {
  const { items, left } = held();
  expect(await Array.fromAsync(items)).toEqual([1, 2]);
  expect(left).toEqual(['finally']);
});
