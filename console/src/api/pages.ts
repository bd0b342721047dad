/** Lists that are answered in pages: the next one is asked for when the end comes into view. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { get, type Looks, type Query } from './client.ts';

/** What is answered in pages. */
type PagedPath = {
  [Path in keyof Looks]: 'next' extends keyof Looks[Path] ? Path : never;
}[keyof Looks] &
  string;

export interface PagesOptions<Page, Row> {
  /** Undefined: nothing is asked for. */
  readonly query: Query | undefined;
  readonly rowsOf: (page: Page) => readonly Row[];
  /** How often it is asked again, while few pages are shown. */
  readonly everyMs?: number;
}

/** A filter that finds little answers pages with few rows: so many are asked for unasked. */
const MOST_UNASKED = 20;
const ENOUGH_ROWS = 50;

/** Beyond it a list stands still: asking for all of it again and again would cost too much. */
const MOST_ASKED_AGAIN = 3;

export function usePages<Path extends PagedPath, Row>(
  path: Path,
  { query, rowsOf, everyMs }: PagesOptions<Looks[Path], Row>,
) {
  const asked = useInfiniteQuery({
    // Apart from those who ask for one page of the same path: what is kept has another shape.
    queryKey: [path, 'pages', query ?? {}],
    queryFn: ({ pageParam, signal }) => get(path, { ...query, after: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page as { readonly next?: string }).next,
    enabled: query !== undefined,
    refetchInterval: ({ state }) =>
      everyMs !== undefined && (state.data?.pages.length ?? 0) <= MOST_ASKED_AGAIN && everyMs,
  });
  const { data, hasNextPage, isFetching, fetchNextPage, error, refetch } = asked;
  const rows = useMemo(() => (data?.pages ?? []).flatMap(rowsOf), [data, rowsOf]);
  const pages = data?.pages.length ?? 0;
  const wanting = hasNextPage && rows.length < ENOUGH_ROWS && pages < MOST_UNASKED;
  const more = () => {
    if (hasNextPage && !isFetching) fetchNextPage();
  };
  useEffect(() => {
    if (wanting && !isFetching && !error) fetchNextPage();
  }, [wanting, isFetching, error, fetchNextPage]);
  return {
    rows,
    pages: data?.pages,
    /** Nothing was answered yet. */
    waiting: asked.isPending && query !== undefined,
    /** There is more, and it is not asked for by itself. */
    hasMore: hasNextPage,
    isFetching,
    error,
    refetch,
    more,
  };
}
