/**
 * A stack with one origin and two targets that do as they are told, for tests of delivery.
 */
import { createStack, type RunningStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { seededIds } from '../../src/core/ids.ts';
import {
  BrokenOff,
  type Delivery,
  type Failure,
  type Origin,
  type Parcel,
  type Refused,
  type Target,
} from '../../src/delivery/targets.ts';
import type { Service } from '../../src/services/service.ts';
import type { Storage } from '../../src/storage/storage.ts';

export const START_MS = Date.parse('2026-01-15T10:00:00Z');

export interface World {
  readonly stack: RunningStack;
  readonly clock: VirtualClock;
  /** Refusals still to come, per target kind; an empty list means "takes everything". */
  readonly refusals: { inside: Refused[]; outside: Refused[]; sqs: Refused[] };
  /** Bodies the outside target was given, in order. */
  readonly sent: string[];
  /** Bodies committed at the target inside, in order. */
  arrived(): Promise<readonly string[]>;
  letters(): Promise<readonly string[]>;
  /** What the operator was told. */
  readonly told: string[];
  /** The outside target gives no answer from now on; resolves when it is asked. */
  hang(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const inbox = (queue: string, refusals: Refused[]): Target => ({
  inside: true,
  handOver: (stack, { delivery, payload }: Parcel) => {
    const refused = refusals.shift();
    if (refused) throw refused;
    const nowMs = stack.clock.nowMs();
    const id = stack.ids.uuid();
    const message = { id, body: payload.body, sentAtMs: nowMs, visibleAtMs: nowMs };
    const place = delivery.to.kind === 'sqs' ? queue : `${queue}/${delivery.to.arn}`;
    return { writes: [{ kind: 'enqueue', queue: place, message }], produced: id };
  },
});

/** Counts what it takes in a row, on condition that nobody else has meanwhile. */
const counter: Target = {
  inside: true,
  handOver: async ({ storage }) => {
    const [table, partition, key] = ['counts', 'test', 'taken'];
    const row = await storage.get(table, partition, key);
    const value = String(Number(row?.value ?? 0) + 1);
    const ifVersion = row?.version ?? 0;
    return { writes: [{ kind: 'put', table, partition, key, value, ifVersion }] };
  },
};

/** Tries three times, one second apart, for at most a minute. */
const origin: Origin = {
  principal: 'test.amazonaws.com',
  render: (_stack, delivery, body) => ({ body: `${String(delivery.shape?.as ?? '')}${body}` }),
  backoffMs: (stack, delivery, attempts) => {
    if (stack.clock.nowMs() - delivery.sinceMs >= 60_000) return 'age';
    return attempts >= 3 ? 'attempts' : 1000;
  },
  deadLetter: (_stack, _delivery, body, failure: Failure) => ({
    body: `${body} ${failure.refused.code} ${failure.attempts} ${failure.exhausted}`,
  }),
};

export async function world(storage: Storage): Promise<World> {
  const refusals: World['refusals'] = { inside: [], outside: [], sqs: [] };
  const sent: string[] = [];
  const told: string[] = [];
  const say = (message: string, fields?: object) =>
    void told.push(`${message} ${JSON.stringify(fields)}`);
  const asked = Promise.withResolvers<void>();
  let hanging = false;
  const outside: Target = {
    inside: false,
    handOver: async ({ closing }, { payload }) => {
      await Promise.resolve();
      if (hanging) {
        asked.resolve();
        await new Promise((_, reject) =>
          closing.addEventListener('abort', () => reject(new BrokenOff())),
        );
      }
      const refused = refusals.outside.shift();
      if (refused) throw refused;
      sent.push(payload.body);
      return { writes: [] };
    },
  };
  const service: Service = {
    name: 'test',
    operations: {},
    origins: { test: origin },
    targets: {
      inside: inbox('arrived', refusals.inside),
      counter,
      outside,
      sqs: inbox('letters', refusals.sqs),
    },
  };
  const clock = new VirtualClock(START_MS);
  const stack = await createStack({
    ...{ storage, services: [service], clock, ids: seededIds(1) },
    log: { info: () => {}, warn: say, error: say },
  });
  const bodies = async (queue: string) => {
    const nowMs = clock.nowMs();
    const peeked = await storage.peek(queue, { nowMs, max: 1000 });
    return peeked.map(({ body }) => body);
  };
  return {
    stack,
    clock,
    refusals,
    sent,
    told,
    hang: () => {
      hanging = true;
      return asked.promise;
    },
    arrived: () => bodies('arrived/somewhere'),
    letters: () => bodies('letters'),
    [Symbol.asyncDispose]: () => stack.close(),
  };
}

export function delivery(to: string, more: Partial<Delivery> = {}): Delivery {
  return {
    origin: 'test',
    cause: 'event-1',
    sourceArn: 'arn:aws:test:us-east-1:000000000000:rule/r',
    account: '000000000000',
    region: 'us-east-1',
    to: { kind: to, arn: 'somewhere' },
    sinceMs: START_MS,
    hops: 0,
    ...more,
  };
}
