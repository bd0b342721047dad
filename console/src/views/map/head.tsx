import { type KeyboardEvent, useMemo } from 'react';
import type { MapNode } from '../../../../src/admin-api/index.ts';
import { useDraft } from '../../state/draft.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { groupingChoices, groupsOf } from './grouping.ts';
import { matches } from './light.ts';
import { ALL, kindOfNode } from './model.ts';
import type { MapState } from './use-map-state.ts';

const AS = [
  { name: 'graph', label: 'Graph' },
  { name: 'list', label: 'List' },
] as const;

export interface HeadProps {
  readonly nodes: readonly MapNode[];
  readonly state: MapState;
}

export function Head({ nodes, state }: HeadProps) {
  const choices = useMemo(() => groupingChoices(nodes), [nodes]);
  return (
    <header className="view-head">
      <h1>Map</h1>
      <Find nodes={nodes} state={state} />
      <Select
        label="Groups"
        quiet
        value={state.group}
        onChange={state.setGroup}
        options={choices}
      />
      {state.group && state.as === 'graph' && <CloseAll nodes={nodes} state={state} />}
      <Segments label="Show as" value={state.as} onChange={state.setAs} segments={AS} />
    </header>
  );
}

/** What is found stands out; enter goes from one to the next. */
function Find({ nodes, state }: HeadProps) {
  const [draft, setDraft] = useDraft(state.find, state.setFind, 150);
  const words = state.find.trim().toLowerCase();
  const found = useMemo(
    () => (words ? nodes.filter((node) => matches(shownFor(node), words)) : []),
    [nodes, words],
  );
  const go = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setDraft('');
    if (event.key !== 'Enter' || found.length === 0) return;
    const at = found.findIndex(({ arn }) => arn === state.arn);
    const step = event.shiftKey ? -1 : 1;
    const next = found[(Math.max(at, step < 0 ? 0 : -1) + step + found.length) % found.length];
    if (next) state.choose(next.arn);
  };
  return (
    <div className="map-find">
      <Field
        label="Find on the map"
        quiet
        placeholder="Find a name, ARN, tag=value"
        value={draft}
        onChange={setDraft}
        onKeyDown={go}
      />
      <output className="map-found">{words && `${found.length} of ${nodes.length}`}</output>
    </div>
  );
}

function shownFor(node: MapNode) {
  const { arn: id, name } = node;
  return { id, name, node, kind: kindOfNode(node), arns: [id], group: undefined };
}

function CloseAll({ nodes, state }: HeadProps) {
  const names = new Set(groupsOf(nodes, state.group).values());
  const isClosed =
    state.closed.includes(ALL) || [...names].every((name) => state.closed.includes(name));
  return (
    <Button
      icon={isClosed ? 'plus' : 'minus'}
      onClick={() => state.setClosed(isClosed ? [] : [ALL])}
    >
      {isClosed ? 'Open all' : 'Close all'}
    </Button>
  );
}
