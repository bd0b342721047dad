/** The live map: what there is, what leads where, and what goes along it now. */
import { lazy, Suspense, useCallback, useMemo } from 'react';
import type { TopologyMap } from '../../../../src/admin-api/index.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Details } from './details.tsx';
import { groupsOf } from './grouping.ts';
import { Head } from './head.tsx';
import { Legend } from './legend.tsx';
import { MapList } from './list.tsx';
import { ALL, type Shown, shownOf } from './model.ts';
import { useLight } from './use-light.ts';
import { TrafficContext, useMap, useTraffic } from './use-map.ts';
import { type MapState, useMapState } from './use-map-state.ts';
import './map.css';

const Canvas = lazy(() => import('./graph/canvas.tsx').then(({ Canvas }) => ({ default: Canvas })));

export function MapView() {
  const state = useMapState();
  const { data: map, error, refetch } = useMap();
  const traffic = useTraffic();
  return (
    <TrafficContext value={traffic}>
      <div className="view">
        <Head nodes={map?.nodes ?? []} state={state} />
        {map && <Body map={map} state={state} />}
        {!map && error && <ErrorState error={error} onRetry={() => refetch()} />}
        {!map && !error && <Skeleton lines={8} />}
      </div>
    </TrafficContext>
  );
}

interface BodyProps {
  readonly map: TopologyMap;
  readonly state: MapState;
}

function Body({ map, state }: BodyProps) {
  const shown = useShown(map, state);
  const light = useLight(shown, state);
  const toggle = useToggle(shown, state);
  if (map.nodes.length === 0) return <Nothing />;
  return (
    <>
      <Legend
        edges={map.edges}
        only={state.only}
        onOnly={state.setOnly}
        seenSinceMs={map.seenSinceMs}
      />
      <div className="map-body">
        {state.as === 'list' ? (
          <MapList map={map} shown={shown} light={light} state={state} />
        ) : (
          <Suspense fallback={<Skeleton lines={6} />}>
            <Canvas shown={shown} light={light} state={state} onToggle={toggle} />
          </Suspense>
        )}
        {state.arn && <Details map={map} state={state} />}
      </div>
    </>
  );
}

function Nothing() {
  return (
    <EmptyState title="There is nothing here yet" icon="map">
      Make a queue, a topic or a bus in this account and Region, and it appears here:{' '}
      <code>aws sqs create-queue --queue-name first</code>
    </EmptyState>
  );
}

/** Traffic changes nothing of it: the picture stays while figures move. */
function useShown({ nodes, edges }: TopologyMap, state: MapState): Shown {
  const { group, closed, focus, arn, as } = state;
  const groups = useMemo(() => groupsOf(nodes, group), [nodes, group]);
  const around = focus ? arn : undefined;
  const isList = as === 'list';
  return useMemo(
    () => shownOf({ nodes, edges }, { groups, closed: isList ? [] : closed, focus: around }),
    [nodes, edges, groups, closed, around, isList],
  );
}

function useToggle({ groups }: Shown, { closed, setClosed }: MapState): (group: string) => void {
  return useCallback(
    (group) => {
      const now = closed.includes(ALL) ? groups : closed;
      const next = now.includes(group) ? now.filter((one) => one !== group) : [...now, group];
      setClosed(next);
    },
    [groups, closed, setClosed],
  );
}
