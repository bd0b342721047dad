/**
 * C-07: a burst of progress. However many events come at once, come twice, fail at first or make
 * no sense: every total is exact, each badge is given once, and what makes no sense waits until
 * somebody does.
 */
import { parseArgs } from 'node:util';
import { SendMessageBatchCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { check } from '../check.ts';
import { startLocal } from '../local.ts';
import { countOf, drain } from '../make-queue.ts';
import { badgesFor, makeBurst, teamTotals } from './burst.ts';
import { deploy, dynamodb, sqs, teachCommas } from './deploy.ts';

const { values } = parseArgs({ options: { events: { type: 'string', default: '400' } } });
const events = Number(values.events);

// On disk before it is answered, as it would be where people's steps matter.
await using local = await startLocal({ durability: 'power' });
const { imports, notifications, queues } = await deploy();
const tables = DynamoDBDocumentClient.from(dynamodb);
const burst = makeBurst(events);

for (const { userId, team } of burst.people) {
  const Item = { userId, team, steps: 0, version: 0 };
  await tables.send(new PutCommand({ TableName: 'c07-progress', Item }));
}

async function send(bodies: readonly string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: imports.url, Entries }));
}

/** Ten at a time, eight times at once. */
async function sendAll(): Promise<void> {
  let next = 0;
  const sender = async () => {
    while (next < burst.bodies.length) {
      const first = next;
      next += 10;
      await send(burst.bodies.slice(first, first + 10));
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
}

async function rowsOf(TableName: string): Promise<readonly Record<string, unknown>[]> {
  const pages = await Array.fromAsync(paginateScan({ client: tables }, { TableName }));
  return pages.flatMap(({ Items = [] }) => Items);
}

/** The sums in a table by the attribute that names whose they are. */
async function sumsIn(table: string, of: string, only = (_: object) => true) {
  const rows = (await rowsOf(table)).filter(only);
  return new Map(rows.map((row) => [String(row[of]), Number(row.steps)]));
}

const sorted = (sums: ReadonlyMap<string, number>) =>
  Object.fromEntries([...sums].filter(([, sum]) => sum > 0).sort());

const announced: string[] = [];
async function checkTotals(must: ReadonlyMap<string, number>): Promise<void> {
  const steps = sorted(await sumsIn('c07-progress', 'userId'));
  const wrong = burst.people.filter(
    ({ userId }) => (steps[userId] ?? 0) !== (must.get(userId) ?? 0),
  );
  check(`people of ${burst.people.length} whose steps are wrong`, wrong.length, 0);
  const isTotal = (row: { readonly member?: unknown }) => row.member === '*';
  const teams = await sumsIn('c07-teams', 'team', isTotal);
  check('teams', sorted(teams), sorted(teamTotals(burst, must)));
  const badges = (await rowsOf('c07-badges')).map(
    (row) => `${row.userId} reached ${row.milestone}`,
  );
  const due = badgesFor(must);
  check('badges', badges.length, due.length);
  check('badges that are due', badges.filter((badge) => due.includes(badge)).length, due.length);
  announced.push(...(await drain(sqs, notifications)).map(({ Body = '' }) => Body));
  check('each announced once', announced.length, new Set(announced).size);
  check('announced', new Set(announced).size, due.length);
}

async function waiting(): Promise<{ readonly waiting: number; readonly dead: number }> {
  const counts = (among: readonly { readonly url: string; readonly arn: string }[]) =>
    Promise.all(among.map((queue) => countOf(sqs, queue)));
  const sum = (all: readonly number[]) => all.reduce((one, other) => one + other, 0);
  const dead = queues.map((queue) => queue.dead);
  return { waiting: sum(await counts(queues)), dead: sum(await counts(dead)) };
}

const { bodies, people, poison } = burst;
console.log(
  `${bodies.length} messages of ${people.length} people: ${bodies.length - events} come twice, ` +
    `${poison} make no sense, one in a hundred fails at first.`,
);
const startedMs = performance.now();
await sendAll();
const sentMs = performance.now();
await local.settled();
const seconds = (performance.now() - startedMs) / 1_000;
console.log(
  `  sent in ${((sentMs - startedMs) / 1_000).toFixed(1)} s, drained in ${seconds.toFixed(1)} s ` +
    `of wall time: ${Math.round(bodies.length / seconds)} messages/s\n`,
);
await checkTotals(burst.without);
check('queues', await waiting(), { waiting: 0, dead: poison });
check('dead letters of the import', await countOf(sqs, imports.dead), poison);

console.log('\nThe importer learns to read "1,200", and the dead letters come back:');
await teachCommas();
await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: imports.dead.arn }));
await local.settled();
await checkTotals(burst.all);
check('queues', await waiting(), { waiting: 0, dead: 0 });
console.log(`\n${Math.round((await local.elapsedMs()) / 1_000)} s of virtual time have passed.`);
