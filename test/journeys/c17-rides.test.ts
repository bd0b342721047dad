/**
 * C-17: where cars are and how fast they go, from a stream whose shards are split and merged while
 * they drive. Cars and windows are those of the example.
 */
import type { KinesisStreamEvent, KinesisStreamTumblingWindowEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { samplesIn } from '../../examples/c17-rides/records.ts';
import {
  extend,
  type Leg,
  type LocationUpdated,
  speedOf,
  TOO_FAST_KMH,
} from '../../examples/c17-rides/rides.ts';
import { makeCars, speeders } from '../../examples/c17-rides/simulator.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';

const StreamName = 'locations';
const STREAM = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
const FROM_START = { StartingPosition: 'TRIM_HORIZON' } as const;
const NOTHING = { batchItemFailures: [] };

async function aRoad(rides = 10) {
  const aws = await startSuite();
  await aws.call('kinesis', 'CreateStream', { StreamName, ShardCount: 2 });
  const cars = makeCars(rides);
  const sent = new Map<string, LocationUpdated[]>(cars.map(({ rideId }) => [rideId, []]));
  const second = async () => {
    const samples = cars.map((car) => car.next());
    for (const sample of samples) sent.get(sample.rideId)?.push(sample);
    const Records = samples.map((sample) => ({
      PartitionKey: sample.rideId,
      Data: Buffer.from(JSON.stringify(sample)),
    }));
    await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    await aws.clock.advance('1s');
  };
  const drive = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 1) await second();
  };
  return { aws, sent, drive, [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose]() };
}

/** Splits the shard in the middle of all keys of its own. */
async function split(aws: Suite, ShardToSplit: string): Promise<void> {
  const { Shards = [] } = await aws.call('kinesis', 'ListShards', { StreamName });
  const { StartingHashKey = '', EndingHashKey = '' } =
    Shards.find(({ ShardId }) => ShardId === ShardToSplit)?.HashKeyRange ?? {};
  const middle = (BigInt(StartingHashKey) + BigInt(EndingHashKey)) / 2n + 1n;
  const NewStartingHashKey = String(middle);
  await aws.call('kinesis', 'SplitShard', { StreamName, ShardToSplit, NewStartingHashKey });
}

test.each([1, 3])(
  'with %i lanes, rides keep their order while shards come and go',
  async (lanes) => {
    await using road = await aRoad();
    const { aws, sent, drive } = road;
    const got = new Map<string, LocationUpdated[]>();
    const worker = await aws.lambda('position', ({ Records }: KinesisStreamEvent) => {
      for (const sample of samplesIn(Records)) {
        got.set(sample.rideId, [...(got.get(sample.rideId) ?? []), sample]);
      }
      return NOTHING;
    });
    await worker.feedFrom(STREAM, { ...FROM_START, BatchSize: 7, ParallelizationFactor: lanes });
    await drive(4);
    await split(aws, 'shardId-000000000000');
    await drive(4);
    await aws.call('kinesis', 'MergeShards', {
      StreamName,
      ShardToMerge: 'shardId-000000000003',
      AdjacentShardToMerge: 'shardId-000000000001',
    });
    await drive(4);
    await aws.settled();
    expect(got).toEqual(sent);
  },
);

test('each sample is counted in one window, and who is too fast is found in each', async () => {
  await using road = await aRoad();
  const { aws, sent, drive } = road;
  const legs: Leg[] = [];
  const worker = await aws.lambda('speed', (event: KinesisStreamTumblingWindowEvent) => {
    const state: Record<string, Leg> = { ...event.state };
    for (const sample of samplesIn(event.Records)) {
      state[sample.rideId] = extend(state[sample.rideId], sample);
    }
    if (event.isFinalInvokeForWindow) legs.push(...Object.values(state));
    return { state, ...NOTHING };
  });
  const mapping = await worker.feedFrom(STREAM, { ...FROM_START, TumblingWindowInSeconds: 30 });
  await drive(20);
  await split(aws, 'shardId-000000000001');
  await aws.call('lambda', 'UpdateEventSourceMapping', { UUID: mapping, Enabled: false });
  await drive(20);
  await aws.settled();
  await aws.call('lambda', 'UpdateEventSourceMapping', { UUID: mapping, Enabled: true });
  await drive(20);
  await aws.settled();

  const counted = new Map<string, number>();
  for (const { first, samples } of legs) {
    counted.set(first.rideId, (counted.get(first.rideId) ?? 0) + samples);
  }
  expect(counted).toEqual(new Map([...sent].map(([ride, samples]) => [ride, samples.length])));
  const whole = legs.filter(({ samples }) => samples > 1);
  const fast = whole.filter((leg) => speedOf(leg) > TOO_FAST_KMH);
  expect(new Set(fast.map(({ first }) => first.rideId))).toEqual(new Set(speeders));
  expect(fast).toEqual(whole.filter(({ first }) => speeders.includes(first.rideId)));
});

test('a consumer that is fed later begins where it is told to, and disturbs no other', async () => {
  await using road = await aRoad(2);
  const { aws, sent, drive } = road;
  const got: LocationUpdated[][] = [[], []];
  const feed = async (place: number, options: object) => {
    const worker = await aws.lambda(`consumer-${place}`, ({ Records }: KinesisStreamEvent) => {
      got[place]?.push(...samplesIn(Records));
      return NOTHING;
    });
    await worker.feedFrom(STREAM, options);
  };
  await feed(0, FROM_START);
  await drive(10);
  const since = aws.clock.now() - 4_500;
  await feed(1, { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: since });
  await drive(2);
  await aws.settled();
  const all = [...sent.values()].flat();
  expect(got[0]).toHaveLength(all.length);
  const replayed = got[1]?.map(({ sequence }) => sequence).toSorted((a, b) => a - b);
  expect(replayed).toEqual([7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12]);
});
