/**
 * C-17: cars say where they are, once a second. One function keeps where each is, another one
 * computes how fast it goes; a shard is split while they drive, and one of the two stands still
 * for a minute.
 */
import { parseArgs } from 'node:util';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { check } from '../check.ts';
import { startLocal } from '../local.ts';
import { drain, type Queue } from '../make-queue.ts';
import { deploy, dynamodb, kinesis, STREAM, sqs } from './deploy.ts';
import { countShards, splitOneShard } from './reshard.ts';
import type { LocationUpdated, RideSpeedComputed } from './rides.ts';
import { makeCars, speeders } from './simulator.ts';

const number = (of: string) => ({ type: 'string', default: of }) as const;
const options = { rides: number('12'), seconds: number('60'), shards: number('2') };
const { values } = parseArgs({ options });
const seconds = Number(values.seconds);

await using local = await startLocal();
const { speeds, alerts, computing } = await deploy(Number(values.shards));
const cars = makeCars(Number(values.rides));
const sent = new Map<string, LocationUpdated[]>(cars.map(({ rideId }) => [rideId, []]));

/** One sample of each car, in one request; Kinesis keeps the order of a key's records. */
async function everybodySends(): Promise<void> {
  const samples = cars.map((car) => car.next());
  for (const sample of samples) sent.get(sample.rideId)?.push(sample);
  const Records = samples.map((sample) => ({
    PartitionKey: sample.rideId,
    Data: Buffer.from(JSON.stringify(sample)),
  }));
  const answer = await kinesis.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
  if (answer.FailedRecordCount) throw new Error(`${answer.FailedRecordCount} records failed.`);
}

async function eventsIn(queue: Queue): Promise<readonly RideSpeedComputed[]> {
  const messages = await drain(sqs, queue);
  return messages.map(({ Body = '' }) => JSON.parse(Body).detail as RideSpeedComputed);
}

interface Position extends LocationUpdated {
  readonly track: readonly number[];
}

async function positions(): Promise<ReadonlyMap<string, Position>> {
  const client = DynamoDBDocumentClient.from(dynamodb);
  const pages = await Array.fromAsync(paginateScan({ client }, { TableName: 'c17-positions' }));
  const rows = pages.flatMap(({ Items = [] }) => Items) as Position[];
  return new Map(rows.map((row) => [row.rideId, row]));
}

const quarter = Math.floor(seconds / 4);
console.log(`${cars.length} cars drive for ${seconds} seconds of virtual time:`);
const startedMs = performance.now();
for (let second = 1; second <= seconds; second += 1) {
  if (second === quarter) {
    await computing(false);
    console.log(`  +${second} s  speeds are not computed`);
  }
  if (second === 2 * quarter) {
    console.log(`  +${second} s  ${await splitOneShard()} is split`);
  }
  if (second === 3 * quarter) {
    await computing(true);
    console.log(`  +${second} s  speeds are computed again`);
  }
  await everybodySends();
  await local.advance('1s');
}
await local.settled();
console.log(`  … took ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);

const isLate = ({ ts }: LocationUpdated, index: number, all: readonly LocationUpdated[]) =>
  ts < (all[index - 1]?.ts ?? 0);
const late = [...sent.values()].flatMap((samples) => samples.filter(isLate));
check('shards', await countShards(), Number(values.shards) + 2);
const rows = await positions();
const isInOrder = (ride: string) =>
  rows.get(ride)?.track.every((sequence, index) => sequence === index + 1);
const wholeTrack = [...sent].filter(
  ([ride, all]) => isInOrder(ride) && rows.get(ride)?.track.length === all.length,
);
check('rides whose samples all came, in order', wholeTrack.length, cars.length);
console.log(`    though phones sent ${late.length} of them late`);
const isWhereItWasLast = ([ride, all]: readonly [string, readonly LocationUpdated[]]) => {
  const last = all.reduce((one, other) => (other.ts > one.ts ? other : one));
  const row = rows.get(ride);
  return row?.ts === last.ts && row.lat === last.lat && row.lon === last.lon;
};
check(
  'rides that are where they were last',
  [...sent].filter(isWhereItWasLast).length,
  cars.length,
);

const windows = await eventsIn(speeds);
const counted = Map.groupBy(windows, ({ rideId }) => rideId);
const complete = [...sent].filter(([ride, all]) => {
  const sum = counted.get(ride)?.reduce((so, { samples: more }) => so + more, 0);
  return sum === all.length;
});
check('rides with every sample in one window', complete.length, cars.length);
const alerted = await eventsIn(alerts);
const fast = windows.filter(({ rideId, samples }) => speeders.includes(rideId) && samples > 1);
check('rides that are too fast', [...new Set(alerted.map(({ rideId }) => rideId))].sort(), [
  ...speeders,
]);
check('an alert for each of their windows', alerted.length, fast.length);
check('as fast as they were', [...new Set(alerted.map(({ kmh }) => kmh))], [145]);
