/**
 * Claim: from the put of a record to its receipt by each of five enhanced fan-out consumers, half
 * of the receipts take at most 20 ms, the durable commit included. The consumers are SDK clients
 * over HTTP/2, all in this process, so what they cost is in the figure.
 */
import { KinesisClient, SubscribeToShardCommand } from '@aws-sdk/client-kinesis';
import { call } from './api.ts';
import { alone, atMost, type Bench, figure, type Report } from './report.ts';
import type { Options } from './rounds.ts';
import { startMillrace } from './servers.ts';
import { createStream } from './tables.ts';

const CONSUMERS = 5;
const GOAL_P50_MS = 20;
const BETWEEN_PUTS_MS = 20;
const STREAM = 'bench';
const SHARD = 'shardId-000000000000';

export const kinesisFanOut: Bench = { name: 'kinesis-fan-out', run };

async function run(options: Options): Promise<Report> {
  const puts = options.quick ? 20 : 400;
  await using millrace = await startMillrace();
  const { port } = millrace;
  await createStream(port, STREAM, 1);
  const leaving = new AbortController();
  const latencies: number[] = [];
  const receivers: Promise<void>[] = [];
  for (let index = 0; index < CONSUMERS; index++) {
    const consumer = await register(port, `consumer-${index}`);
    const events = await subscribe(port, consumer, leaving.signal);
    receivers.push(receive(events, puts, latencies));
  }
  for (let index = 0; index < puts; index++) {
    const Data = Buffer.from(String(performance.now())).toString('base64');
    await call(port, 'kinesis', 'PutRecord', { StreamName: STREAM, PartitionKey: 'k', Data });
    await pause(BETWEEN_PUTS_MS);
  }
  await Promise.all(receivers);
  leaving.abort();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return {
    bench: kinesisFanOut.name,
    claim: `from put to receipt, ${CONSUMERS} enhanced fan-out consumers of one shard`,
    columns: ['receipts', 'p50 ms', 'p99 ms', 'worst ms'],
    rows: [[latencies.length, at(0.5), at(0.99), latencies.at(-1) ?? Number.NaN].map(shown)],
    checks: [atMost('p50 in ms', at(0.5), GOAL_P50_MS)],
  };
}

function shown(value: number, index: number): string {
  return figure(value, index === 0 ? 0 : 2);
}

async function register(port: number, ConsumerName: string): Promise<string> {
  const asked = { StreamName: STREAM };
  const told = await call(port, 'kinesis', 'DescribeStreamSummary', asked);
  const { StreamARN } = told.StreamDescriptionSummary as { readonly StreamARN: string };
  const made = await call(port, 'kinesis', 'RegisterStreamConsumer', { StreamARN, ConsumerName });
  const { ConsumerARN } = made.Consumer as { readonly ConsumerARN: string };
  for (;;) {
    const answer = await call(port, 'kinesis', 'DescribeStreamConsumer', { ConsumerARN });
    const { ConsumerStatus } = answer.ConsumerDescription as { readonly ConsumerStatus: string };
    if (ConsumerStatus === 'ACTIVE') return ConsumerARN;
    await pause(10);
  }
}

type Events = AsyncIterable<{
  readonly SubscribeToShardEvent?:
    | { readonly Records?: readonly { readonly Data?: Uint8Array | undefined }[] | undefined }
    | undefined;
}>;

async function subscribe(port: number, ConsumerARN: string, abortSignal: AbortSignal) {
  const client = new KinesisClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const StartingPosition = { Type: 'LATEST' } as const;
  const command = new SubscribeToShardCommand({ ConsumerARN, ShardId: SHARD, StartingPosition });
  const { EventStream } = await client.send(command, { abortSignal });
  if (!EventStream) throw new Error('The answer has no stream of events.');
  return EventStream as Events;
}

/** Resolves when `count` records have come. */
async function receive(events: Events, count: number, latencies: number[]): Promise<void> {
  let left = count;
  for await (const { SubscribeToShardEvent: event } of events) {
    const nowMs = performance.now();
    for (const { Data } of event?.Records ?? []) {
      latencies.push(nowMs - Number(Buffer.from(Data ?? []).toString()));
      left--;
    }
    if (left <= 0) return;
  }
  throw new Error(`A subscription ended with ${left} records to come.`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) await alone(kinesisFanOut);
