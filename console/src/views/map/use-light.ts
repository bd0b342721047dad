import { use, useMemo } from 'react';
import { isFailing } from './figures.ts';
import { type Light, lightOf } from './light.ts';
import type { Shown } from './model.ts';
import { TrafficContext, useFigure } from './use-map.ts';
import type { MapState } from './use-map-state.ts';

/** What stands out; looked at anew when what has been seen, or fails, is another. */
export function useLight(shown: Shown, { only, find }: MapState): Light | undefined {
  const store = use(TrafficContext);
  const turn = useFigure((now) => {
    if (only === 'all') return '';
    if (only !== 'failing') return String(now.seenCount);
    return shown.edges.map(({ edges }) => (isFailing(now, edges) ? '1' : '0')).join('');
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` stands for what the store says.
  return useMemo(
    () =>
      lightOf(shown, {
        only,
        find,
        isSeen: (edge) => store.hasSeen(edge),
        isFailing: (edges) => isFailing(store, edges),
      }),
    [shown, only, find, store, turn],
  );
}
