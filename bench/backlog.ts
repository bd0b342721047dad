/**
 * Claims: with a million messages waiting, receiving is as fast as with few (p99 within 2 ×), and a
 * restart on them takes at most a second.
 */
import { rmSync } from 'node:fs';
import { createQueue } from './api.ts';
import { rssMegabytes } from './process.ts';
import { alone, atMost, type Bench, figure, type Report } from './report.ts';
import { drive, type Options } from './rounds.ts';
import { newDataFolder, type Server, startMillrace } from './servers.ts';
import { fill } from './stage.ts';

const GOAL_P99_RATIO = 2;
const GOAL_RESTART_MS = 1_000;
const BODY_BYTES = 512;

export const backlog: Bench = { name: 'backlog', run };

async function run(options: Options): Promise<Report> {
  const messages = options.quick ? 20_000 : 1_000_000;
  const data = newDataFolder();
  try {
    const few = await measure(data, 'few', 20_000, options);
    const many = await measure(data, 'many', messages, options);
    const startedAtMs = performance.now();
    const again = await startMillrace({ data });
    const restartMs = performance.now() - startedAtMs;
    const megabytes = rssMegabytes(again.pid);
    await again[Symbol.asyncDispose]();
    const row = (label: string, { p99Ms, rss }: Measured) => [
      label,
      figure(p99Ms, 2),
      figure(rss, 0),
    ];
    return {
      bench: backlog.name,
      claim: `${figure(messages, 0)} messages of ${BODY_BYTES} bytes waiting`,
      columns: ['queue holds', 'p99 ms of receive-10 and delete-10', 'RSS MB'],
      rows: [
        row('20,000', few),
        row(figure(messages, 0), many),
        [`restarted in ${figure(restartMs, 0)} ms`, '', figure(megabytes, 0)],
      ],
      checks: [
        atMost('p99, many to few', many.p99Ms / few.p99Ms, GOAL_P99_RATIO),
        atMost('ms to restart', restartMs, GOAL_RESTART_MS),
      ],
    };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

interface Measured {
  readonly p99Ms: number;
  readonly rss: number;
}

/** Few connections, so that the wait for each other's fsync does not hide the queue's own cost. */
async function measure(
  data: string,
  name: string,
  messages: number,
  options: Options,
): Promise<Measured> {
  const server: Server = await startMillrace({ data });
  const { url: to } = await createQueue(server.port, name);
  fill(server, to, messages, BODY_BYTES);
  const job = { connections: 2, warmUpSeconds: 0.2, seconds: Math.min(options.seconds, 2) };
  const sample = drive(server, { ...job, scenario: { kind: 'receive-delete', to } });
  const rss = rssMegabytes(server.pid);
  await server[Symbol.asyncDispose]();
  return { p99Ms: sample.p99Ms, rss };
}

if (import.meta.main) await alone(backlog);
