/**
 * Request bytes made ahead of time, as an AWS SDK would send them.
 *
 * The signature is a dummy: servers in a bench parse the Authorization header (account, region and
 * service come from its scope) and do not verify it. Bodies are random, because an engine that
 * compresses would make repeated ones look cheap.
 */
import { randomBytes } from 'node:crypto';

export type Api = JsonApi | 'sns' | 'lambda';

export type JsonApi = 'sqs' | 'events' | 'dynamodb' | 'streams' | 'kinesis';

const CONTENT_TYPES: Readonly<Record<Api, string>> = {
  sqs: 'application/x-amz-json-1.0',
  sns: 'application/x-www-form-urlencoded; charset=utf-8',
  events: 'application/x-amz-json-1.1',
  lambda: 'application/json',
  dynamodb: 'application/x-amz-json-1.0',
  streams: 'application/x-amz-json-1.0',
  kinesis: 'application/x-amz-json-1.1',
};

const TARGET_PREFIXES: Readonly<Record<JsonApi, string>> = {
  sqs: 'AmazonSQS',
  events: 'AWSEvents',
  dynamodb: 'DynamoDB_20120810',
  streams: 'DynamoDBStreams_20120810',
  kinesis: 'Kinesis_20131202',
};

export function jsonRequest(api: JsonApi, operation: string, input: object): Buffer {
  const target = `X-Amz-Target: ${TARGET_PREFIXES[api]}.${operation}\r\n`;
  return request(api, 'POST /', target, Buffer.from(JSON.stringify(input)));
}

export function snsRequest(action: string, input: Readonly<Record<string, string>>): Buffer {
  const form = new URLSearchParams({ Action: action, Version: '2010-03-31', ...input });
  return request('sns', 'POST /', '', Buffer.from(form.toString()));
}

/** `what` is method and path, such as `GET /2015-03-31/functions/`; headers end in CR and LF. */
export function lambdaRequest(what: string, body = '', headers = ''): Buffer {
  return request('lambda', what, headers, Buffer.from(body));
}

function request(api: Api, what: string, headers: string, body: Buffer): Buffer {
  const head =
    `${what} HTTP/1.1\r\n` +
    'Host: 127.0.0.1\r\n' +
    `Content-Type: ${CONTENT_TYPES[api]}\r\n` +
    headers +
    'X-Amz-Date: 20261101T000000Z\r\n' +
    `Authorization: AWS4-HMAC-SHA256 Credential=test/20261101/us-east-1/${api}/aws4_request, ` +
    `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}\r\n` +
    `Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

/** Random text of exactly `bytes` bytes that needs no escaping in JSON or in a form. */
export function randomText(bytes: number): string {
  return randomBytes(Math.ceil((bytes * 3) / 4))
    .toString('base64url')
    .slice(0, bytes);
}

/**
 * Copies of a request that differ in the text at `mark`, for one connection. `next` writes a
 * running number over the mark, so that no two requests are the same bytes.
 */
export function numbered(template: Buffer, mark: string): () => Buffer {
  const bytes = Buffer.from(template);
  const at: number[] = [];
  for (let from = bytes.indexOf(mark); from >= 0; from = bytes.indexOf(mark, from + 1)) {
    at.push(from);
  }
  let count = 0;
  return () => {
    for (const position of at) {
      count++;
      bytes.write(count.toString(36).padStart(mark.length, '0'), position, 'latin1');
    }
    return bytes;
  };
}
