import { expect, test } from 'vitest';
import { coalescer } from '../../console/src/api/coalesce.ts';

/** A screen whose frames are drawn when the test says so. */
function screen() {
  let due: (() => void) | undefined;
  return {
    schedule: (then: () => void) => {
      due = then;
      return () => {
        due = undefined;
      };
    },
    draw: () => {
      const then = due;
      due = undefined;
      then?.();
    },
  };
}

function gathered(mostHeld?: number) {
  const shown: { readonly items: readonly number[]; readonly dropped: number }[] = [];
  const frames = screen();
  const gather = coalescer<number>({
    flush: (items, dropped) => shown.push({ items, dropped }),
    schedule: frames.schedule,
    ...(mostHeld !== undefined && { mostHeld }),
  });
  return { shown, frames, gather };
}

test('what arrives between two frames is handed over at once, in its order', () => {
  const { shown, frames, gather } = gathered();
  gather.push([1, 2]);
  gather.push([3]);
  expect(shown).toEqual([]);
  frames.draw();
  frames.draw();
  expect(shown).toEqual([{ items: [1, 2, 3], dropped: 0 }]);
});

test('nothing is handed over while paused, and nothing lost that fits', () => {
  const { shown, frames, gather } = gathered();
  gather.push([1]);
  gather.pause(true);
  gather.push([2]);
  frames.draw();
  expect(shown).toEqual([]);
  expect(gather.held).toBe(2);
  gather.pause(false);
  frames.draw();
  expect(shown).toEqual([{ items: [1, 2], dropped: 0 }]);
  expect(gather.held).toBe(0);
});

test('what does not fit is dropped from the oldest on and counted', () => {
  const { shown, frames, gather } = gathered(3);
  gather.push([1, 2]);
  gather.push([3, 4, 5]);
  frames.draw();
  gather.push([6]);
  frames.draw();
  expect(shown).toEqual([
    { items: [3, 4, 5], dropped: 2 },
    { items: [6], dropped: 0 },
  ]);
});

test('nothing comes after it was closed', () => {
  const { shown, frames, gather } = gathered();
  gather.push([1]);
  gather.close();
  frames.draw();
  expect(shown).toEqual([]);
});
