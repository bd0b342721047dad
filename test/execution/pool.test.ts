/** Which environment works on what: warm ones are used again, and their number is bounded. */
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realClock } from '../../src/core/clock.ts';
import type { FunctionSpec } from '../../src/execution/execution.ts';
import {
  type AnExecution,
  ARN,
  aFunction,
  anExecution,
  anInvocation,
  isAlive,
  source,
} from './an-execution.ts';

const PID = 'export const handler = async () => process.pid;';
const one = aFunction(PID, { key: 'one' });
const two = aFunction(PID, { key: 'two' });

async function pid(execution: AnExecution, spec: FunctionSpec): Promise<number> {
  const { payload, functionError } = await execution.invoke(spec, anInvocation());
  expect(functionError).toBeUndefined();
  return Number(payload);
}

test('an idle environment is used again, a busy one is not', async () => {
  await using execution = anExecution();
  const first = await pid(execution, one);
  expect(await pid(execution, one)).toBe(first);
  const both = await Promise.all([pid(execution, one), pid(execution, one)]);
  expect(new Set([first, ...both]).size).toBe(2);
  expect(await pid(execution, two)).not.toBe(first);
  expect(execution.streams.size).toBe(3);
});

test('at the bound the one that was idle longest makes room', async () => {
  await using execution = anExecution({ most: 2 });
  const three = aFunction(PID, { key: 'three' });
  const first = await pid(execution, one);
  const second = await pid(execution, two);
  await pid(execution, three);
  expect(await pid(execution, two)).toBe(second);
  expect(await pid(execution, one)).not.toBe(first);
});

test('at the bound invocations wait for their turn', async () => {
  await using execution = anExecution({ most: 1 });
  const pids = await Promise.all([1, 2, 3, 4].map(() => pid(execution, one)));
  expect(new Set(pids).size).toBe(1);
});

test('whoever waits takes one place and not two', async () => {
  const real = realClock();
  const afterWallMs = (ms: number, fire: () => void) =>
    real.afterWallMs(ms === 2000 ? 60_000 : ms, fire);
  // Nobody goes over the bound, so a place that is not given back would be waited for in vain.
  await using execution = anExecution({ most: 1, clock: { ...real, afterWallMs } });
  await Promise.all([pid(execution, one), pid(execution, two)]);
  execution.retire(ARN);
  await pid(execution, one);
});

test('an environment whose process has just ended by itself is not used again', async () => {
  await using execution = anExecution();
  const changes = { handler: 'index.leavesFiles', timeoutMs: 20_000 };
  const leaves = aFunction(source('runaway'), changes);
  const folder = async () => JSON.parse((await execution.invoke(leaves, anInvocation())).payload);
  const first = await folder();
  await expect
    .poll(() => readdirSync(first).length, { interval: 1, timeout: 5000 })
    .toBeLessThan(1000);
  expect(await folder()).not.toBe(first);
});

test('a function that waits for another is not waited for for ever', async () => {
  await using execution = anExecution({ most: 1 });
  const order: string[] = [];
  const outer = aFunction(source('runaway'), { handler: 'index.runs', timeoutMs: 9000 });
  const waiting = execution.invoke(outer, anInvocation()).catch(() => order.push('outer'));
  await expect.poll(() => execution.lines.some((line) => line.includes('running'))).toBe(true);
  await execution.invoke(one, anInvocation());
  order.push('inner');
  await execution.close();
  await waiting;
  expect(order).toEqual(['inner', 'outer']);
});

test('an environment that is retired ends, a busy one after its work', async () => {
  await using execution = anExecution();
  const first = await pid(execution, one);
  execution.retire(ARN, new Set(['one']));
  expect(await pid(execution, one)).toBe(first);
  const running = pid(execution, one);
  execution.retire(ARN);
  expect(await running).toBe(first);
  expect(await pid(execution, one)).not.toBe(first);
});

test('an environment that is idle for long ends', async () => {
  await using execution = anExecution({ keepAliveMs: 1 });
  const first = await pid(execution, one);
  await expect.poll(() => isAlive(first), { timeout: 5000 }).toBe(false);
});

test('a folder is run in place, with its types, and anew after a change', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-folder-'));
  await using execution = anExecution();
  const code = { kind: 'folder', path: folder } as const;
  const spec = { ...one, key: 'folder', handler: 'src/app.handler', code };
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  await write('package.json', '{"type":"module"}');
  await mkdir(join(folder, 'src'));
  const app = (n: number) => `import { Kind } from './kind'; import { n } from './number.js';
    export const handler = async (event: { a: number }): Promise<unknown> =>
      ({ kind: Kind.First, n, code: ${n}, a: event.a });`;
  await write('src/kind.ts', 'export enum Kind { First = 1 }');
  await write('src/number.ts', 'export const n: number = 2;');
  await write('src/app.ts', app(3));
  const answer = async () => {
    const { payload } = await execution.invoke(spec, anInvocation({ a: 4 }));
    return JSON.parse(payload);
  };
  expect(await answer()).toEqual({ kind: 1, n: 2, code: 3, a: 4 });
  await write('src/app.ts', app(5));
  await expect.poll(answer, { timeout: 5000 }).toEqual({ kind: 1, n: 2, code: 5, a: 4 });
  await rm(folder, { recursive: true });
});

test('a folder that a build removes and makes anew is still watched', async () => {
  const root = await mkdtemp(join(tmpdir(), 'millrace-folder-'));
  const path = join(root, 'built');
  await using execution = anExecution();
  const spec = { ...one, key: 'built', code: { kind: 'folder', path } as const };
  const answer = async () => (await execution.invoke(spec, anInvocation())).payload;
  const expectAnswer = (n: number) => expect.poll(answer, { timeout: 5000 }).toBe(String(n));
  const build = async (n: number) => {
    await rm(path, { recursive: true, force: true });
    await mkdir(join(path, 'lib'), { recursive: true });
    await writeFile(join(path, 'lib/n.mjs'), `export const n = ${n};`);
    const index = "import { n } from './lib/n.mjs'; export const handler = async () => n;";
    await writeFile(join(path, 'index.mjs'), index);
  };
  for (const n of [1, 2]) {
    await build(n);
    await expectAnswer(n);
  }
  for (const n of [3, 4]) {
    await rm(join(path, 'lib'), { recursive: true });
    await mkdir(join(path, 'lib'));
    await writeFile(join(path, 'lib/n.mjs'), `export const n = ${n};`);
    await expectAnswer(n);
  }
  await writeFile(join(path, 'lib/n.mjs'), 'export const n = 5;');
  await expectAnswer(5);
  await rm(root, { recursive: true });
});
