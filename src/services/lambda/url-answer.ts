/**
 * What a function URL answers with: what the function says it should, or what is inferred when it
 * says nothing of the kind.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
import { AwsError } from '../../core/errors.ts';
import { jsonDepth } from '../../core/json-text.ts';
import { isObject, parseJson } from '../../core/json-value.ts';
import { leavable } from '../../core/leaving.ts';
import type { RouteAnswer } from '../service.ts';
import type { Streamed } from './run.ts';
import { readPrelude } from './url-prelude.ts';

/** The function answered with what is no HTTP answer, or failed before it answered at all. */
export const badGateway: RouteAnswer = {
  status: 502,
  headers: { 'Content-Type': 'application/json' },
  body: 'Internal Server Error',
};

const JSON_TYPE = 'application/json';

/** The answer that a function's JSON text means. */
export function bufferedAnswer(payload: string): RouteAnswer {
  // A body that is an object is written anew, which very deep ones cannot be.
  const value = jsonDepth(payload) ? parseJson(payload) : undefined;
  if (!isObject(value) || value.statusCode === undefined) {
    return { status: 200, headers: { 'Content-Type': JSON_TYPE }, body: payload };
  }
  const head = headOf(value, JSON_TYPE);
  return head ? { ...head, body: bodyOf(value) } : badGateway;
}

/** The answer of a function that streams; resolves when its head is known. */
export async function streamedAnswer(streamed: Streamed): Promise<RouteAnswer> {
  const pieces = streamed.body[Symbol.asyncIterator]();
  const end = (): Promise<unknown> => Promise.resolve(pieces.return?.());
  if (!streamed.contentType.startsWith('application/vnd.awslambda.http-integration-response')) {
    const first = await pieces.next();
    if (first.done && (await streamed.end).functionError) return badGateway;
    const headers = { 'Content-Type': streamed.contentType || 'application/octet-stream' };
    return { status: 200, headers, body: rest(first.value, pieces, streamed) };
  }
  const prelude = await readPrelude(pieces);
  const said = prelude && parseJson(prelude.json);
  const head = isObject(said) ? headOf({ statusCode: 200, ...said }, undefined) : undefined;
  if (prelude && head) return { ...head, body: rest(prelude.rest, pieces, streamed) };
  await end();
  return badGateway;
}

function rest(
  first: Uint8Array | undefined,
  pieces: AsyncIterator<Uint8Array>,
  streamed: Streamed,
): AsyncIterable<Uint8Array> {
  return leavable(restOf(first, pieces, streamed), () => pieces.return?.());
}

/** A function that fails when its answer has begun breaks the connection. */
async function* restOf(
  first: Uint8Array | undefined,
  pieces: AsyncIterator<Uint8Array>,
  streamed: Streamed,
): AsyncGenerator<Uint8Array> {
  try {
    if (first) yield first;
    for (;;) {
      const { done, value } = await pieces.next();
      if (done) break;
      yield value;
    }
  } finally {
    await pieces.return?.();
  }
  const { functionError, error } = await streamed.end;
  // An error as AWS names it is the function's; nothing of ours broke.
  if (functionError) throw new AwsError('InternalServerErrorException', error ?? functionError);
}

type AnswerHead = Pick<RouteAnswer, 'status' | 'headers'>;

/** Undefined for what HTTP cannot say. */
function headOf(
  { statusCode, headers, cookies }: Readonly<Record<string, unknown>>,
  contentType: string | undefined,
): AnswerHead | undefined {
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const said = new Map<string, readonly [string, string | readonly string[]]>();
  for (const [name, value] of Object.entries(isObject(headers) ? headers : {})) {
    if (value === null || value === undefined || DROPPED.test(name)) continue;
    if (!isSendable(name, String(value))) return undefined;
    const sent = REMAPPED.test(name) ? `x-amzn-Remapped-${name}` : name;
    // One that is written twice is sent once: of most there may only be one.
    said.set(sent.toLowerCase(), [sent, String(value)]);
  }
  if (contentType && !said.has('content-type')) {
    said.set('content-type', ['Content-Type', contentType]);
  }
  const set = Array.isArray(cookies) ? cookies.map(String) : [];
  if (!set.every((cookie) => isSendable('set-cookie', cookie))) return undefined;
  const own = said.get('set-cookie')?.[1] ?? [];
  if (set.length > 0) said.set('set-cookie', ['Set-Cookie', [own, set].flat(2)]);
  return { status, headers: Object.fromEntries(said.values()) };
}

/** How the message is framed is for the server to say. */
const DROPPED =
  /^(?:content-length|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;
/** Lambda says these itself and renames the function's (observed). */
const REMAPPED = /^(?:connection|date|server|www-authenticate)$/i;

function isSendable(name: string, value: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && !/[^\t\x20-\x7e\x80-\xff]/.test(value);
}

function bodyOf({ body, isBase64Encoded }: Readonly<Record<string, unknown>>): RouteAnswer['body'] {
  if (body === undefined || body === null) return '';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return isBase64Encoded === true ? Buffer.from(text, 'base64') : text;
}
