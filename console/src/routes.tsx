/** Which view stands at which address; each is loaded when it is first gone to. */
import { type ComponentType, lazy, Suspense } from 'react';
import { Redirect, Route, Switch, useSearch } from 'wouter';
import type { ViewName } from './state/url.ts';
import { EmptyState, Skeleton } from './ui/states.tsx';

function view(load: () => Promise<ComponentType>) {
  return lazy(async () => ({ default: await load() }));
}

const LOADED: Readonly<Record<ViewName, ComponentType>> = {
  map: view(() => import('./views/map/index.tsx').then(({ MapView }) => MapView)),
  tail: view(() => import('./views/tail/index.tsx').then(({ TailView }) => TailView)),
  trace: view(() => import('./views/trace/index.tsx').then(({ TraceView }) => TraceView)),
  why: view(() => import('./views/why/index.tsx').then(({ WhyView }) => WhyView)),
  'dead-letters': view(() =>
    import('./views/dead-letters/index.tsx').then(({ DeadLettersView }) => DeadLettersView),
  ),
  queues: view(() => import('./views/queues/index.tsx').then(({ QueuesView }) => QueuesView)),
  functions: view(() =>
    import('./views/functions/index.tsx').then(({ FunctionsView }) => FunctionsView),
  ),
  archives: view(() =>
    import('./views/archives/index.tsx').then(({ ArchivesView }) => ArchivesView),
  ),
  send: view(() => import('./views/send/index.tsx').then(({ SendView }) => SendView)),
  time: view(() => import('./views/time/index.tsx').then(({ TimeView }) => TimeView)),
};

export function Routes() {
  const search = useSearch();
  return (
    <Switch>
      {Object.entries(LOADED).map(([name, View]) => (
        <Route key={name} path={`/${name}`}>
          <Suspense fallback={<Skeleton lines={6} />}>
            <View />
          </Suspense>
        </Route>
      ))}
      <Route path="/">
        <Redirect to={`/map${search && `?${search}`}`} replace />
      </Route>
      <Route>
        <EmptyState title="There is no such view" icon="search">
          Choose one on the left.
        </EmptyState>
      </Route>
    </Switch>
  );
}
