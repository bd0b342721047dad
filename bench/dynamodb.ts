/**
 * Claims: PutItem of 1 KiB, durable before the answer, does at least 0.5 × what bare `node:http`
 * does with the same bytes, and GetItem of 1 KiB 0.6 ×; in a second of the server's CPU time there
 * are at least 6,000 TransactWriteItems of four items, and 4,000 Queries that answer 100 items.
 * Each of them ahead of DynamoDB Local in memory.
 */
import { LIST_LENGTH } from './data-scenarios.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import {
  alone,
  atLeast,
  type Bench,
  type Check,
  LOAD_COLUMNS,
  loadRow,
  type Report,
} from './report.ts';
import { type Contender, compare, drive, type Options, type Result } from './rounds.ts';
import type { Scenario } from './scenarios.ts';
import { type Server, startFloor, startMillrace } from './servers.ts';
import { createTable, fillTable } from './tables.ts';

const CONNECTIONS = 32;
/** What answers weigh: `{}`, and an item of 1 KiB. */
const PUT_ANSWER_BYTES = 16;
const GET_ANSWER_BYTES = 1064;
const LIST_ITEM_BYTES = 100;

interface Case {
  readonly name: string;
  readonly scenario: Omit<Scenario, 'to'> & { readonly to: 'items' | 'lists' };
  /** Bytes of the answer, for what is told as a ratio to the floor. */
  readonly floor?: number;
  readonly goal: number;
}

export const dynamodb: Bench = { name: 'dynamodb', run };

async function run(options: Options): Promise<Report> {
  const items = options.quick ? 1_000 : 10_000;
  await using millrace = await startMillrace();
  await using peer = options.withoutPeer ? undefined : await startDynamoDbLocal();
  const servers = peer ? [millrace, peer] : [millrace];
  for (const server of servers) await prepare(server, items);
  if (peer) warmUp(peer, items);
  const rows: (readonly string[])[] = [];
  const checks: Check[] = [];
  for (const one of casesOf(items)) {
    const results = await measure(one, servers, options);
    for (const result of results) rows.push(loadRow(`${one.name}: ${result.name}`, result));
    checks.push(...judge(one, results));
  }
  return {
    bench: dynamodb.name,
    claim: `items of a table, ${CONNECTIONS} in flight, each write durable before its answer`,
    columns: LOAD_COLUMNS,
    rows,
    checks,
    notes: peer ? [] : ['DynamoDB Local was left out.'],
  };
}

function casesOf(items: number): readonly Case[] {
  const [put, get] = [{ floor: PUT_ANSWER_BYTES }, { floor: GET_ANSWER_BYTES }];
  return [
    { name: 'PutItem', scenario: { kind: 'put-item', to: 'items' }, ...put, goal: 0.5 },
    { name: 'GetItem', scenario: { kind: 'get-item', to: 'items', items }, ...get, goal: 0.6 },
    {
      name: 'TransactWriteItems of 4',
      scenario: { kind: 'transact', to: 'items' },
      goal: 6_000,
    },
    {
      name: `Query of ${LIST_LENGTH} items`,
      scenario: { kind: 'query', to: 'lists', items },
      goal: 4_000,
    },
  ];
}

async function prepare(server: Server, items: number): Promise<void> {
  await createTable(server.port, 'items');
  await createTable(server.port, 'lists', true);
  fillTable(server, 'items', items);
  fillTable(server, 'lists', items, { bytes: LIST_ITEM_BYTES, isSorted: true });
}

/** A JVM is at its best only after some seconds of work. */
function warmUp(peer: Server, items: number): void {
  for (const { scenario } of casesOf(items)) {
    const job = { connections: CONNECTIONS, warmUpSeconds: 1, seconds: 2 };
    drive(peer, { ...job, scenario });
  }
}

async function measure(
  { scenario, floor }: Case,
  servers: readonly Server[],
  options: Options,
): Promise<readonly Result[]> {
  const contenders = servers.map((server): Contender => ({ server, scenario }));
  if (floor === undefined) return compare(contenders, CONNECTIONS, options);
  await using bare = await startFloor(floor);
  return await compare([{ server: bare, scenario }, ...contenders], CONNECTIONS, options);
}

function judge({ name, floor, goal }: Case, results: readonly Result[]): readonly Check[] {
  const [ours, peer] = floor === undefined ? results : results.slice(1);
  const pace = ours?.perCpuSecond.median ?? 0;
  const check =
    floor === undefined
      ? atLeast(`${name} per CPU second`, pace, goal)
      : atLeast(`ratio of ${name} to node:http`, ours?.ratio.median ?? 0, goal);
  if (!peer) return [check];
  const ahead = atLeast(`${name}, to ${peer.name}`, pace / peer.perCpuSecond.median, 1);
  return [check, ahead];
}

if (import.meta.main) await alone(dynamodb);
