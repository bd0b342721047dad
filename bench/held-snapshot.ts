/**
 * Claim: while somebody holds an idle transaction open in the database for a minute, receiving
 * takes at most 5 times as long as before (a naive row queue: 20 times), and within 10 s the
 * node's status names who it is.
 *
 * Nothing that is deleted meanwhile can be cleaned up: that is the known disease of row queues.
 */
import pg from 'pg';
import { createQueue } from './api.ts';
import { type Database, noDatabase, startDatabase } from './postgres.ts';
import { alone, atMost, type Bench, figure, type Report } from './report.ts';
import { driveBeside, type Options } from './rounds.ts';
import { type Server, startMillrace } from './servers.ts';

export const heldSnapshot: Bench = { name: 'held-snapshot', run };

const SLICE_SECONDS = 15;
const HELD_SLICES = 4;
const BYTES = 512;
const CULPRIT = 'a forgotten session';
const TOLD_WITHIN_MS = 10_000;

interface Slice {
  readonly name: string;
  readonly p50Ms: number;
  readonly perSecond: number;
  /** Of PostgreSQL, for each message that was sent, received and deleted. */
  readonly databaseMicros: number;
}

async function run(options: Options): Promise<Report> {
  if (noDatabase) return report([], 0, [`Left out: ${noDatabase}.`]);
  await using database = await startDatabase();
  await using server = await startMillrace({ anyCore: true, store: database.url });
  const { url } = await createQueue(server.port, 'bench');
  const seconds = options.quick ? options.seconds : SLICE_SECONDS;
  const slice = (name: string) => driven(name, { server, database, url, seconds });
  const slices = [await slice('warm-up'), await slice('before')];
  const holder = await held(database);
  const told = toldAfterMs(server);
  for (let index = 1; index <= HELD_SLICES; index += 1) {
    slices.push(await slice(`held, ${figure(index * seconds, 0)} s`));
  }
  const toldMs = await told;
  await holder.end();
  slices.push(await slice('let go'));
  return report(slices, toldMs, []);
}

interface Load {
  readonly server: Server;
  readonly database: Database;
  readonly url: string;
  readonly seconds: number;
}

async function driven(name: string, { server, database, url, seconds }: Load): Promise<Slice> {
  const before = database.cpuSeconds();
  const job = { warmUpSeconds: 0, seconds };
  const [, taken] = await Promise.all([
    driveBeside(server, {
      ...job,
      connections: 8,
      scenario: { kind: 'send', to: url, bytes: BYTES },
    }),
    driveBeside(server, { ...job, connections: 8, scenario: { kind: 'receive-delete', to: url } }),
  ]);
  const cpu = database.cpuSeconds() - before;
  const { p50Ms, perSecond, counted } = taken;
  return { name, p50Ms, perSecond, databaseMicros: (cpu / counted) * 1e6 };
}

/** A transaction that has looked at something and then forgets about it. */
async function held({ url }: Database): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: CULPRIT });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query('SELECT count(*) FROM millrace.queue');
  return client;
}

async function toldAfterMs({ port }: Server): Promise<number> {
  const beganAtMs = performance.now();
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${port}/_millrace/v1/status`);
    const tookMs = performance.now() - beganAtMs;
    if ((await status.text()).includes(CULPRIT) || tookMs > 2 * TOLD_WITHIN_MS) return tookMs;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function report(slices: readonly Slice[], toldMs: number, notes: readonly string[]): Report {
  const [, before, ...after] = slices;
  const held = after.slice(0, HELD_SLICES);
  const worst = (pick: (slice: Slice) => number) =>
    Math.max(...held.map(pick)) / (before ? pick(before) : Number.NaN);
  return {
    bench: heldSnapshot.name,
    claim: 'an idle transaction is held open while messages are sent, received and deleted',
    columns: ['slice', 'receive or delete, p50 ms', 'PostgreSQL, CPU µs a message', 'messages/s'],
    rows: slices.map(({ name, p50Ms, databaseMicros, perSecond }) => [
      name,
      figure(p50Ms, 2),
      figure(databaseMicros, 0),
      figure(perSecond, 0),
    ]),
    checks: before
      ? [
          atMost(
            'p50 while held, to before',
            worst(({ p50Ms }) => p50Ms),
            5,
          ),
          atMost(
            'CPU of PostgreSQL while held, to before',
            worst((one) => one.databaseMicros),
            5,
          ),
          atMost('ms until the status names who holds it', toldMs, TOLD_WITHIN_MS),
        ]
      : [],
    notes,
  };
}

if (import.meta.main) await alone(heldSnapshot);
