/**
 * Claim: a message that is sent by itself, received among ten and deleted among ten costs
 * PostgreSQL less CPU time than a job costs it under pg-boss or Graphile Worker, with one node,
 * with two and with four. Beside them the embedded engine, whose database is part of the node.
 *
 * All messages are sent, then all are consumed, so each half has a figure of its own. Nodes,
 * database and generators share the machine: CPU time is what is compared, wall rates are told.
 */
import { createQueue } from './api.ts';
import { PEERS, type Peer, startPeer } from './job-queues.ts';
import { noDatabase, startDatabase } from './postgres.ts';
import { cpuSeconds } from './process.ts';
import { alone, atMost, type Bench, figure, type Report, range } from './report.ts';
import { randomText } from './requests.ts';
import { driveBeside, type Options, type Spread, spread } from './rounds.ts';
import type { Scenario } from './scenarios.ts';
import { type Server, startMillrace } from './servers.ts';

export const nodes: Bench = { name: 'nodes', run };

const BYTES = 512;
const MESSAGES = { full: 20_000, quick: 2_000 };
const NODES = [1, 2, 4] as const;
/** Receivers end when they have had their share; what they hold then is nobody else's for 30 s. */
const CONSUMED = { warmUp: 0.3, measured: 0.85 };

/** CPU time for each message, in microseconds. */
interface Cost {
  readonly send: number;
  readonly consume: number;
  /** Of the nodes or workers, both halves. */
  readonly own: number;
  readonly perSecond: number;
}

type Costs = Map<string, Cost[]>;

async function run(options: Options): Promise<Report> {
  const messages = options.quick ? MESSAGES.quick : MESSAGES.full;
  const costs: Costs = new Map();
  if (noDatabase) return report(costs, messages);
  const add = (name: string, cost: Cost | undefined) => {
    if (cost) costs.set(name, [...(costs.get(name) ?? []), cost]);
  };
  for (let round = 0; round < options.rounds; round += 1) {
    add('embedded engine', await embedded(messages));
    for (const count of NODES) {
      add(`millrace, nodes: ${count}`, await shared(count, messages));
    }
    for (const peer of options.withoutPeer ? [] : PEERS) add(peer, await ofPeer(peer, messages));
  }
  return report(costs, messages);
}

async function embedded(messages: number): Promise<Cost> {
  // Awaited here: what is in use ends with the function.
  await using server = await startMillrace({ anyCore: true });
  return await lifeCycle([server], messages, () => 0);
}

async function shared(count: number, messages: number): Promise<Cost> {
  await using database = await startDatabase();
  await using stack = new AsyncDisposableStack();
  const servers: Server[] = [];
  for (let index = 0; index < count; index += 1) {
    const server = await startMillrace({ anyCore: true, store: database.url });
    stack.use(server);
    servers.push(server);
  }
  return await lifeCycle(servers, messages, database.cpuSeconds);
}

async function lifeCycle(
  servers: readonly Server[],
  messages: number,
  databaseSeconds: () => number,
): Promise<Cost> {
  const ownSeconds = () => servers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  const { url } = await createQueue(servers[0]?.port ?? 0, 'bench');
  const warmUp = { kind: 'send', to: url, bytes: BYTES } as const;
  await driveAll(servers, warmUp, 32, messages / 4);
  await driveAll(
    servers,
    { kind: 'receive-delete', to: url },
    16,
    (messages / 4) * CONSUMED.warmUp,
  );
  const began = { database: databaseSeconds(), own: ownSeconds(), atMs: performance.now() };
  await driveAll(servers, { kind: 'send', to: url, bytes: BYTES }, 32, messages);
  const sent = databaseSeconds();
  const consumed = messages * CONSUMED.measured;
  await driveAll(servers, { kind: 'receive-delete', to: url }, 16, consumed);
  return {
    send: ((sent - began.database) / messages) * 1e6,
    consume: ((databaseSeconds() - sent) / consumed) * 1e6,
    own: ((ownSeconds() - began.own) / messages) * 1e6,
    perSecond: consumed / ((performance.now() - began.atMs) / 1_000),
  };
}

/** Drives all servers at once, each with its share. */
async function driveAll(
  servers: readonly Server[],
  scenario: Scenario,
  connections: number,
  messages: number,
): Promise<void> {
  const share = {
    connections: Math.ceil(connections / servers.length),
    limit: Math.floor(messages / servers.length),
    warmUpSeconds: 0,
    seconds: 0,
    scenario,
  };
  await Promise.all(servers.map((server) => driveBeside(server, share)));
}

async function ofPeer(peer: Peer, messages: number): Promise<Cost | undefined> {
  await using database = await startDatabase();
  await using running = await startPeer(peer, {
    url: database.url,
    messages,
    body: randomText(BYTES),
  });
  if (!running) return undefined;
  const began = { database: database.cpuSeconds(), own: running.cpuSeconds() };
  const atMs = performance.now();
  await running.step('send');
  const sent = database.cpuSeconds();
  await running.step('consume');
  return {
    send: ((sent - began.database) / messages) * 1e6,
    consume: ((database.cpuSeconds() - sent) / messages) * 1e6,
    own: ((running.cpuSeconds() - began.own) / messages) * 1e6,
    perSecond: messages / ((performance.now() - atMs) / 1_000),
  };
}

function report(costs: Costs, messages: number): Report {
  const of = (name: string, pick: (cost: Cost) => number): Spread =>
    spread((costs.get(name) ?? []).map(pick));
  const life = (name: string) => of(name, ({ send, consume }) => send + consume);
  const all = (name: string) => of(name, ({ send, consume, own }) => send + consume + own);
  const rows = [...costs.keys()].map((name) => [
    name,
    range(
      of(name, ({ send }) => send),
      0,
    ),
    range(
      of(name, ({ consume }) => consume),
      0,
    ),
    range(life(name), 0),
    range(
      of(name, ({ own }) => own),
      0,
    ),
    figure(all(name).median / all('embedded engine').median, 1),
    figure(of(name, ({ perSecond }) => perSecond).median, 0),
  ]);
  const ours = [...costs.keys()].filter((name) => name.startsWith('millrace'));
  const checks = PEERS.filter((peer) => costs.has(peer)).flatMap((peer) =>
    ours.map((name) => {
      const what = `${name}: µs of PostgreSQL for a message, to ${peer}'s`;
      return atMost(what, life(name).median, life(peer).median);
    }),
  );
  return {
    bench: nodes.name,
    claim: `${messages} messages of ${BYTES} bytes sent, then received and deleted by tens`,
    columns: COLUMNS,
    rows,
    checks,
    notes: noDatabase ? [`Left out: ${noDatabase}.`] : [],
  };
}

const COLUMNS = [
  'CPU µs a message',
  'PostgreSQL: send',
  'PostgreSQL: receive, delete',
  'PostgreSQL: both',
  'nodes or workers',
  'all, to the embedded engine',
  'messages a second, wall',
];

if (import.meta.main) await alone(nodes);
