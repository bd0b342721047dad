import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/core/clock.ts';

const settle = async () => {};

test('a virtual clock stands still until it is moved', async () => {
  const clock = new VirtualClock(1000);
  expect(clock.nowMs()).toBe(1000);
  await clock.advanceTo(5000, settle);
  expect(clock.nowMs()).toBe(5000);
});

test('timers fire in order, each at its moment, ties in the order of their making', async () => {
  const clock = new VirtualClock(0);
  const fired: string[] = [];
  clock.at(30, () => fired.push(`c ${clock.nowMs()}`));
  clock.at(10, () => fired.push(`a ${clock.nowMs()}`));
  clock.at(30, () => fired.push(`d ${clock.nowMs()}`));
  clock.at(99, () => fired.push('never'));
  await clock.advanceTo(50, settle);
  expect(fired).toEqual(['a 10', 'c 30', 'd 30']);
  expect(clock.nextAtMs()).toBe(99);
});

test('a timer set by a timer fires on the same way when it is due by then', async () => {
  const clock = new VirtualClock(0);
  const fired: number[] = [];
  clock.at(10, () => clock.at(20, () => fired.push(clock.nowMs())));
  await clock.advanceTo(25, settle);
  expect(fired).toEqual([20]);
});

test('work that a timer starts settles before time goes on', async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  let work = Promise.resolve();
  clock.at(10, () => {
    work = Promise.resolve().then(() => void seen.push(`worked at ${clock.nowMs()}`));
  });
  clock.at(20, () => seen.push(`fired at ${clock.nowMs()}`));
  await clock.advanceTo(30, () => work);
  expect(seen).toEqual(['worked at 10', 'fired at 20']);
});

test('a cancelled timer does not fire', async () => {
  const clock = new VirtualClock(0);
  const fired: number[] = [];
  clock.at(10, () => fired.push(10)).cancel();
  await clock.advanceTo(20, settle);
  expect(fired).toEqual([]);
});

test('a virtual clock does not run backwards', async () => {
  const clock = new VirtualClock(100);
  await clock.advanceTo(50, settle);
  expect(clock.nowMs()).toBe(100);
});
