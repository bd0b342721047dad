/** What there is at a place and what leads where: the map's, and of all who choose from it. */
import { useQuery } from '@tanstack/react-query';
import { get } from './client.ts';
import { type Place, usePlace } from './session.ts';

export const topologyKey = ({ account, region }: Place) => ['map', account, region] as const;

/** Asked for again only with `everyMs`. */
export function useTopology(everyMs?: number) {
  const place = usePlace();
  return useQuery({
    queryKey: topologyKey(place),
    queryFn: ({ signal }) => get('map', { ...place }, signal),
    refetchInterval: everyMs ?? false,
  });
}
