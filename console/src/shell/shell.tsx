/** What stands around every view: navigation, place, search, state of the connection. */
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { Session } from '../../../src/admin-api/index.ts';
import {
  HomeContext,
  NowContext,
  type Place,
  SessionContext,
  useClock,
  useSessionQuery,
} from '../api/session.ts';
import { useGoTo } from '../state/url.ts';
import { ErrorState, Skeleton } from '../ui/states.tsx';
import { Toasts } from '../ui/toast.tsx';
import { Navigation } from './navigation.tsx';
import { usePaletteKey } from './palette/use-palette-key.ts';
import { titleOf } from './title.ts';
import { TopBar } from './top-bar.tsx';
import { useKeys } from './use-keys.ts';
import './shell.css';

const Palette = lazy(() =>
  import('./palette/palette.tsx').then(({ Palette }) => ({ default: Palette })),
);
const Help = lazy(() => import('./help.tsx').then(({ Help }) => ({ default: Help })));

export function Shell({ children }: { readonly children: ReactNode }) {
  const { data: session, error, refetch } = useSessionQuery();
  if (session) return <Frame session={session}>{children}</Frame>;
  if (error) return <ErrorState error={error} onRetry={() => refetch()} />;
  return <Skeleton lines={8} />;
}

interface FrameProps {
  readonly session: Session;
  readonly children: ReactNode;
}

function Frame({ session, children }: FrameProps) {
  const nowMs = useClock(session.clock);
  const goTo = useGoTo();
  const search = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);
  const [home] = useState<Place>(session.places[0] ?? session);
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  useTitle();
  usePaletteKey(() => setPalette(!palette));
  useKeys((command) => {
    if (command.kind === 'go') goTo(command.view);
    else if (command.kind === 'help') setHelp(true);
    else search.current?.focus();
  });
  return (
    <SessionContext value={session}>
      <HomeContext value={home}>
        <NowContext value={nowMs}>
          <div className="shell">
            <button type="button" className="skip" onClick={() => main.current?.focus()}>
              Skip to content
            </button>
            <Navigation session={session} onHelp={() => setHelp(true)} />
            <TopBar search={search} onPalette={() => setPalette(true)} />
            <main ref={main} className="shell-main" tabIndex={-1}>
              {children}
            </main>
          </div>
          <Toasts />
          {palette && (
            <Suspense>
              <Palette onClose={() => setPalette(false)} onKeys={() => setHelp(true)} />
            </Suspense>
          )}
          {help && (
            <Suspense>
              <Help onClose={() => setHelp(false)} />
            </Suspense>
          )}
        </NowContext>
      </HomeContext>
    </SessionContext>
  );
}

function useTitle(): void {
  const [path] = useLocation();
  const search = useSearch();
  useEffect(() => {
    document.title = titleOf(path.slice(1), search);
  }, [path, search]);
}
