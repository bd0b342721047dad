/**
 * Paths that are ours and no AWS service's. One below `/_` takes all that stands below it too, the
 * longest that fits; the others are exact.
 *
 * `/health`, `/livez`, `/readyz` and `/version` are legal bucket names too: a signed request for
 * one of them is meant for S3 and goes on to the services.
 */
import type { Stack } from '../delivery/stack.ts';
import type { Route, RouteAnswer, RouteRequest } from '../services/service.ts';
import type { Answer, Request } from './request.ts';
import { jsonAnswer } from './request.ts';

export type OwnPaths = (path: string, signed: () => boolean) => Route | undefined;

/** Paths below `/_` belong to us alone: no AWS API has one. */
const OURS_ALONE = '/_';

export function ownPaths(routes: ReadonlyMap<string, Route>): OwnPaths {
  const prefixes = [...routes]
    .filter(([path]) => path.startsWith(OURS_ALONE))
    .map(([path, route]) => [path.endsWith('/') ? path : `${path}/`, route] as const)
    .sort(([a], [b]) => b.length - a.length);
  return (path, signed) => {
    // Nearly every request ends here: `/`, or the path of a queue.
    if (!path.startsWith(OURS_ALONE)) {
      const route = path.length > 1 ? routes.get(path) : undefined;
      return route && !signed() ? route : undefined;
    }
    return routes.get(path) ?? prefixes.find(([prefix]) => path.startsWith(prefix))?.[1];
  };
}

/** Answers by `route`; the caller turns what it throws into an answer. */
export async function answerRoute(
  stack: Stack,
  route: Route,
  request: Request,
  at: Pick<RouteRequest, 'path' | 'endpoint' | 'signer' | 'operate' | 'readOnly' | 'onDrain'>,
): Promise<Answer> {
  const { method, protocol, query: rawQuery, header, body, connection } = request;
  const asked: RouteRequest = {
    ...at,
    method,
    protocol,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    header,
    fields: () => request.fields(),
    body,
    sourceIp: connection.peer(),
  };
  return flat(await route(stack, asked));
}

function flat({ status, headers, body }: RouteAnswer): Answer {
  const pairs = Object.entries(headers).flatMap(([name, values]) =>
    typeof values === 'string' ? [name, values] : values.flatMap((value) => [name, value]),
  );
  return { status, headers: pairs, body };
}

export function noSuchPath(path: string): Answer {
  return jsonAnswer(404, { message: `millrace has nothing at ${path}.` });
}
