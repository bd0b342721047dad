import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { TailFrame } from '../../../../src/admin-api/index.ts';
import { get } from '../../api/client.ts';
import { type Live, useLive } from '../../api/live.ts';
import { queryOf, type TailFilter } from './filter.ts';
import { type TailState, tailStore } from './store.ts';

export interface TailView extends TailState {
  readonly live: Live;
  /** No stream: the time asked for has an end. */
  readonly isPast: boolean;
  readonly error: unknown;
  readonly loading: boolean;
  readonly loadOlder: () => void;
  readonly loadNewest: () => void;
}

/** The first page is there at once; whoever looks further back looks far. */
const PAGE = 200;
const OLDER_PAGE = 1_000;

/** A filter that finds little is answered with pages of little; so many are asked for at once. */
const MOST_PAGES = 8;

export function useTail(filter: TailFilter, paused: boolean): TailView {
  const key = JSON.stringify([queryOf(filter), filter.fromMs, filter.toMs]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter, another tail.
  const store = useMemo(() => tailStore(), [key]);
  const state = useSyncExternalStore(store.subscribe, store.get);
  const isPast = filter.toMs !== undefined;
  const live = useLive<TailFrame>({
    path: isPast ? undefined : 'tail/live',
    query: queryOf(filter),
    paused,
    onFrames: store.frames,
    weigh: ({ events }) => events.length,
    mostHeld: 2_000,
  });
  const pages = usePages(filter, store);
  const { loadNewest } = pages;
  // Also when a stream begins, or begins again: what was published before it is in the history.
  const begun = isPast || live.connection === 'connected';
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => loadNewest(), [loadNewest, begun]);
  return { ...state, ...pages, live, isPast };
}

function usePages(filter: TailFilter, store: ReturnType<typeof tailStore>) {
  const [error, setError] = useState<unknown>();
  const [loading, setLoading] = useState(false);
  const busy = useRef<AbortController>(undefined);
  const { fromMs, toMs } = filter;
  const query = JSON.stringify({ ...queryOf(filter), fromMs, toMs, limit: PAGE });

  const run = useCallback((work: (signal: AbortSignal) => Promise<void>) => {
    busy.current?.abort();
    const mine = new AbortController();
    busy.current = mine;
    setLoading(true);
    work(mine.signal)
      .then(() => setError(undefined))
      .catch((cause: unknown) => !mine.signal.aborted && setError(cause))
      .finally(() => {
        if (busy.current !== mine) return;
        busy.current = undefined;
        setLoading(false);
      });
    return () => mine.abort();
  }, []);

  const loadNewest = useCallback(
    () =>
      run(async (signal) => {
        const asked = JSON.parse(query);
        store.newest(await get('tail', asked, signal));
        if (store.get().events.length === 0) await older(store, asked, signal);
      }),
    [run, store, query],
  );
  const loadOlder = useCallback(() => {
    if (busy.current) return;
    run((signal) => older(store, JSON.parse(query), signal));
  }, [run, store, query]);
  return { error, loading, loadNewest, loadOlder };
}

type Store = ReturnType<typeof tailStore>;

/** Older events, until some were found or enough was looked at for once. */
async function older(store: Store, query: object, signal: AbortSignal): Promise<void> {
  const before = store.get().events.length;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { next, events } = store.get();
    if (next === undefined || events.length > before) return;
    store.older(await get('tail', { ...query, limit: OLDER_PAGE, after: next }, signal));
  }
}
