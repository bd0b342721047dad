/**
 * The admin API, `/_millrace/v1/…`, as far as it is of no single service: a service's own part is
 * among its routes. Shapes: `src/admin-api`.
 */
import type { Contents } from '../journal/contents-by-id.ts';
import type { Route, Service } from '../services/service.ts';
import { dueRoutes } from './due.ts';
import { faultRoutes } from './faults.ts';
import { MAP_PATH, showMap } from './map.ts';
import { openApiRoutes } from './openapi.ts';
import { operationRoutes } from './operations.ts';
import { runRoutes } from './runs.ts';
import { sendRoutes } from './send.ts';
import { sessionRoutes } from './session.ts';
import { tailRoutes } from './tail.ts';
import { LIVE_PATH, liveMap } from './traffic.ts';
import { whyRoutes } from './why.ts';

export interface AdminParts {
  readonly services: ReadonlyMap<string, Service>;
  readonly contents: Contents;
}

export function adminRoutes(parts: AdminParts): Readonly<Record<string, Route>> {
  return {
    [MAP_PATH]: showMap,
    [LIVE_PATH]: liveMap(),
    ...runRoutes(parts),
    ...whyRoutes(parts),
    ...operationRoutes,
    ...sendRoutes,
    ...sessionRoutes(parts),
    ...tailRoutes(parts),
    ...faultRoutes,
    ...dueRoutes,
    ...openApiRoutes,
  };
}
