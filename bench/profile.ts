/**
 * Where a server's time goes: drives one kind of request at a server started from source, under
 * V8's sampling profiler, and prints the functions with the most time of their own.
 *
 * Usage: node bench/profile.ts [kind] [connections] [lines], where kind is send, send-batch,
 * receive-delete, invoke, put-item, get-item, transact, query, put-records or get-records.
 * The .cpuprofile is kept; Chrome's DevTools open it.
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createQueue } from './api.ts';
import { createFunction, ECHO } from './functions.ts';
import { drive } from './rounds.ts';
import type { Scenario } from './scenarios.ts';
import { type Server, startMillrace } from './servers.ts';
import { fill } from './stage.ts';
import { beginnings, createStream, createTable, fillStream, fillTable } from './tables.ts';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const [kind = 'send', connections = '32', lines = '40'] = process.argv.slice(2);
process.env.BENCH_SOURCE = '1';
const folder = mkdtempSync(join(tmpdir(), 'millrace-profile-'));
await record(kind as Scenario['kind'], Number(connections));
const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'));
const path = join(folder, name);
print(JSON.parse(readFileSync(path, 'utf8')), Number(lines));
console.log(path);

async function record(what: Scenario['kind'], inFlight: number): Promise<void> {
  const node = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  await using server = await startMillrace({ node });
  const scenario = await prepare(server, what);
  const job = { connections: inFlight, warmUpSeconds: 1, seconds: 4 };
  const sample = drive(server, { ...job, scenario });
  const cost = (sample.cpuSeconds / sample.answers) * 1e6;
  console.log(`${what}, ${inFlight} in flight: ${cost.toFixed(1)} µs of CPU per request, profiled`);
}

async function prepare(server: Server, what: Scenario['kind']): Promise<Scenario> {
  const { port } = server;
  const items = 10_000;
  switch (what) {
    case 'invoke':
      await createFunction(port, 'bench', ECHO);
      return { kind: what, to: 'bench', bytes: 128 };
    case 'put-item':
    case 'get-item':
    case 'transact':
      await createTable(port, 'bench');
      if (what === 'get-item') fillTable(server, 'bench', items);
      return { kind: what, to: 'bench', items };
    case 'query':
      await createTable(port, 'bench', true);
      fillTable(server, 'bench', items, { bytes: 100, isSorted: true });
      return { kind: what, to: 'bench', items };
    case 'put-records':
    case 'get-records':
      await createStream(port, 'bench', 4);
      if (what === 'get-records') fillStream(server, 'bench', 20_000);
      return { kind: what, to: 'bench', iterators: await beginnings(port, 'bench') };
    default: {
      const { url: to } = await createQueue(port, 'bench');
      if (what === 'receive-delete') fill(server, to, 200_000);
      return { kind: what, to };
    }
  }
}

function print({ nodes, samples, timeDeltas }: CpuProfile, most: number): void {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place = url.replace(/^.*\/(src|bench|test|dist|node_modules)\//, '$1/');
      return [id, `${functionName || '(anonymous)'} ${place}:${lineNumber + 1}`];
    }),
  );
  const self = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const at = names.get(id) ?? '';
    if (at.startsWith('(idle)')) continue;
    self.set(at, (self.get(at) ?? 0) + (timeDeltas[i] ?? 0));
  }
  const total = [...self.values()].reduce((sum, value) => sum + value, 0);
  const sorted = [...self].sort(([, a], [, b]) => b - a).slice(0, most);
  for (const [at, micros] of sorted) {
    console.log(`${((micros / total) * 100).toFixed(1).padStart(5)} %  ${at}`);
  }
}
