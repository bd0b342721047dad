/** What of the map is looked at, and how: all of it in the address. */
import { useMemo } from 'react';
import { flag, oneOf, text, texts } from '../../state/query.ts';
import { useQueryChange, useQueryState } from '../../state/url.ts';
import { NARROWINGS } from './status.ts';

const ARN = text();
const GROUP = text();
const FIND = text();
const AT = text();
const AS = oneOf(['graph', 'list'], 'graph');
const LIST = oneOf(['resources', 'connections'], 'resources');
const ONLY = oneOf(NARROWINGS, 'all');
const FOCUS = flag();

export function useMapState() {
  const [arn] = useQueryState('arn', ARN);
  const [group] = useQueryState('group', GROUP);
  const [closed, setClosed] = useQueryState('closed', texts);
  const [find, setFind] = useQueryState('find', FIND);
  const [only, setOnly] = useQueryState('only', ONLY);
  const [as, setAs] = useQueryState('as', AS);
  const [list, setList] = useQueryState('list', LIST);
  const [focus] = useQueryState('focus', FOCUS);
  const [at, setAt] = useQueryState('at', AT);
  const change = useQueryChange();
  const acts = useMemo(
    () => ({
      ...{ setClosed, setFind, setOnly, setAs, setList, setAt },
      choose: (chosen: string | undefined) => change({ arn: chosen, focus: undefined }),
      // Another picture: the old place in it means nothing.
      setGroup: (next: string) => change({ group: next, closed: undefined, at: undefined }),
      setFocus: (next: boolean) => change({ focus: next ? '1' : undefined, at: undefined }),
    }),
    [setClosed, setFind, setOnly, setAs, setList, setAt, change],
  );
  return { arn, group, closed, find, only, as, list, focus, at, ...acts };
}

export type MapState = ReturnType<typeof useMapState>;
