/**
 * Paths that are ours and no AWS service's, found by exact path or by prefix.
 *
 * `/health`, `/livez`, `/readyz` and `/version` are legal bucket names too: a signed request for
 * one of them is meant for S3 and goes on to the services.
 */
import type { Stack } from '../delivery/stack.ts';
import type { Route, RouteAnswer } from '../services/service.ts';
import type { Answer, Request } from './request.ts';
import { jsonAnswer } from './request.ts';

export type OwnPaths = (path: string, signed: () => boolean) => Route | undefined;

/** Paths below `/_` belong to us alone: no AWS API has one. */
const OURS_ALONE = '/_';

export function ownPaths(routes: ReadonlyMap<string, Route>): OwnPaths {
  const prefixes = [...routes.keys()]
    .filter((path) => path.endsWith('/'))
    .sort((a, b) => b.length - a.length);
  const shared = [...routes.keys()].filter((path) => !path.startsWith(OURS_ALONE));
  return (path, signed) => {
    if (!path.startsWith(OURS_ALONE)) {
      // Nearly every request ends here, so its path is compared with few others.
      if (path.length === 1 || !shared.some((own) => path === own || below(own, path))) {
        return undefined;
      }
      if (signed()) return undefined;
    }
    const exact = routes.get(path);
    if (exact) return exact;
    const prefix = prefixes.find((own) => path.startsWith(own));
    return prefix === undefined ? undefined : routes.get(prefix);
  };
}

function below(own: string, path: string): boolean {
  return own.endsWith('/') && path.startsWith(own);
}

/** Answers by `route`; the caller turns what it throws into an answer. */
export async function answerRoute(
  stack: Stack,
  route: Route,
  request: Request,
  endpoint: string,
): Promise<Answer> {
  const { method, path, header, body } = request;
  const query = new URLSearchParams(request.query);
  return flat(await route(stack, { method, path, query, header, body, endpoint }));
}

function flat({ status, headers, body }: RouteAnswer): Answer {
  return { status, headers: Object.entries(headers).flat(), body };
}

export function noSuchPath(path: string): Answer {
  return jsonAnswer(404, { message: `millrace has nothing at ${path}.` });
}
