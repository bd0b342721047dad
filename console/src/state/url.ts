/** State that lives in the address: hooks like `useState`, whose values a link brings back. */
import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { type Changes, type Codec, changed, printed, read } from './query.ts';
import type { ViewName } from './view-name.ts';

export type { ViewName };

export interface Setting {
  /** A step that Back goes back over; without, the present step is changed. */
  readonly push?: boolean;
}

type Change<Value> = (value: Value, setting?: Setting) => void;

/** One member of the query string. `codec` must be the same from render to render. */
export function useQueryState<Value>(
  name: string,
  codec: Codec<Value>,
): readonly [Value, Change<Value>] {
  const search = useSearch();
  const change = useQueryChange();
  const text = new URLSearchParams(search).get(name);
  // By its text, so that lists and objects stay the same while it does.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` stands for `search`.
  const value = useMemo(() => read(search, name, codec), [text, name, codec]);
  const set = useCallback(
    (next: Value, setting?: Setting) => change({ [name]: printed(next, codec) }, setting),
    [change, name, codec],
  );
  return [value, set];
}

/** Changes several members in one step. */
export function useQueryChange(): (changes: Changes, setting?: Setting) => void {
  const [, navigate] = useLocation();
  return useCallback(
    (changes, { push = false } = {}) => {
      // Read when it is used: two changes in one turn must both count.
      const query = changed(location.search, changes);
      navigate(`${pathBelowBase()}${query && `?${query}`}`, { replace: !push });
    },
    [navigate],
  );
}

function pathBelowBase(): string {
  return location.pathname.slice(location.pathname.lastIndexOf('/'));
}

/** Members that go along from view to view. */
const KEPT = ['account', 'region'];

/** The address of a view, in the place that is looked at now; for `<Link>` and `navigate`. */
export function useViewHref(): (view: ViewName, query?: Changes) => string {
  const search = useSearch();
  const here = new URLSearchParams(search);
  const kept = KEPT.map((name) => `${name}=${here.get(name) ?? ''}`).join('&');
  return useCallback((view, query = {}) => viewHref(kept, view, query), [kept]);
}

function viewHref(kept: string, view: ViewName, query: Changes): string {
  const here = new URLSearchParams(kept);
  const place = KEPT.map((name) => [name, here.get(name) || undefined] as const);
  const text = changed('', { ...Object.fromEntries(place), ...query });
  return `/${view}${text && `?${text}`}`;
}

/** Goes to a view, as its link would. */
export function useGoTo(): (view: ViewName, query?: Changes) => void {
  const [, navigate] = useLocation();
  const href = useViewHref();
  return useCallback((view, query) => navigate(href(view, query)), [navigate, href]);
}
