import { type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { Trace } from '../../../../src/admin-api/index.ts';
import { get, pathPart } from '../../api/client.ts';
import { useNow } from '../../api/session.ts';
import { texts } from '../../state/query.ts';
import { useQueryState } from '../../state/url.ts';
import { graphOf, type Show, type TraceGraph } from './graph.ts';
import { type Timeline, timelineOf } from './timeline.ts';

/** What goes on is looked at again; what has come to rest is not. */
const FRESH_MS = 60_000;
const AGAIN_MS = 3_000;

function traceQuery(id: string) {
  return {
    queryKey: ['trace', id],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      get(`trace/${pathPart(id)}`, {}, signal),
    enabled: id !== '',
  };
}

export interface Traced {
  readonly trace: Trace | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  readonly graph: TraceGraph | undefined;
  readonly timeline: Timeline | undefined;
  /** Shows the effects of `id` that were folded here. */
  readonly unfold: (id: string) => void;
  /** Fetches what the server has left out below `id`. */
  readonly fetchMore: (id: string) => void;
}

export function useTrace(id: string, show: Show): Traced {
  const [open, setOpen] = useQueryState('open', texts);
  const [more, setMore] = useQueryState('more', texts);
  const nowMs = useNow();
  const { data, error, refetch } = useQuery({
    ...traceQuery(id),
    refetchInterval: ({ state }) =>
      state.data && nowMs - latestMs(state.data) < FRESH_MS ? AGAIN_MS : false,
  });
  const further = useQueries({
    queries: more.map(traceQuery),
    combine: answered,
  });
  const graph = useMemo(
    () => data && graphOf(data, further, { show, open: new Set(open) }),
    [data, further, show, open],
  );
  const timeline = useMemo(() => graph && timelineOf(graph.hops), [graph]);
  // The same from second to second: with another, every box would be made anew.
  const unfold = useCallback((of: string) => setOpen([...new Set([...open, of])]), [open, setOpen]);
  const fetchMore = useCallback(
    (of: string) => setMore([...new Set([...more, of])]),
    [more, setMore],
  );
  return { trace: data, error, graph, timeline, retry: () => refetch(), unfold, fetchMore };
}

function answered(results: readonly UseQueryResult<Trace>[]): readonly Trace[] {
  return results.flatMap(({ data }) => data ?? []);
}

/** When something happened last, in what is nearest. */
function latestMs({ tree }: Trace): number {
  let latest = 0;
  const stack = [tree];
  for (let node = stack.pop(); node; node = stack.pop()) {
    for (const { atMs } of node.facts) latest = Math.max(latest, atMs);
    stack.push(...node.children);
  }
  return latest;
}
