/** What an event, message, record … held. */
import { useQuery } from '@tanstack/react-query';
import { get, pathPart } from './client.ts';

export function useContent(id: string) {
  return useQuery({
    queryKey: ['contents', id],
    queryFn: ({ signal }) => get(`contents/${pathPart(id)}`, {}, signal),
  });
}
