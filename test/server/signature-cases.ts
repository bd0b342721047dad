/**
 * The test vectors of aws-c-auth, as requests on the wire. The files stand in signature-vectors/,
 * one case a line; NOTICE says where they are from.
 */
import { readFileSync } from 'node:fs';
import type { SignedRequest } from '../../src/server/signature-check.ts';

export interface Case {
  readonly name: string;
  readonly context: {
    readonly credentials: { readonly access_key_id: string; readonly secret_access_key: string };
    readonly normalize: boolean;
    readonly timestamp: string;
    readonly omit_session_token?: boolean;
  };
  readonly header: Signing;
  readonly query: Signing;
  readonly publicKey?: { readonly X: string; readonly Y: string };
}

export interface Signing {
  readonly canonical: string;
  readonly toSign: string;
  readonly signature: string;
  readonly signed: string;
}

export function casesOf(version: 'v4' | 'v4a'): readonly Case[] {
  const file = new URL(`./signature-vectors/${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Bytes as latin-1 characters, folded lines unfolded as every parser of HTTP does it. */
export function rawRequest(text: string): RawRequest {
  const wire = Buffer.from(text)
    .toString('latin1')
    .replace(/\n[ \t]+/g, ' ');
  const end = wire.indexOf('\n\n');
  const head = end < 0 ? wire : wire.slice(0, end);
  const [line = '', ...fields] = head.split('\n').filter((one) => one !== '');
  const target = line.slice(line.indexOf(' ') + 1, line.lastIndexOf(' HTTP/'));
  const mark = target.indexOf('?');
  return {
    method: line.slice(0, line.indexOf(' ')),
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers: fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon), field.slice(colon + 1)];
    }),
    body: end < 0 ? '' : wire.slice(end + 2),
  };
}

export function signable(raw: RawRequest): SignedRequest {
  const { method, path, query, headers, body } = raw;
  return { method, path, query, body: Buffer.from(body, 'latin1'), fields: () => headers.flat() };
}
