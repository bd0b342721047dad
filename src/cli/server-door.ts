/** How commands talk to a running server, with sentences for when it is not there. */
import type { IncomingMessage } from 'node:http';
import { realClock } from '../core/clock.ts';
import { http } from '../core/node-http.ts';
import { signatureHeaders } from '../server/signature-sign.ts';
import { CommandFailed, EXIT } from './exit.ts';

/** Long enough for a busy server, short enough for a person. */
const PATIENCE_MS = 5_000;

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: string;
  /** Of the body. */
  readonly type?: string;
  /** How long the answer may take to begin. */
  readonly patienceMs?: number;
}

/** The answer as it begins to come in. A server that does not answer is exit code 3. */
export function ask(endpoint: string, path: string, asked: Asked = {}): Promise<IncomingMessage> {
  const url = new URL(path, urlOf(endpoint));
  const { method = 'GET', patienceMs = PATIENCE_MS, body = '', type } = asked;
  const headers = {
    ...signature(method, url, body),
    'content-length': Buffer.byteLength(body),
    ...(type !== undefined && { 'content-type': type }),
  };
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      const why = (cause as NodeJS.ErrnoException).code ?? cause.message;
      const message = `No server answers at ${url.origin} (${why}). Start one: millrace start`;
      reject(new CommandFailed(EXIT.unreachable, message));
    };
    const client = url.protocol === 'https:' ? process.getBuiltinModule('node:https') : http;
    const request = client.request(
      url,
      { method, headers, timeout: patienceMs, agent: false },
      resolve,
    );
    request.on('error', fail);
    request.on('timeout', () => request.destroy(new Error(`no answer in ${patienceMs / 1_000} s`)));
    request.end(body);
  });
}

/** A server with strict auth lets operators in by their keys; any other does not look. */
function signature(method: string, url: URL, body: string): Readonly<Record<string, string>> {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: region = 'us-east-1',
  } = process.env;
  if (!accessKeyId || !secretAccessKey) return {};
  const scope = { service: 'millrace', region, nowMs: realClock().nowMs() };
  const key = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  return signatureHeaders({ method, url, body }, key, scope);
}

function urlOf(endpoint: string): URL {
  if (URL.canParse(endpoint) && /^https?:\/\//.test(endpoint)) return new URL(endpoint);
  throw new CommandFailed(EXIT.usage, `${endpoint} is no URL such as http://127.0.0.1:4566.`);
}

export async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer) text += chunk;
  return text;
}

/** What a server says of itself; whoever does not speak like one is no server of ours. */
export async function statusOf(endpoint: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await textOf(await ask(endpoint, '/_millrace/v1/status'));
  const answer = objectIn(text);
  if (answer && 'version' in answer) return answer;
  if (answer && 'message' in answer) throw new CommandFailed(EXIT.failed, `${answer.message}`);
  throw new CommandFailed(EXIT.unreachable, `What answers at ${endpoint} is not millrace.`);
}

export function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Not JSON, so not ours: said by the caller.
  }
  return undefined;
}
