/**
 * Claim: at 32 in flight, 99 of 100 SendMessage calls are answered, durable, within 10 ms.
 */
import { createQueue } from './api.ts';
import { alone, atMost, type Bench, figure, type Report } from './report.ts';
import { drive, type Options, spread } from './rounds.ts';
import { ANSWER_BYTES } from './send-message.ts';
import { startFloor, startMillrace } from './servers.ts';

const GOAL_MS = 10;

export const latency: Bench = { name: 'latency', run };

async function run(options: Options): Promise<Report> {
  await using floor = await startFloor(ANSWER_BYTES);
  await using millrace = await startMillrace();
  const { url: to } = await createQueue(millrace.port, 'bench');
  const rows: string[][] = [];
  let ours = Number.NaN;
  for (const server of [floor, millrace]) {
    const job = { connections: 32, warmUpSeconds: options.quick ? 0.2 : 1 };
    const samples = Array.from({ length: options.rounds }, () =>
      drive(server, { ...job, seconds: options.seconds, scenario: { kind: 'send', to } }),
    );
    const p50 = spread(samples.map((sample) => sample.p50Ms));
    const p99 = spread(samples.map((sample) => sample.p99Ms));
    rows.push([
      server.name,
      ...[p50.median, p99.min, p99.median, p99.max].map((ms) => figure(ms, 2)),
    ]);
    ours = p99.median;
  }
  return {
    bench: latency.name,
    claim: 'wall time of a durable SendMessage of 1 KiB, 32 in flight',
    columns: ['server', 'p50 ms', 'p99 ms, best round', 'p99 ms, median', 'p99 ms, worst round'],
    rows,
    checks: [atMost('p99 in ms', ours, GOAL_MS)],
  };
}

if (import.meta.main) await alone(latency);
