/**
 * kill -9 under load: `npm run torture -- --cycles 500`; and many nodes on one database:
 * `npm run torture -- --nodes 3 --store postgres --cycles 20`.
 *
 * Ends with a line of figures and one of what was put to the test, and with exit code 1 and a
 * command that repeats the run when a promise was broken, or when a run that was long enough has
 * not put every promise to the test. The seed repeats kills and choices; how far a kill comes into
 * a request is the machine's.
 */
import { parseArgs } from 'node:util';
import { elasticMqCommand } from '../../bench/elasticmq.ts';
import { freePort } from '../../bench/servers.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { Fault } from './history.ts';
import type { Cast } from './torture/cast.ts';
import { startDatabase } from './torture/database.ts';
import { type Evidence, unseen } from './torture/evidence.ts';
import { ManyNodes } from './torture/nodes.ts';
import { makeSqs } from './torture/resources.ts';
import { oneServer, type TortureOptions, torture, type Verdict } from './torture/run.ts';
import { nodeCommand } from './torture/victim.ts';

/** Faults that the last line counts by name. */
const COUNTED: readonly Fault[] = [
  ...(['lost', 'undelivered', 'resurrected', 'order', 'sequence', 'diverged'] as const),
  ...(['duplicate', 'delivered-twice', 'early-redelivery'] as const),
];

/** Cycles, of about two seconds each, after which everything must have been seen to happen. */
const LONG_ENOUGH = 20;
/** The schedule fires once a minute, and it takes two firings to see one after a kill. */
const LONG_ENOUGH_FOR_TICKS = 90;

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Cycles between two checks. */
    stretch: { type: 'string', default: '25' },
    /** `elasticmq` shows that the harness sees loss: it keeps nothing across a crash. */
    server: { type: 'string', default: 'millrace' },
    nodes: { type: 'string', default: '1' },
    /** `postgres` starts a PostgreSQL of its own. */
    store: { type: 'string', default: 'sqlite' },
    /** `cli.js` of another version: nodes are started by turns as this one and that one. */
    beside: { type: 'string' },
  },
});

const peer = values.server === 'elasticmq';
const nodes = Number(values.nodes);
const shared = values.store === 'postgres';
if (nodes > 1 && !shared) throw new Error('Many nodes need --store postgres.');
const options: TortureOptions = {
  cycles: Number(values.cycles),
  seed: Number(values.seed),
  stretch: Number(values.stretch),
  ...(peer && { sqsOnly: true, cast: elasticMq }),
  ...(shared && { cast: manyNodes, lateMs: 90_000 }),
  say: (line) => console.log(line),
};
console.log(`torture: ${options.cycles} cycles with seed ${options.seed}`);
const verdict = await torture(options);
for (const line of complaints(verdict)) console.error(line);
console.log(summary(verdict));
console.log(`put to the test: ${told(verdict.evidence)}`);
const missed = peer ? [] : unseen(verdict.evidence).filter(isDue);
if (missed.length > 0) console.error(`never put to the test: ${missed.join(', ')}`);
const faults = verdict.findings.length + verdict.complaints.length + missed.length;
const broken = faults > 0 || verdict.died !== undefined;
if (broken) {
  const { cycles, seed, stretch } = options;
  const server = peer ? ' --server elasticmq' : '';
  const besides = values.beside === undefined ? '' : ` --beside ${values.beside}`;
  const many = shared ? ` --nodes ${nodes} --store postgres${besides}` : '';
  const how = server + many;
  console.error(
    `again: npm run torture -- --cycles ${cycles} --seed ${seed} --stretch ${stretch}${how}`,
  );
}
process.exit(broken ? 1 : 0);

function complaints(result: Verdict): readonly string[] {
  return [
    ...result.findings.slice(0, 20).map(({ fault, text }) => `${fault}: ${text}`),
    ...result.complaints.slice(0, 20),
    ...(result.died === undefined ? [] : [`the server ended by itself: ${result.died}`]),
  ];
}

function isDue(name: keyof Evidence): boolean {
  return options.cycles >= (name === 'ticks' ? LONG_ENOUGH_FOR_TICKS : LONG_ENOUGH);
}

function told(seen: Evidence): string {
  return [
    `${seen.confirmed} confirmed and ${seen.cutShort} cut short by a kill`,
    `${seen.deleted} deleted for good`,
    `${seen.inOrder} received after another of their group`,
    `${seen.buried} dead letters`,
    `${seen.carried} carried on by a function, ${seen.functionKills} of its processes killed`,
    `${seen.changes} changes of items and ${seen.records} records fed by streams`,
    `${seen.resumed} deliveries refused before a kill and taken after it`,
    `${seen.ticks} firings after a kill`,
  ].join(', ');
}

function summary(result: Verdict): string {
  const count = (...faults: readonly Fault[]) =>
    result.findings.filter(({ fault }) => faults.includes(fault)).length;
  const restarts = result.restartsMs.toSorted((a, b) => a - b);
  const median = restarts[restarts.length >> 1] ?? 0;
  const figures = [
    `lost ${count('lost', 'undelivered')}`,
    `diverged ${count('diverged')}`,
    `resurrected ${count('resurrected')}`,
    `order breaks ${count('order', 'sequence')}`,
    `duplicates ${count('duplicate', 'delivered-twice', 'early-redelivery')}`,
    `other findings ${result.findings.length - count(...COUNTED)}`,
    `${result.sends} sends, ${result.publishes} publishes, ${result.deliveries} deliveries`,
    ...Object.entries(result.misfortunes).map(([name, times]) => `${times} ${name}`),
    ...(shared ? [`${result.unavailable} told to come again`] : []),
    `restart ms ${median.toFixed(0)} median, ${(restarts.at(-1) ?? 0).toFixed(0)} worst`,
  ];
  return `torture: ${result.cycles} cycles, ${figures.join(', ')}`;
}

async function elasticMq(folder: string, ids: Ids): Promise<Cast> {
  const port = await freePort();
  const command = elasticMqCommand(port);
  // It has no queues after a start; they are made again each time.
  return oneServer(port, command, folder, ids, async (at) => void (await makeSqs(at)));
}

async function manyNodes(folder: string, ids: Ids): Promise<Cast> {
  const database = await startDatabase(ids);
  const { beside } = values;
  const command = (port: number) => {
    const own = nodeCommand(port, database.url);
    if (beside === undefined) return own;
    const other = nodeCommand(port, database.url, beside);
    // Half of the nodes begin as the one, half as the other.
    return port % 2 === 0 ? [own, other] : [other, own];
  };
  return ManyNodes.open({ count: nodes, command, folder, ids, database });
}
