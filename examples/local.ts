/**
 * A millrace of an example's own: on a free port, in a folder that goes with it, on a virtual
 * clock, so that minutes of retries take no time. The example's clients know nothing of it: they
 * are made with `{}` and read their environment, as they do on AWS.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../src/index.ts';

export interface Local {
  readonly endpoint: string;
  /** For files of the example; removed at the end. */
  readonly folder: string;
  /** What time it is, in milliseconds. */
  nowMs(): Promise<number>;
  /** Milliseconds of virtual time since the start. */
  elapsedMs(): Promise<number>;
  /** Moves time on by `30s`, `15m` …, doing what falls due on the way. */
  advance(by: string): Promise<void>;
  /** Moves time on through retries and messages that feed functions, until nothing is due. */
  settled(): Promise<void>;
  /** What an event or message led to, drawn. */
  trace(id: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface LocalOptions {
  readonly port?: number;
  /** Default: one that is removed at the end. */
  readonly folder?: string;
  /** What acknowledged writes survive. Default `process`: what an example keeps is soon removed. */
  readonly durability?: 'power' | 'process';
}

export async function startLocal(options: LocalOptions = {}): Promise<Local> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'millrace-example-'));
  const log = { info: () => {}, warn: console.error, error: console.error };
  const server = await startServer({
    port: options.port ?? 0,
    clock: 'virtual',
    data: join(folder, 'data'),
    durability: options.durability ?? 'process',
    log,
  });
  const { endpoint } = server;
  pointSdksAt(endpoint);
  const nowMs = async () => Number((await ask(endpoint, 'clock')).nowMs);
  const startMs = await nowMs();
  return {
    endpoint,
    folder,
    nowMs,
    elapsedMs: async () => (await nowMs()) - startMs,
    advance: async (by) => void (await ask(endpoint, 'clock/advance', { by })),
    settled: async () => void (await ask(endpoint, 'settled', {})),
    trace: async (id) => {
      const headers = { accept: 'text/plain' };
      return (await fetch(`${endpoint}/_millrace/v1/trace/${id}`, { headers })).text();
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true });
    },
  };
}

/** The variables that AWS's SDKs read by themselves. An access key of digits is the account. */
export function pointSdksAt(endpoint: string): void {
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: '111111111111',
    AWS_SECRET_ACCESS_KEY: 'any',
  });
}

async function ask(endpoint: string, path: string, body?: object) {
  const answer = await fetch(`${endpoint}/_millrace/v1/${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
