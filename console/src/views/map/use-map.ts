/** The map and the traffic on it. */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react';
import type { MapEdge, TopologyMap, Traffic } from '../../../../src/admin-api/index.ts';
import { useLive } from '../../api/live.ts';
import { usePlace } from '../../api/session.ts';
import { topologyKey, useTopology } from '../../api/topology.ts';
import { TrafficStore } from './traffic.ts';

/** What is made, changed or deleted is told by nobody: it is asked for. */
const AGAIN_MS = 10_000;
/** How often figures change: oftener nobody can read them. */
const TICK_MS = 250;

export const useMap = () => useTopology(AGAIN_MS);

export const TrafficContext = createContext(new TrafficStore());

/** Listens for as long as the view is there; another place begins anew. */
export function useTraffic(): TrafficStore {
  const place = usePlace();
  const client = useQueryClient();
  const here = topologyKey(place).join(' ');
  const [kept, setKept] = useState(() => ({ here, store: new TrafficStore() }));
  const current = kept.here === here ? kept : { here, store: new TrafficStore() };
  if (current !== kept) setKept(current);
  const { store } = current;
  useEffect(() => {
    const timer = setInterval(() => store.tick(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [store]);
  useLive<Traffic>({
    path: 'map/live',
    query: { ...place },
    onFrames: (frames) => {
      store.add(frames, performance.now());
      const fresh = frames.flatMap((frame) => frame.fresh ?? []);
      if (fresh.length === 0) return;
      client.setQueryData<TopologyMap>(topologyKey(place), (map) => map && withEdges(map, fresh));
      // New edges may have ends that are new too.
      client.invalidateQueries({ queryKey: topologyKey(place) });
    },
  });
  return store;
}

function withEdges(map: TopologyMap, fresh: readonly MapEdge[]): TopologyMap {
  const known = new Set(map.edges.map(({ id }) => id));
  const added = fresh.filter(({ id }) => !known.has(id));
  return added.length === 0 ? map : { ...map, edges: [...map.edges, ...added] };
}

/** What `read` makes of the traffic; draws again only when that is another text or number. */
export function useFigure<Value extends string | number | boolean>(
  read: (store: TrafficStore) => Value,
): Value {
  const store = use(TrafficContext);
  return useSyncExternalStore(store.subscribe, () => read(store));
}
