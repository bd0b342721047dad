/** A server that is killed takes its functions with it, also those that notice nothing. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { isAlive } from './an-execution.ts';

/** Runs in a process of its own: starts two functions and tells of their processes. */
const SERVER = `
import { aFunction, anExecution, anInvocation, source } from './an-execution.ts';
const execution = anExecution({ log: ({ text }) => console.log(text) });
for (const handler of ['index.runs', 'index.turns']) {
  const spec = aFunction(source('runaway'), { handler, timeoutMs: 60_000 });
  execution.invoke(spec, anInvocation());
}`;

test('functions end with a server that is killed', async () => {
  const server = spawn(process.execPath, ['--input-type=module-typescript', '-e', SERVER], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  server.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const pids = () => [...text.matchAll(/(?:running|turning) (\d+)/g)].map(([, pid]) => Number(pid));
  await expect.poll(() => pids().length, { timeout: 10_000 }).toBe(2);
  expect(pids().every(isAlive)).toBe(true);
  server.kill('SIGKILL');
  await expect.poll(() => pids().some(isAlive), { timeout: 5000 }).toBe(false);
});
