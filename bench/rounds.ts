/**
 * Paired rounds: every contender is driven once per round, one after another, so that what a
 * neighbour on the machine does to one it does to all. A ratio is taken within its round; what is
 * reported is the median of the rounds, with minimum and maximum.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Job, Sample } from './generator.ts';
import { GENERATOR_CORE, pinned, start } from './process.ts';
import type { Scenario } from './scenarios.ts';
import type { Server } from './servers.ts';

export interface Options {
  /** One short round, to see that everything still runs; its figures mean nothing. */
  readonly quick: boolean;
  readonly rounds: number;
  readonly seconds: number;
  /** Leaves the peer out. */
  readonly withoutPeer: boolean;
}

export interface Contender {
  readonly server: Server;
  readonly scenario: Scenario;
  /** Called before each round, for what the round uses up. */
  readonly prepare?: () => Promise<void> | void;
}

/** Of several rounds. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface Result {
  readonly name: string;
  readonly perCpuSecond: Spread;
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** CPU time of the processes that the server has started, for each answer. */
  readonly childrenMicros: Spread;
  /** To the first contender, round by round. */
  readonly ratio: Spread;
}

const GENERATOR = fileURLToPath(new URL('generator.ts', import.meta.url));

/** Drives the server once, from a process on the generator's core. */
export function drive(server: Server, job: Omit<Job, 'port' | 'pid'>): Sample {
  const whole: Job = { ...job, port: server.port, pid: server.pid };
  const [file = '', ...args] = pinned(GENERATOR_CORE, [process.execPath, GENERATOR]);
  const run = spawnSync(file, [...args, JSON.stringify(whole)], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (run.status !== 0) throw new Error(`the generator failed against ${server.name}`);
  const sample: Sample = JSON.parse(run.stdout);
  if (sample.failures > 0) {
    throw new Error(`${server.name}: ${sample.failures} failures, first: ${sample.firstFailure}`);
  }
  return sample;
}

/** As `drive`, beside other load and wherever there is a core. */
export async function driveBeside(
  { name, port, pid }: Server,
  job: Omit<Job, 'port' | 'pid'>,
): Promise<Sample> {
  const whole: Job = { ...job, port, pid };
  const child = start([process.execPath, GENERATOR, JSON.stringify(whole)]);
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await new Promise((resolve) => child.once('close', resolve));
  if (printed === '') throw new Error(`the generator failed against ${name}`);
  const sample: Sample = JSON.parse(printed);
  if (sample.failures > 0) {
    throw new Error(`${name}: ${sample.failures} failures, first: ${sample.firstFailure}`);
  }
  return sample;
}

export async function compare(
  contenders: readonly Contender[],
  connections: number,
  options: Options,
): Promise<readonly Result[]> {
  const samples = contenders.map((): Sample[] => []);
  for (let round = 0; round < options.rounds; round++) {
    // By turns forth and back, so that none always comes after the same other one.
    const order = [...contenders.entries()];
    for (const [i, { server, scenario, prepare }] of round % 2 ? order.reverse() : order) {
      await prepare?.();
      const warmUpSeconds = options.quick ? 0.2 : 1;
      const job = { scenario, connections, warmUpSeconds, seconds: options.seconds };
      samples[i]?.push(drive(server, job));
    }
  }
  return contenders.map(({ server }, i) => result(server.name, samples[i] ?? [], samples[0] ?? []));
}

function result(name: string, own: readonly Sample[], first: readonly Sample[]): Result {
  return {
    name,
    perCpuSecond: spread(own.map((sample) => sample.perCpuSecond)),
    perSecond: spread(own.map((sample) => sample.perSecond)),
    p50Ms: spread(own.map((sample) => sample.p50Ms)),
    p99Ms: spread(own.map((sample) => sample.p99Ms)),
    childrenMicros: spread(own.map((sample) => (sample.childrenCpuSeconds / sample.answers) * 1e6)),
    ratio: spread(own.map((sample, i) => sample.perCpuSecond / (first[i]?.perCpuSecond ?? NaN))),
  };
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1
      ? sorted[middle]
      : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
  return { min: sorted[0] ?? NaN, median: median ?? NaN, max: sorted.at(-1) ?? NaN };
}
