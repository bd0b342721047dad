/**
 * The few paths by which tools made for LocalStack find out that a server is up.
 *
 * Testcontainers and wait scripts poll `/_localstack/health` and `/_localstack/init/ready`. A
 * service is `available` until its first request and `running` from then on, as there.
 * https://docs.localstack.cloud/references/internal-endpoints/
 */

import { json } from '../../core/json-answer.ts';
import { VERSION } from '../../core/version.ts';
import type { Route, RouteAnswer, Service } from '../../services/service.ts';
import { onlyMethods } from './json.ts';

export interface LocalStackParts {
  readonly services: ReadonlyMap<string, Service>;
  /** Names of the services that were called already. */
  readonly called: ReadonlySet<string>;
  readonly startedAtWallMs: number;
}

/** Stages of LocalStack's init hooks. millrace runs no hooks yet, so every stage is complete. */
const STAGES = ['boot', 'start', 'ready', 'shutdown'] as const;
const INIT = '/_localstack/init';

/** LocalStack's name for a service, where it is not the AWS CLI's. */
const THEIR_NAMES: Readonly<Record<string, string>> = { s3api: 's3' };

export function localStackRoutes(parts: LocalStackParts): Readonly<Record<string, Route>> {
  const health: Route = (_stack, request) =>
    onlyMethods(request, 'GET', 'HEAD') ?? json(200, healthOf(parts));
  return {
    '/health': health,
    '/_localstack/health': health,
    '/_localstack/info': (stack, request) => {
      const upMs = stack.clock.wallNowMs() - parts.startedAtWallMs;
      const answer = json(200, {
        version: VERSION,
        edition: 'community',
        is_license_activated: false,
        system: `node ${process.versions.node}`,
        server_time_utc: new Date(stack.clock.wallNowMs()).toISOString().slice(0, 19),
        uptime: Math.floor(upMs / 1_000),
      });
      return onlyMethods(request, 'GET') ?? answer;
    },
    /** Below it, one stage by name. */
    [INIT]: (_stack, request) =>
      onlyMethods(request, 'GET') ??
      (request.path === INIT ? stagesAnswer() : stageAnswer(request.path)),
  };
}

function healthOf({ services, called }: LocalStackParts) {
  const states = [...services.keys()].map((name) => [
    THEIR_NAMES[name] ?? name,
    called.has(name) ? 'running' : 'available',
  ]);
  return { services: Object.fromEntries(states), edition: 'community', version: VERSION };
}

function isCompleted(stage: (typeof STAGES)[number]): boolean {
  return stage !== 'shutdown';
}

function stagesAnswer(): RouteAnswer {
  const completed = STAGES.map((stage) => [stage.toUpperCase(), isCompleted(stage)]);
  return json(200, { completed: Object.fromEntries(completed), scripts: [] });
}

function stageAnswer(path: string): RouteAnswer {
  const stage = STAGES.find((name) => name === path.slice(INIT.length + 1).toLowerCase());
  if (!stage) return json(404, { message: `There is no stage at ${path}.` });
  return json(200, { stage: stage.toUpperCase(), completed: isCompleted(stage), scripts: [] });
}
