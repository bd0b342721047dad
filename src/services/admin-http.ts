/** Requests to the admin API: what they may ask, and pages of answers. */
import { AwsError } from '../core/errors.ts';
import { json, said, wrongMethod } from '../core/json-answer.ts';
import { withDigits } from '../core/json-text.ts';
import type { Place } from '../delivery/lens.ts';
import type { Stack } from '../delivery/stack.ts';
import { type Begin, serverSentEvents } from './server-sent-events.ts';
import type { Route, RouteAnswer, RouteRequest } from './service.ts';

/** Refuses a request in one sentence. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Handler<Answer> = (stack: Stack, request: RouteRequest) => Promise<Answer> | Answer;

/** A look: changes nothing. */
export const get = (handler: Handler<object | undefined>): Route => route('GET', handler);

/** Changes something; the body is a JSON object. */
export const post = (handler: Handler<object | undefined>): Route => route('POST', handler);

/**
 * Tells those who look of what happens, for as long as they do: `begin` refuses before anything is
 * sent, and answers how to begin with a client, which answers how to end.
 */
export const follow = (begin: Handler<Begin>): Route =>
  refusing('GET', async (stack, request) =>
    serverSentEvents(stack.clock, request, await begin(stack, request)),
  );

/** `undefined` is answered with 404. */
function route(method: string, handler: Handler<object | undefined>): Route {
  return refusing(method, async (stack, request) => {
    const answer = await handler(stack, request);
    return answer ? json(200, answer, plain) : said(404, `There is nothing at ${request.path}.`);
  });
}

function refusing(method: string, handler: Handler<RouteAnswer>): Route {
  return async (stack, request) => {
    if (request.method !== method) return wrongMethod(request, method);
    try {
      return await handler(stack, request);
    } catch (cause) {
      if (cause instanceof Refused) return said(cause.status, cause.message);
      if (!(cause instanceof AwsError)) throw cause;
      return json(cause.status, { message: cause.message, code: cause.code });
    }
  };
}

/** Bytes are written as base64, integers with all their digits. */
function plain(name: string, member: unknown): unknown {
  if (member instanceof Uint8Array) return Buffer.from(member).toString('base64');
  return withDigits(name, member);
}

/** The account and Region that are asked for, or those of who names none. */
export function placeOf({ settings }: Stack, { query }: RouteRequest): Place {
  return {
    account: query.get('account') || settings.account,
    region: query.get('region') || settings.region,
  };
}

/** A parameter that must be there. */
export function wanted({ query, path }: RouteRequest, name: string): string {
  const value = query.get(name);
  if (!value) throw new Refused(400, `${path} needs "${name}".`);
  return value;
}

/** A whole number from `least` to `most`. */
export function numberOf(
  { query }: RouteRequest,
  name: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
  throw new Refused(400, `"${name}" must be a whole number from ${least} to ${most}.`);
}

const MOST_TIME = 8.64e15;

/** A moment in milliseconds. */
export function momentOf(request: RouteRequest, name: string): number | undefined {
  return numberOf(request, name, [0, MOST_TIME]);
}

export type Body = Readonly<Record<string, unknown>>;

/** What follows the route's own path, percent-decoded. */
export function below({ path }: RouteRequest, prefix: string): string {
  const text = path.slice(prefix.length);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function objectBody({ body, path, header }: RouteRequest): Body {
  const type = header('content-type') ?? '';
  // A web page of another site can send a form or plain text without being asked whether it may.
  if (!/^application\/(?:[\w.+-]*\+)?json\b/.test(type)) {
    throw new Refused(415, `${path} takes JSON: content-type must be application/json.`);
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body) || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body;
  } catch {
    // Told below.
  }
  throw new Refused(400, `The body of ${path} must be a JSON object.`);
}
