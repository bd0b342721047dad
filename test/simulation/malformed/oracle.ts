/**
 * Is this an answer that AWS could have given to a bad request? A valid HTTP answer, an error in
 * the protocol's form, nothing of our insides, and no "internal failure": the client is at fault.
 */
import { parseAnswer } from '../../../bench/connection.ts';
import type { Case } from './requests.ts';

export interface Observed {
  readonly bytes: Buffer;
  readonly tookMs: number;
  /** The server was still holding the connection when our patience ended. */
  readonly hung: boolean;
}

/** What is wrong with the answers, or undefined. */
export function objection(one: Case, { bytes, hung, tookMs }: Observed): string | undefined {
  if (hung) return `no end after ${tookMs.toFixed(0)} ms`;
  const text = bytes.toString('latin1');
  const inside = INSIDES.exec(text);
  if (inside) return `the answer shows our insides: ${around(text, inside.index)}`;
  const isHttp2 = bytes.length > 0 && !text.startsWith('HTTP/1.');
  if (isHttp2) return one.kind.includes('HTTP/2') ? undefined : `not HTTP: ${around(text, 0)}`;

  const answers = split(bytes);
  if (!answers) return `an answer that is not whole: ${around(text, 0)}`;
  const [first] = answers;
  if (!first) return one.whole ? 'hung up on without an answer' : undefined;
  if (one.smuggles && answers.length > 1) return 'a smuggled request was answered';
  if (one.whole && answers.length > 1) return `${answers.length} answers to one request`;
  return wrongShape(one, first.status, first.body);
}

/** Stack frames and paths of ours. */
const INSIDES = /\n? +at .{1,200}:\d+:\d+\)?|node:internal|\/src\/[a-z]+\/|\.ts:\d+|node_modules/;

function wrongShape(one: Case, status: number, bytes: Buffer): string | undefined {
  const body = bytes.toString();
  const shown = `${status} ${around(body, 0)}`;
  if (status === 500) return `an internal failure: ${shown}`;
  // A refusal of HTTP itself, before there is a protocol to speak.
  if (!one.whole) return status >= 100 && status < 600 ? undefined : `no status: ${shown}`;
  if (one.bytes.toString('latin1', 0, 5) === 'HEAD ') {
    return body === '' ? undefined : `a body where there is none: ${shown}`;
  }
  if (body === '') return status < 300 || status === 404 ? undefined : `no body: ${shown}`;
  const form = formOf(bytes);
  const unnamed = status >= 300 && !NAMED[form](bytes) && !BY_HTTP.includes(status);
  if (form === 'json' && parseJson(body) === undefined) return `not JSON: ${shown}`;
  if (unnamed) return `an error without a name: ${shown}`;
  // A body that is too large is refused unread, so nobody knows what it speaks.
  const mixed = one.answers !== 'any' && one.answers !== form && status !== 413;
  return mixed ? `${form} where ${one.answers} was spoken: ${shown}` : undefined;
}

type Form = 'json' | 'xml' | 'cbor';

/** Statuses that HTTP gives a meaning of their own. */
const BY_HTTP = [400, 408, 411, 413, 414, 415, 431, 501, 505];

/** The initial byte tells: a map of CBOR begins with its major type, 5. */
function formOf(body: Buffer): Form {
  const first = body[0] ?? 0;
  if (first >> 5 === 5) return 'cbor';
  return first === 0x3c ? 'xml' : 'json';
}

/** Whether the answer names its error, by form. */
const NAMED: Readonly<Record<Form, (body: Buffer) => boolean>> = {
  cbor: (body) => body.includes('__type'),
  xml: (body) => /<Code>[^<]+<\/Code>/.test(body.toString()),
  json: (body) => {
    // REST names its error in a header, and spells the message as the service does.
    const { __type: type, message, Message } = parseJson(body.toString()) ?? {};
    return [type, message, Message].some((text) => typeof text === 'string');
  },
};

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The answers in what came; undefined when the last one is cut off. */
export function split(bytes: Buffer) {
  const answers = [];
  let rest = bytes;
  while (rest.length > 0) {
    const parsed = parseAnswer(rest);
    if (!parsed) return undefined;
    answers.push(parsed.answer);
    rest = rest.subarray(parsed.length);
  }
  return answers;
}

function around(text: string, index: number): string {
  return JSON.stringify(text.slice(Math.max(0, index - 40), index + 200));
}
