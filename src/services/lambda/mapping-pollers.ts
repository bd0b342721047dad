/**
 * The pulls of a stack's mappings: one for each that is enabled, from the start of the stack on,
 * begun and ended as mappings change.
 *
 * Several nodes pull from one queue side by side, as several of AWS's pollers do. A stream has an
 * order, so one node at a time pulls from it.
 */
import { parseArn } from '../../core/arn.ts';
import { nodeCount } from '../../delivery/nodes.ts';
import { type Pace, Pull } from '../../delivery/pull.ts';
import { type Bounds, STANDARD } from '../../delivery/scale.ts';
import type { Feeder, LogRules, Lost } from '../../delivery/sources.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Tenure } from '../../delivery/tenure.ts';
import type { Worker } from '../../delivery/workers.ts';
import type { Storage, Write } from '../../storage/storage.ts';
import {
  allMappings,
  isPulling,
  type Mapping,
  mappingsOf,
  type ProcessingResult,
  type StreamSettings,
} from './mapping.ts';
import { follow } from './mapping-changes.ts';
import { consume, functionOf, resultWrites } from './mapping-consumer.ts';
import { wantsOf } from './mapping-filters.ts';
import { lostWrites } from './mapping-lost.ts';
import { partitionOf } from './store.ts';

/** How soon a function that is being made or changed is looked at again. */
const NOT_READY_MS = 1_000;

/** The right to pull for the mapping of a stream. */
export const tenureOf = (uuid: string) => `lambda/mapping/${uuid}`;

export class Pollers {
  readonly #stack: Stack;
  readonly #pulls = new Map<string, Pull | Tenure>();
  /** Pulls that end, by their mapping: the next one of a stream must not begin beside it. */
  readonly #ending = new Map<string, Promise<void>>();
  #unfollow: () => void = () => {};

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Begins to pull for every mapping that is enabled. */
  async start(): Promise<void> {
    this.#unfollow = await follow(this.#stack, {
      changed: (changed) => this.follow(changed),
      missed: () => this.#followAll(),
    });
    await this.#followAll();
  }

  async #followAll(): Promise<void> {
    for (const { value } of await allMappings(this.#stack)) await this.follow(value);
  }

  /** Begins no more batches and resolves when those that were begun have ended. */
  async stop(): Promise<void> {
    this.#unfollow();
    await Promise.all([...this.#pulls.values()].map((pull) => pull.stop()));
  }

  /** Pulls for the mapping, or no more, as its row says now. */
  async follow({ uuid, account, region }: Pick<Mapping, 'uuid' | 'account' | 'region'>) {
    const stored = await mappingsOf(this.#stack).rows.get(partitionOf({ account, region }), uuid);
    const pull = this.#pulls.get(uuid);
    if (!stored || !isPulling(stored.value)) {
      this.#pulls.delete(uuid);
      // What was begun ends in its own time.
      if (pull) this.#end(uuid, pull);
    } else if (pull) wake(pull);
    else if (this.#ending.has(uuid)) this.#followLater(stored.value);
    else await this.#begin(stored.value);
  }

  #end(uuid: string, pull: Worker): void {
    const ended = this.#stack.workers.remove(pull).finally(() => this.#ending.delete(uuid));
    this.#ending.set(uuid, ended);
  }

  /** Nobody waits for it: a batch may take minutes. */
  #followLater(mapping: Mapping): void {
    this.#ending
      .get(mapping.uuid)
      ?.then(() => this.follow(mapping))
      .catch((cause: unknown) => {
        this.#stack.log.error('a mapping could not begin to pull', { cause: String(cause) });
      });
  }

  async #begin(mapping: Mapping): Promise<void> {
    const { uuid } = mapping;
    const puller = mapping.stream
      ? new Tenure(this.#stack, {
          name: tenureOf(uuid),
          begin: (fence) => this.#pull(mapping, fence),
        })
      : await this.#pull(mapping);
    if (!puller || this.#pulls.has(uuid)) return;
    this.#pulls.set(uuid, puller);
    this.#stack.workers.add(puller);
  }

  async #pull(mapping: Mapping, fence?: readonly Write[]): Promise<Pull | undefined> {
    const feeder = await openFeeder(this.#stack, mapping, fence);
    if (!feeder) return undefined;
    const now = () => latest(this.#stack, mapping);
    return new Pull(this.#stack, {
      name: `lambda/mapping/${mapping.uuid}`,
      feeder,
      pace: async () => this.#pace(await now()),
      consume: async (batch, window) =>
        consume(this.#stack, (await now()) ?? mapping, batch, window),
      refused: () => void this.#tell(mapping, 'PROBLEM: The event source does not exist'),
    });
  }

  async #pace(mapping: Mapping | undefined): Promise<Pace | number | undefined> {
    if (!mapping || !isPulling(mapping)) return undefined;
    const resolved = await functionOf(this.#stack, mapping);
    if (!resolved) {
      await this.#tell(mapping, 'PROBLEM: Function call failed');
      return undefined;
    }
    const { state, timeoutSeconds, role } = resolved.version.value;
    if (state === 'Pending') return this.#stack.clock.nowMs() + NOT_READY_MS;
    return {
      size: mapping.batchSize,
      windowMs: mapping.windowSeconds * 1000,
      timeoutMs: timeoutSeconds * 1000,
      bounds: boundsOf(mapping, nodeCount(this.#stack)),
      ...(mapping.stream && { rules: rulesOf(mapping.stream, role) }),
      wants: wantsOf(mapping.filters),
      filteredNote: `filtered out by event source mapping ${mapping.uuid}`,
    };
  }

  /** That it cannot be told is no reason to stop pulling. */
  async #tell(mapping: Mapping, result: ProcessingResult): Promise<void> {
    try {
      const writes = await resultWrites(this.#stack, mapping, result);
      if (writes.length > 0) await this.#stack.storage.commit(writes);
    } catch (cause) {
      this.#stack.log.warn('a mapping could not tell its result', { cause: String(cause) });
    }
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const PER_POLLER = 10;
const PROVISIONED = { perMinute: 1_000, least: 2, most: 200 };

/** As many as a stream has lanes, from the start. */
const AS_MANY_AS_LANES = { least: 100_000, most: 100_000, perMinute: 1 };

/** Of several nodes that pull from a queue, each has its share. */
function boundsOf({ maximumConcurrency, pollers, stream }: Mapping, nodes: number): Bounds {
  if (stream) return AS_MANY_AS_LANES;
  if (pollers) {
    const { MinimumPollers: least = PROVISIONED.least } = pollers;
    const { MaximumPollers: most = Math.max(least, PROVISIONED.most) } = pollers;
    const { perMinute } = PROVISIONED;
    const share = (count: number) => Math.ceil((count * PER_POLLER) / nodes);
    return { least: share(least), most: share(most), perMinute };
  }
  if (maximumConcurrency === undefined) return STANDARD;
  const most = Math.max(1, Math.floor(maximumConcurrency / nodes));
  return { ...STANDARD, most: Math.min(most, STANDARD.most) };
}

function wake(puller: Pull | Tenure): void {
  if (puller instanceof Pull) puller.wake();
  else if (puller.worker instanceof Pull) puller.worker.wake();
}

async function latest(stack: Stack, mapping: Mapping): Promise<Mapping | undefined> {
  return (await mappingsOf(stack).rows.get(partitionOf(mapping), mapping.uuid))?.value;
}

async function openFeeder(
  stack: Stack,
  mapping: Mapping,
  fence: readonly Write[] = [],
): Promise<Feeder | undefined> {
  const { uuid: id, account, region, sourceArn, functionArn: consumerArn, stream } = mapping;
  const source = stack.sources.get(parseArn(sourceArn)?.service ?? '');
  const lost = async (what: Lost) =>
    lostWrites(stack, (await latest(stack, mapping)) ?? mapping, what);
  const start = stream && { start: stream.start };
  return source?.open(stack, {
    id,
    sourceArn,
    account,
    region,
    consumerArn,
    ...start,
    lost,
    fence,
  });
}

/** The writes by which it is settled from where on a new mapping reads its stream. */
export async function beginning(stack: Stack, mapping: Mapping): Promise<readonly Write[]> {
  if (!mapping.stream) return [];
  const feeder = await openFeeder(stack, mapping);
  return (await feeder?.begin?.(rulesOf(mapping.stream, ''))) ?? [];
}

function rulesOf(stream: StreamSettings, roleArn: string): LogRules {
  const { maximumRetryAttempts: retries, maximumRecordAgeSeconds: age } = stream;
  return {
    lanes: stream.parallelizationFactor,
    mostRetries: retries < 0 ? Number.POSITIVE_INFINITY : retries,
    mostAgeMs: age < 0 ? Number.POSITIVE_INFINITY : age * 1000,
    bisects: stream.bisects,
    tumblingMs: stream.tumblingSeconds * 1000,
    roleArn,
  };
}

const all = new WeakMap<Storage, Pollers>();

export function pollersOf(stack: Stack): Pollers {
  let pollers = all.get(stack.storage);
  if (!pollers) {
    pollers = new Pollers(stack);
    all.set(stack.storage, pollers);
  }
  return pollers;
}
