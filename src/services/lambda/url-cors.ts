/**
 * Cross-origin requests to a function URL, for URLs that are configured for them: preflights are
 * answered without the function, and other answers get the configured headers in place of the
 * function's own.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors
 */
import type { Cors } from '../../wire/types/lambda.ts';
import type { RouteAnswer, RouteRequest } from '../service.ts';

type Headers = Readonly<Record<string, string>>;

/** The answer to a preflight; undefined for every other request. */
export function preflightAnswer(cors: Cors, request: RouteRequest): RouteAnswer | undefined {
  const asks = request.header('access-control-request-method') !== undefined;
  if (request.method !== 'OPTIONS' || !asks) return undefined;
  const allowed = allowance(cors, request);
  const headers = allowed && {
    ...allowed,
    ...listed('Access-Control-Allow-Methods', cors.AllowMethods),
    ...listed('Access-Control-Allow-Headers', cors.AllowHeaders),
    ...(cors.MaxAge !== undefined && { 'Access-Control-Max-Age': String(cors.MaxAge) }),
  };
  return { status: 200, headers: headers ?? {}, body: '' };
}

export function withCors(cors: Cors, request: RouteRequest, answer: RouteAnswer): RouteAnswer {
  const own = Object.entries(answer.headers).filter(([name]) => !/^access-control-/i.test(name));
  const allowed = allowance(cors, request);
  const more = allowed && {
    ...allowed,
    ...listed('Access-Control-Expose-Headers', cors.ExposeHeaders),
  };
  return { ...answer, headers: { ...Object.fromEntries(own), ...more } };
}

/** What lets the page in that the request names; undefined when nothing does. */
function allowance(cors: Cors, request: RouteRequest): Headers | undefined {
  const origin = request.header('origin');
  const { AllowOrigins: origins = [], AllowCredentials: credentials = false } = cors;
  const isForAll = origins.includes('*');
  if (origin === undefined || !(isForAll || origins.includes(origin))) return undefined;
  // With credentials a browser takes no wildcard.
  return {
    'Access-Control-Allow-Origin': isForAll && !credentials ? '*' : origin,
    ...(credentials && { 'Access-Control-Allow-Credentials': 'true' }),
    Vary: 'Origin',
  };
}

function listed(name: string, values: readonly string[] | undefined): Headers {
  return values && values.length > 0 ? { [name]: values.join(',') } : {};
}
