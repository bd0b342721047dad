/** What people, containers and load balancers ask first: is it there, is it ready, what is it. */
import { resolve } from 'node:path';
import { VirtualClock } from '../../core/clock.ts';
import { json } from '../../core/json-answer.ts';
import { VERSION } from '../../core/version.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Route, RouteAnswer, Service } from '../../services/service.ts';
import type { Drain } from '../drain.ts';
import { backupRoutes } from './backup.ts';
import { onlyMethods } from './json.ts';
import { overviewOf } from './overview.ts';

export interface StatusParts {
  readonly services: ReadonlyMap<string, Service>;
  readonly drain: Drain;
  readonly startedAtWallMs: number;
  /** Where the data lives: a folder, or `memory`. */
  readonly data: string;
  /** What clients that speak TLS are shown. */
  readonly certificate: () => string | undefined;
}

export function statusRoutes(parts: StatusParts): Readonly<Record<string, Route>> {
  const live: Route = (_stack, request) =>
    onlyMethods(request, 'GET', 'HEAD') ?? json(200, { live: true });
  const ready: Route = (_stack, request) => {
    const draining = parts.drain.begun;
    const answer = json(draining ? 503 : 200, { ready: !draining });
    return onlyMethods(request, 'GET', 'HEAD') ?? answer;
  };
  const version: Route = (_stack, request) =>
    onlyMethods(request, 'GET', 'HEAD') ?? json(200, { name: 'millrace', version: VERSION });
  const status: Route = async (stack, request) =>
    onlyMethods(request, 'GET') ?? json(200, await statusOf(stack, parts));
  const certificate: Route = (_stack, request) => {
    const pem = parts.certificate();
    const answer = pem === undefined ? json(404, { message: NO_CERTIFICATE }) : asFile(pem);
    return onlyMethods(request, 'GET', 'HEAD') ?? answer;
  };
  return {
    ...backupRoutes,
    '/_millrace/v1/certificate': certificate,
    '/livez': live,
    '/readyz': ready,
    '/version': version,
    '/_millrace/v1/status': status,
  };
}

async function statusOf(stack: Stack, parts: StatusParts) {
  const { clock, settings } = stack;
  return {
    version: VERSION,
    endpoint: stack.endpoint(),
    data: whole(parts.data),
    account: settings.account,
    region: settings.region,
    services: [...parts.services.keys()],
    clock: clock instanceof VirtualClock ? 'virtual' : 'real',
    upMs: clock.wallNowMs() - parts.startedAtWallMs,
    processId: process.pid,
    ...(await overviewOf(stack, parts.startedAtWallMs)),
  };
}

const NO_CERTIFICATE = 'This server has no certificate: it was started without TLS.';

function asFile(pem: string): RouteAnswer {
  return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: pem };
}

/** A folder by its whole path, so that a command can tell whose server this is. */
function whole(data: string): string {
  return data === 'memory' || data.includes('://') ? data : resolve(data);
}
