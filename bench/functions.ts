/**
 * Functions for benches: uploaded over the wire, as anyone would, and ready when they are answered.
 */
import { zipSync } from 'fflate';
import { callLambda } from './api.ts';

/** Answers with what it got. */
export const ECHO = 'export const handler = async (event) => event;\n';

const ROLE = 'arn:aws:iam::000000000000:role/bench';
const PATIENCE_MS = 10_000;

export interface FunctionSettings {
  readonly variables?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
}

/** What CreateFunction is asked for a Node.js function with one file. */
export function functionInput(name: string, source: string, settings: FunctionSettings = {}) {
  const { variables, timeoutSeconds = 10 } = settings;
  return {
    FunctionName: name,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: ROLE,
    Timeout: timeoutSeconds,
    Code: { ZipFile: zipOf({ 'index.mjs': source }) },
    ...(variables && { Environment: { Variables: variables } }),
  };
}

/** Makes a function on a server and waits until it can be invoked. */
export async function createFunction(
  port: number,
  name: string,
  source: string,
  settings: FunctionSettings = {},
): Promise<void> {
  const input = functionInput(name, source, settings);
  const ZipFile = Buffer.from(input.Code.ZipFile).toString('base64');
  await callLambda(port, 'POST /2015-03-31/functions', { ...input, Code: { ZipFile } });
  await active(port, name);
}

/** Resolves when the function is neither being made nor being changed. */
export async function active(port: number, name: string): Promise<void> {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const what = `GET /2015-03-31/functions/${name}/configuration`;
    const { State, LastUpdateStatus } = await callLambda(port, what);
    if (State === 'Active' && LastUpdateStatus === 'Successful') return;
    if (performance.now() > giveUpAtMs) throw new Error(`${name} is ${State}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const bytes = Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const);
  return zipSync(Object.fromEntries(bytes));
}
