/**
 * Claim: receiving ten messages and deleting the ten, again and again, moves at least 30,000
 * messages in a second of CPU time. Leases and deletes are durable before their answers.
 */
import { createQueue } from './api.ts';
import { alone, atLeast, type Bench, LOAD_COLUMNS, loadRow, type Report } from './report.ts';
import { type Contender, compare, type Options } from './rounds.ts';
import type { Server } from './servers.ts';
import { fill, openStage } from './stage.ts';

const GOAL = 30_000;
/** More than any contender empties in one round, per second of it. */
const FILL_PER_SECOND = { millrace: 80_000, ElasticMQ: 20_000 } as const;

export const receiveDelete: Bench = { name: 'receive-delete', run };

async function run(options: Options): Promise<Report> {
  await using stage = await openStage(100, options);
  const { millrace, peer } = stage;
  const contenders = [await contender(millrace, FILL_PER_SECOND.millrace, options)];
  if (peer) contenders.push(await contender(peer, FILL_PER_SECOND.ElasticMQ, options));
  const results = await compare(contenders, 32, options);
  return {
    bench: receiveDelete.name,
    claim: 'messages of 1 KiB received ten at a time and deleted ten at a time, 32 in flight',
    columns: LOAD_COLUMNS,
    rows: results.map((result) => loadRow(result.name, result)),
    checks: [atLeast('messages per CPU second', results[0]?.perCpuSecond.median ?? 0, GOAL)],
    notes: stage.notes,
  };
}

/** Each round gets a full queue of its own. */
async function contender(server: Server, perSecond: number, options: Options): Promise<Contender> {
  const scenario = { kind: 'receive-delete' as const, to: '' };
  let round = 0;
  const prepare = async () => {
    scenario.to = (await createQueue(server.port, `bench-${round++}`)).url;
    fill(server, scenario.to, Math.ceil((options.seconds + 1) * perSecond));
  };
  return { server, scenario, prepare };
}

if (import.meta.main) await alone(receiveDelete);
