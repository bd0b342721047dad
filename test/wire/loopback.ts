/**
 * Calls the wire from AWS's own JavaScript clients, within the process: a client's request goes
 * through detect and decode, and a given output comes back through encodeAnswer.
 */
import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/types';
import { AwsError } from '../../src/core/errors.ts';
import {
  credentialScope,
  decode,
  detect,
  encodeAnswer,
  encodeError,
  type Routed,
  type WireRequest,
  type WireResponse,
} from '../../src/wire/wire.ts';

/** What the wire made of the last request. */
export interface Heard {
  request?: WireRequest;
  routed?: Routed | undefined;
  input?: object;
  answer?: WireResponse;
}

export interface Loopback {
  readonly heard: Heard;
  /** Given to the next call: an output of the operation, or the error it fails with. */
  next: object | AwsError;
  /** Settings for any client. */
  readonly settings: object;
}

export function loopback(): Loopback {
  const loop: Loopback = {
    heard: {},
    next: {},
    settings: {
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1:4566',
      credentials: { accessKeyId: '123456789012', secretAccessKey: 'secret' },
      maxAttempts: 1,
      disableHostPrefix: true,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        handle: async (request: HttpRequest) => ({ response: await answer(loop, request) }),
      },
    },
  };
  return loop;
}

async function answer(loop: Loopback, sent: HttpRequest): Promise<HttpResponse> {
  const request = await wireRequest(sent);
  const response = respond(loop, request);
  loop.heard.answer = response;
  const headers: Record<string, string> = {};
  for (let at = 0; at < response.headers.length; at += 2) {
    headers[String(response.headers[at]).toLowerCase()] = String(response.headers[at + 1]);
  }
  return new HttpResponse({ statusCode: response.status, headers, body: readable(response) });
}

function readable({ body }: WireResponse): Readable {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return Readable.from(body);
  return Readable.from(body.length === 0 ? [] : [Buffer.from(body)]);
}

function respond(loop: Loopback, request: WireRequest): WireResponse {
  const { heard, next } = loop;
  heard.request = request;
  heard.routed = undefined;
  delete heard.input;
  try {
    if (!credentialScope(request) && request.header('authorization')) {
      throw new Error('A signed request without a credential scope.');
    }
    heard.routed = detect(request);
    if (!heard.routed) throw new Error(`Not heard: ${request.method} ${request.path}`);
    heard.input = decode(heard.routed, request);
    if (next instanceof AwsError) throw next;
    return encodeAnswer(heard.routed, next, 'a-request-id');
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    return encodeError(heard.routed, cause, 'a-request-id', request);
  }
}

async function wireRequest(sent: HttpRequest): Promise<WireRequest> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(sent.headers)) headers.set(name.toLowerCase(), value);
  return {
    method: sent.method,
    path: sent.path,
    query: queryText(sent),
    header: (name) => headers.get(name),
    headerNames: () => headers.keys(),
    body: await bytesOf(sent.body),
  };
}

function queryText({ query = {} }: HttpRequest): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) =>
      value === null ? encode(name) : `${encode(name)}=${encode(value)}`,
    ),
  );
  return pairs.join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text);
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
