import { describe, expect, test } from 'vitest';
import { isNarrowed, queryOf } from '../../console/src/views/tail/filter.ts';
import { tailStore } from '../../console/src/views/tail/store.ts';
import type { Published, Tail } from '../../src/admin-api/index.ts';

const published = (id: string, atMs: number): Published => ({
  id,
  atMs,
  form: 'event',
  arn: 'arn:aws:events:us-east-1:000000000000:event-bus/orders',
  preview: '{}',
});

const page = (events: readonly Published[], next?: string): Tail => ({
  events,
  searched: events.length,
  ...(next !== undefined && { next }),
});

const frame = (...events: readonly Published[]) => ({ events, skipped: 0 });
const a = published('a', 1);
const b = published('b', 2);
const c = published('c', 3);
const d = published('d', 4);

describe('the events of a tail', () => {
  const idsOf = (store: ReturnType<typeof tailStore>) => store.get().events.map(({ id }) => id);

  test('stand in it once however they come, the newest first', () => {
    const store = tailStore();
    store.frames([frame(c), frame(d)], 0);
    store.newest(page([d, c, b], 'before b'));
    store.older(page([b, a]));
    expect(idsOf(store)).toEqual(['d', 'c', 'b', 'a']);
    expect(store.get()).toMatchObject({ next: undefined, searched: 5, loaded: true });
  });

  test('are filled in where a stream was interrupted', () => {
    const store = tailStore();
    store.newest(page([a], 'before a'));
    store.frames([frame(d)], 0);
    store.newest(page([d, c, b, a], 'somewhere'));
    expect(idsOf(store)).toEqual(['d', 'c', 'b', 'a']);
    expect(store.get().next).toBe('before a');
  });

  test('that nobody looked at are counted until the newest are looked up', () => {
    const store = tailStore();
    store.frames([{ events: [], skipped: 17 }], 2);
    expect(store.get().skipped).toBe(19);
    store.newest(page([]));
    expect(store.get().skipped).toBe(0);
  });

  test('are let go of at the far end, and that is told', () => {
    const store = tailStore(2);
    store.newest(page([b, a], 'before a'));
    store.frames([frame(c)], 0);
    expect(idsOf(store)).toEqual(['c', 'b']);
    expect(store.get()).toMatchObject({ letGo: 1, next: undefined });
  });

  test('change nothing for who listens when nothing is new', () => {
    const store = tailStore();
    store.newest(page([a]));
    const before = store.get();
    store.frames([frame(a)], 0);
    expect(store.get()).toBe(before);
  });
});

describe('the filter of a tail', () => {
  const none = {
    ...{ pattern: '', text: '', arn: '', form: 'any' as const },
    ...{ fromMs: undefined, toMs: undefined },
  };

  test('asks for what was chosen', () => {
    expect(isNarrowed(none)).toBe(false);
    expect(isNarrowed({ ...none, toMs: 5 })).toBe(true);
    expect(queryOf({ ...none, text: 'seven', form: 'message' })).toEqual({
      ...{ pattern: undefined, text: 'seven', arn: undefined, form: 'message' },
    });
  });
});
