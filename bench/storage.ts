/**
 * The engine alone, in process: what storage costs beneath everything else. Messages of 1 KiB are
 * enqueued one per commit with 32 and 256 commits in flight, then claimed and settled by tens.
 */
import { rmSync } from 'node:fs';
import { openSqlite } from '../src/storage/sqlite/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { alone, type Bench, figure, type Report } from './report.ts';
import { randomText } from './requests.ts';
import { type Options, type Spread, spread } from './rounds.ts';
import { newDataFolder } from './servers.ts';

const DURABILITIES = ['power', 'process'] as const;
const QUEUE = 'sqs/000000000000/us-east-1/bench';
const LEASE_MS = 3_600_000;

export const storage: Bench = { name: 'storage', run };

interface Cost {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

async function run(options: Options): Promise<Report> {
  const messages = options.quick ? 5_000 : 60_000;
  const rows: string[][] = [];
  for (const durability of DURABILITIES) {
    for (const inFlight of [32, 256]) {
      const rounds = [];
      for (let i = 0; i < options.rounds; i++) {
        rounds.push(await round(durability, inFlight, messages));
      }
      rows.push(
        row(
          `enqueue, ${inFlight} in flight`,
          durability,
          rounds.map((one) => one.enqueue),
        ),
        row(
          `claim and settle, ${inFlight} in flight`,
          durability,
          rounds.map((one) => one.consume),
        ),
      );
    }
  }
  return {
    bench: storage.name,
    claim: 'messages of 1 KiB through the engine alone, in process',
    columns: ['what', 'survives', 'messages per second (min-max)', 'CPU µs per message'],
    rows,
    checks: [],
  };
}

async function round(durability: (typeof DURABILITIES)[number], inFlight: number, count: number) {
  const data = newDataFolder();
  const engine = await openSqlite({ path: data, durability });
  try {
    const enqueue = await timed(count, () => enqueueAll(engine, inFlight, count));
    const consume = await timed(count, () => consumeAll(engine, inFlight, count));
    return { enqueue, consume };
  } finally {
    await engine.close();
    rmSync(data, { recursive: true, force: true });
  }
}

async function enqueueAll(engine: Storage, inFlight: number, count: number): Promise<void> {
  const bodies = Array.from({ length: 256 }, () => randomText(1024));
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const id = next++;
      const body = bodies[id % bodies.length] ?? '';
      const message = { id: String(id), body, sentAtMs: id, visibleAtMs: id };
      await engine.commit([{ kind: 'enqueue', queue: QUEUE, message }]);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function consumeAll(engine: Storage, inFlight: number, count: number): Promise<void> {
  const nowMs = count;
  let left = count;
  const lane = async () => {
    while (left > 0) {
      const claim = { max: 10, nowMs, leaseUntilMs: nowMs + LEASE_MS };
      const claimed = await engine.claim(QUEUE, claim);
      if (claimed.length === 0) return;
      left -= claimed.length;
      await engine.commit(
        claimed.map(({ lease }) => ({ kind: 'settle', lease, fence: 'latest', lost: 'skip' })),
      );
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function timed(count: number, work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const startedAtMs = performance.now();
  await work();
  const seconds = (performance.now() - startedAtMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpuMicroseconds: (user + system) / count };
}

function row(what: string, durability: string, costs: readonly Cost[]): string[] {
  const rate = spread(costs.map((cost) => cost.perSecond));
  const cpu = spread(costs.map((cost) => cost.cpuMicroseconds));
  const survives = durability === 'power' ? 'a power cut' : 'kill -9';
  return [what, survives, shown(rate, 0), shown(cpu, 1)];
}

function shown({ min, median, max }: Spread, digits: number): string {
  return `${figure(median, digits)} (${figure(min, digits)}-${figure(max, digits)})`;
}

if (import.meta.main) await alone(storage);
