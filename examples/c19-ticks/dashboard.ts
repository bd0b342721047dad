/**
 * Shows the last price of each symbol. It does not ask: with enhanced fan-out every shard sends
 * what it gets, and the dashboard keeps nothing but what it shows. A subscription ends after five
 * minutes, or with its shard; then it begins anew behind what came last, or with the children.
 */
import {
  DescribeStreamConsumerCommand,
  RegisterStreamConsumerCommand,
  type StartingPosition,
  SubscribeToShardCommand,
  type SubscribeToShardEvent,
} from '@aws-sdk/client-kinesis';
import { kinesis, openShards } from './deploy.ts';
import type { Tick } from './market.ts';

export async function startDashboard(StreamARN: string): Promise<Dashboard> {
  const dashboard = new Dashboard(await register(StreamARN));
  for (const shard of await openShards()) dashboard.follow(shard, { Type: 'LATEST' });
  return dashboard;
}

async function register(StreamARN: string): Promise<string> {
  const asked = { StreamARN, ConsumerName: 'dashboard' };
  const { Consumer } = await kinesis.send(new RegisterStreamConsumerCommand(asked));
  const ConsumerARN = Consumer?.ConsumerARN ?? '';
  for (;;) {
    const told = await kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN }));
    if (told.ConsumerDescription?.ConsumerStatus === 'ACTIVE') return ConsumerARN;
  }
}

type Events = AsyncIterable<{ readonly SubscribeToShardEvent?: SubscribeToShardEvent }>;

export class Dashboard {
  readonly prices = new Map<string, Tick>();
  /** Ticks that came out of their symbol's order. */
  outOfOrder = 0;
  readonly #consumer: string;
  readonly #leaving = new AbortController();
  readonly #followed = new Set<string>();
  readonly #ended = new Set<string>();
  #count = 0;
  #wanted = Number.POSITIVE_INFINITY;
  #reached = () => {};

  constructor(consumer: string) {
    this.#consumer = consumer;
  }

  /** Shows what comes into a shard from a place on, and then its children's. */
  follow(shard: string, from: StartingPosition): void {
    if (this.#followed.has(shard)) return;
    this.#followed.add(shard);
    this.#subscribe(shard, from).catch((cause: unknown) => {
      if (!this.#leaving.signal.aborted) console.error(`The dashboard lost ${shard}: ${cause}`);
    });
  }

  /** Resolves when so many ticks have come since the start. */
  async shown(ticks: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wanted = ticks;
    this.#reached = resolve;
    if (this.#count < ticks) await promise;
  }

  close(): void {
    this.#leaving.abort();
  }

  async #subscribe(ShardId: string, from: StartingPosition): Promise<void> {
    const abortSignal = this.#leaving.signal;
    let position = from;
    while (!this.#ended.has(ShardId)) {
      const asked = { ConsumerARN: this.#consumer, ShardId, StartingPosition: position };
      const answer = await kinesis.send(new SubscribeToShardCommand(asked), { abortSignal });
      for await (const { SubscribeToShardEvent: event } of answer.EventStream as Events) {
        if (event) position = this.#take(ShardId, event);
      }
    }
  }

  /** Answers where to go on. */
  #take(shard: string, event: SubscribeToShardEvent): StartingPosition {
    for (const { Data = new Uint8Array() } of event.Records ?? []) {
      this.#show(JSON.parse(Buffer.from(Data).toString()) as Tick);
    }
    if (this.#count >= this.#wanted) this.#reached();
    if (event.ChildShards) {
      this.#ended.add(shard);
      for (const { ShardId = '', ParentShards = [] } of event.ChildShards) {
        // The child of a merge is named by both parents, and follows the second of them.
        const isReady = ParentShards.every((parent) => this.#ended.has(parent));
        if (isReady) this.follow(ShardId, { Type: 'TRIM_HORIZON' });
      }
    }
    return { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: event.ContinuationSequenceNumber };
  }

  #show(tick: Tick): void {
    const before = this.prices.get(tick.symbol)?.sequence ?? tick.sequence - 1;
    if (tick.sequence !== before + 1) this.outOfOrder += 1;
    this.prices.set(tick.symbol, tick);
    this.#count += 1;
  }
}
