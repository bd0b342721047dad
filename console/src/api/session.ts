/** What whoever looks may do, and where: the session, the place, the stack's clock. */
import { useQuery } from '@tanstack/react-query';
import { createContext, use, useEffect, useState } from 'react';
import type { Session } from '../../../src/admin-api/index.ts';
import { text } from '../state/query.ts';
import { useQueryState } from '../state/url.ts';
import { get } from './client.ts';

/** Given by the shell once the session is there; nothing below renders before. */
export const SessionContext = createContext<Session | undefined>(undefined);

export function useSessionQuery() {
  return useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => get('session', {}, signal),
    refetchInterval: 30_000,
    refetchOnWindowFocus: true,
  });
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('A view was rendered outside of the shell.');
  return session;
}

export interface Place {
  readonly account: string;
  readonly region: string;
}

/**
 * Where one looks as long as the address names no other place: where something had happened last
 * when the page came. Kept by the shell, so that what happens elsewhere takes nobody there.
 */
export const HomeContext = createContext<Place | undefined>(undefined);

const PLACE = text();

/** The account and Region that are looked at. */
export function usePlace(): Place {
  const session = useSession();
  const home = use(HomeContext) ?? session;
  const [account] = useQueryState('account', PLACE);
  const [region] = useQueryState('region', PLACE);
  return { account: account || home.account, region: region || home.region };
}

const TICK_MS = 1_000;

/** A virtual clock moves when it is told to; asked so often, it is never far behind. */
const VIRTUAL_MS = 2_000;

/** Kept by the shell: one clock for all that show an age. */
export const NowContext = createContext(0);

/** Now on the stack's clock, in milliseconds; moves on once a second. */
export function useNow(): number {
  return use(NowContext);
}

export function useClock(clock: Session['clock']): number {
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ['clock'],
    queryFn: ({ signal }) => get('clock', {}, signal),
    refetchInterval: clock === 'virtual' ? VIRTUAL_MS : 60_000,
  });
  const [wallMs, setWallMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setWallMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  if (!data) return wallMs;
  return clock === 'virtual' ? data.nowMs : data.nowMs + Math.max(0, wallMs - dataUpdatedAt);
}
