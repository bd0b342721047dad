/** Where claims begin to look, at moments that the test chooses. */
import { expect, test } from 'vitest';
import { Floors } from '../../../src/storage/postgres/queue-floors.ts';

const QUEUE = 1;
const EVER = Number.MIN_SAFE_INTEGER;

function floors() {
  const wall = { nowMs: 0 };
  const tested = new Floors(() => wall.nowMs);
  /** The next scan is due `tookMs * 20` later. */
  const scans = (tookMs: number) => {
    for (let scan = 0; scan < 3; scan += 1) tested.scanned(QUEUE, tookMs);
  };
  return { tested, wall, scans, from: (bornMs = EVER) => tested.from(QUEUE, bornMs) };
}

test('a queue that nothing is known of is looked at from the beginning', () => {
  expect(floors().from()).toBeUndefined();
});

test('a claim begins a little before where an earlier one ended', () => {
  const { tested, from } = floors();
  tested.raise(QUEUE, 5_000, EVER);
  expect(from()).toBe(4_900);
});

test('what this node puts before that is begun with', () => {
  const { tested, from } = floors();
  tested.raise(QUEUE, 5_000, EVER);
  tested.lower(QUEUE, 6_000);
  tested.lower(QUEUE, 3_000);
  expect(from()).toBe(2_900);
});

test('a claim that leaves out less than the earlier one begins anew', () => {
  const { tested, from } = floors();
  tested.raise(QUEUE, 5_000, 1_000);
  expect(from(1_000)).toBe(4_900);
  expect(from(999)).toBeUndefined();
});

test('after a second the whole queue is looked at again', () => {
  const { tested, wall, from } = floors();
  tested.raise(QUEUE, 5_000, EVER);
  wall.nowMs = 999;
  expect(from()).toBe(4_900);
  wall.nowMs = 1_000;
  expect(from()).toBeUndefined();
});

test('a claim that found too little looks again unless that has become slow', () => {
  const { tested, wall, scans } = floors();
  tested.raise(QUEUE, 5_000, EVER);
  expect(tested.mayScanAgain(QUEUE)).toBe(true);
  scans(10);
  wall.nowMs = 199;
  expect(tested.mayScanAgain(QUEUE)).toBe(false);
  wall.nowMs = 200;
  expect(tested.mayScanAgain(QUEUE)).toBe(true);
});

test('scans that take long come seldom, and one that merely waited does not count', () => {
  const { tested, wall, scans, from } = floors();
  tested.raise(QUEUE, 5_000, EVER);
  scans(400);
  wall.nowMs = 7_999;
  expect(from()).toBe(4_900);
  wall.nowMs = 8_000;
  expect(from()).toBeUndefined();
  tested.scanned(QUEUE, 1);
  wall.nowMs = 9_000;
  expect(from()).toBeUndefined();
});

test('what a transaction raised is forgotten with it', () => {
  const { tested, from } = floors();
  tested.begin();
  tested.raise(QUEUE, 5_000, EVER);
  tested.end(true);
  tested.begin();
  tested.raise(QUEUE, 6_000, EVER);
  tested.end(false);
  expect(from()).toBeUndefined();
});
