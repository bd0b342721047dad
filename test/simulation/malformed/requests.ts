/**
 * One malformed request after another, from a seed: wrong inputs in right envelopes, right inputs
 * in wrong envelopes, and noise.
 */
import { gzipSync } from 'node:zlib';
import { type Ids, seededIds } from '../../../src/core/ids.ts';
import type { ServiceDescriptor } from '../../../src/wire/descriptor.ts';
import { damage, toForm, toJson } from './encodings.ts';
import { sowMistakes } from './mistakes.ts';
import { describeService, pick, sampleInput } from './samples.ts';

export interface Case {
  /** What is wrong with it, for the report. */
  readonly kind: string;
  readonly bytes: Buffer;
  /** A whole request in HTTP's sense, which must be answered; others may just be hung up on. */
  readonly whole: boolean;
  /** In which form the answer must be. */
  readonly answers: 'json' | 'xml' | 'any';
  /** Bytes that hide a second request; at most one may be answered. */
  readonly smuggles?: boolean;
}

/** Those that are built, and one of each protocol that is not. */
const SERVICES = [
  'sqs',
  'sqs',
  'sns',
  'sns',
  'events',
  'events',
  'logs',
  'kinesis',
  'iam',
] as const;
const REST_SERVICES = ['lambda', 's3', 'scheduler', 'apigateway'] as const;

export function makeCase(seed: number, index: number): Case {
  const ids = seededIds(seed * 1_000_003 + index);
  const luck = ids.random();
  if (luck < 0.72) return inputCase(ids);
  if (luck < 0.78) return restCase(ids);
  if (luck < 0.82) return cborCase(ids);
  if (luck < 0.835) return gzipCase(ids);
  if (luck < 0.95) return envelopeCase(ids);
  return noiseCase(ids);
}

interface Request {
  readonly service: ServiceDescriptor;
  readonly operation: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly answers: 'json' | 'xml';
}

/** A request that is right, or whose input has mistakes. */
function request(ids: Ids, withMistakes: boolean): Request {
  const service = describeService(pick(ids, SERVICES));
  const operation = pick(ids, Object.keys(service.operations));
  const { protocols, targetPrefix, jsonVersion, signingName } = service.service;
  const valid = sampleInput(ids, service, operation);
  const input = withMistakes ? sowMistakes(ids, valid) : valid;
  const asForm = !protocols.includes('json') || (protocols.includes('query') && ids.random() < 0.4);
  if (asForm) {
    const type = 'Content-Type: application/x-www-form-urlencoded; charset=utf-8';
    const headers = [type, ...signature(signingName)];
    const body = toForm(service, operation, input);
    return { service, operation, headers, body, answers: 'xml' };
  }
  const headers = [
    `Content-Type: application/x-amz-json-${jsonVersion ?? '1.0'}`,
    `X-Amz-Target: ${targetPrefix}.${operation}`,
    ...signature(signingName),
  ];
  return { service, operation, headers, body: toJson(input), answers: 'json' };
}

function signature(service: string): readonly string[] {
  const scope = `111122223333/20261101/us-east-1/${service}/aws4_request`;
  return [
    'X-Amz-Date: 20261101T000000Z',
    `Authorization: AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, ` +
      `Signature=${'0'.repeat(64)}`,
  ];
}

function wrap(headers: readonly string[], body: Buffer, start = 'POST / HTTP/1.1'): Buffer {
  const length = `Content-Length: ${body.length}`;
  const head = [start, 'Host: 127.0.0.1', ...headers, length, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

function inputCase(ids: Ids): Case {
  const damaged = ids.random() < 0.25;
  const { service, operation, headers, body, answers } = request(ids, ids.random() < 0.9);
  const harm = damaged ? 'damaged bytes' : 'mistakes';
  const kind = `${service.service.name} ${operation} with ${harm}`;
  const bytes = wrap(headers, damaged && body.length > 0 ? damage(ids, body) : body);
  // Bytes that cannot be told to be a form's may be answered as any protocol would.
  return { kind, bytes, whole: true, answers: damaged ? 'any' : answers };
}

function restCase(ids: Ids): Case {
  const service = describeService(pick(ids, REST_SERVICES));
  const { method = 'GET', uri = '/' } = pick(ids, Object.values(service.operations));
  const path = uri.replace(/\{[^}]*\}/g, () => pick(ids, ['x', '..', '%2e%2e', '%ff', '%', 'é']));
  const start = `${method} ${encodeURI(path).replaceAll('%25', '%')} HTTP/1.1`;
  const body = Buffer.from(
    pick(ids, ['', '{}', '{"a":', '<a><b></a>', '<!DOCTYPE a [<!ENTITY b "c">]>']),
  );
  const headers = signature(service.service.signingName);
  const kind = `${service.service.name} at ${method} ${uri}`;
  return { kind, bytes: wrap(headers, body, start), whole: true, answers: 'any' };
}

/** Claims lengths and depths that the bytes do not have. */
function cborCase(ids: Ids): Case {
  const start = 'POST /service/GraniteServiceVersion20100801/operation/PutMetricData HTTP/1.1';
  const rpc = ids.random() < 0.5;
  const headers = rpc
    ? ['smithy-protocol: rpc-v2-cbor', 'Content-Type: application/cbor', ...signature('monitoring')]
    : [
        ...['Content-Type: application/x-amz-cbor-1.1', 'X-Amz-Target: Kinesis_20131202.PutRecord'],
        ...signature('kinesis'),
      ];
  const bodies = ['bf', 'a1', 'bb0000000100000000', '9bffffffffffffffff', '7b00000000ffffffff61'];
  const body = Buffer.from(`${pick(ids, bodies)}${ids.hex(12)}`, 'hex');
  const deep = Buffer.alloc(50_000, 0x81);
  const bytes = wrap(headers, ids.random() < 0.2 ? deep : body, rpc ? start : 'POST / HTTP/1.1');
  return { kind: 'CBOR that is none', bytes, whole: true, answers: 'any' };
}

const BOMB = gzipSync(Buffer.alloc(200_000_000, 0x20), { level: 9 });

function gzipCase(ids: Ids): Case {
  const { headers, body, service, operation } = request(ids, false);
  const luck = ids.random();
  const zipped = luck < 0.1 ? BOMB : gzipSync(body);
  const sent = luck < 0.4 ? zipped : damage(ids, zipped);
  const kind = `${service.service.name} ${operation} with broken gzip`;
  const bytes = wrap([...headers, 'Content-Encoding: gzip'], sent);
  return { kind, bytes, whole: true, answers: 'any' };
}

/** What HTTP itself gets wrong: lengths, chunks, headers, request lines, smuggled requests. */
function envelopeCase(ids: Ids): Case {
  const { headers, body } = request(ids, false);
  const head = (start: string, more: readonly string[]) =>
    Buffer.from([start, 'Host: 127.0.0.1', ...headers, ...more, '', ''].join('\r\n'), 'latin1');
  const post = (...more: readonly string[]) => head('POST / HTTP/1.1', more);
  const length = `Content-Length: ${body.length}`;
  const chunk = `${body.length.toString(16)}\r\n`;
  const smuggled = Buffer.from('GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  const chunked = 'Transfer-Encoding: chunked';
  const broken: Readonly<Record<string, readonly (Buffer | string)[]>> = {
    'a length too long': [post(`Content-Length: ${body.length + 10}`), body],
    'a length too short': [post(`Content-Length: ${body.length >> 1}`), body],
    'a negative length': [post('Content-Length: -1'), body],
    'a length that is no number': [post('Content-Length: 1e3'), body],
    'an enormous length': [post('Content-Length: 99999999999999999999'), body],
    'two lengths': [post(length, 'Content-Length: 0'), body],
    'chunks and a length': [post(chunked, length), chunk, body, '\r\n0\r\n\r\n', smuggled],
    'chunks cut off': [post(chunked), chunk, body.subarray(0, body.length >> 1)],
    'a chunk size that is none': [post(chunked), 'zz\r\n', body],
    'an enormous chunk': [post(chunked), 'fffffffffffffff\r\n', body],
    'an unknown transfer coding': [post('Transfer-Encoding: xchunked', length), body, smuggled],
    'two transfer codings': [post('Transfer-Encoding: chunked, identity'), chunk, body],
    'a blank before the colon': [post('Content-Length : 5', length), body, smuggled],
    'a folded header': [post('X-Folded: a\r\n b', length), body],
    'a bare line feed': [post('X-Bare: a\nTransfer-Encoding: chunked', length), body, smuggled],
    'a NUL in a header': [post('X-Nul: a\u0000b', length), body],
    'two hosts': [post('Host: evil.example', length), body],
    'too many headers': [
      post(...Array.from({ length: 3_000 }, (_, i) => `X-${i}: y`), length),
      body,
    ],
    'a header too long': [post(`X-Long: ${'y'.repeat(100_000)}`, length), body],
    'a path too long': [head(`POST /${'a'.repeat(100_000)} HTTP/1.1`, [length]), body],
    'an absolute path': [head('POST http://evil.example/ HTTP/1.1', [length]), body],
    'an unknown method': [head('BREW / HTTP/1.1', [length]), body],
    'an unknown version': [head('POST / HTTP/3.7', [length]), body],
    'a tunnel': [head('CONNECT 127.0.0.1:22 HTTP/1.1', [])],
    'an upgrade': [post('Connection: Upgrade', 'Upgrade: websocket', length), body],
    'an expectation': [post('Expect: 200-maybe', length), body],
    'no end of headers': [post(length).subarray(0, -2)],
  };
  const kind = pick(ids, Object.keys(broken));
  const bytes = Buffer.concat((broken[kind] ?? []).map((part) => Buffer.from(part)));
  const smuggles = bytes.includes('/smuggled');
  return { kind: `an envelope with ${kind}`, bytes, whole: false, answers: 'any', smuggles };
}

function noiseCase(ids: Ids): Case {
  const noise = Buffer.from(ids.hex(20 + Math.floor(ids.random() * 500)), 'hex');
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  const luck = ids.random();
  if (luck < 0.4) return { kind: 'noise', bytes: noise, whole: false, answers: 'any' };
  if (luck < 0.7) {
    const bytes = Buffer.concat([preface, noise]);
    return { kind: 'an HTTP/2 preface and noise', bytes, whole: false, answers: 'any' };
  }
  const bytes = preface.subarray(0, Math.floor(ids.random() * preface.length));
  return { kind: 'half an HTTP/2 preface', bytes, whole: false, answers: 'any' };
}
