/**
 * Random histories for the comparison with the model: turns of the event loop in each of which a
 * few lists and claims are handed in, with time standing still or moving in between.
 */
import fc from 'fast-check';
import type { Claim, Lease, Message, Write } from '../../../src/storage/storage.ts';

export const QUEUES = ['plain', 'grouped', 'turns'] as const;
export const LOGS = ['facts', 'events'] as const;
export const PARTITIONS = ['p', 'q'] as const;
export const TABLE = 'things';

/** What a history refers to and only the run knows. */
export interface Known {
  readonly nowMs: number;
  /** Leases that claims have answered with, newest last. */
  readonly leases: readonly Lease[];
  /** A number that is used once. */
  readonly fresh: () => number;
  readonly versionOf: (partition: string, key: string) => number;
}

export type Act =
  | { readonly writes: readonly ((known: Known) => Write | undefined)[] }
  | { readonly queue: string; readonly claim: (known: Known) => Claim };

export interface Turn {
  readonly passMs: number;
  readonly acts: readonly Act[];
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const queue = fc.constantFrom(...QUEUES);
const log = fc.constantFrom(...LOGS);
const span = fc.integer({ min: 0, max: 40 });
const key = fc.constantFrom('', 'a', 'b', 'bé', 'b\u{1F600}', 'b\uFFFD', '__proto__');
const body = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 12, unit: 'grapheme' }) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(5_000), 'é\0'.repeat(4_000)) },
);

const enqueue = fc
  .record({
    queue,
    body,
    group: fc.constantFrom('g', 'h', 'i'),
    ageMs: fc.integer({ min: 0, max: 60 }),
    delayMs: fc.oneof(fc.constant(0), span),
    meta: maybe(fc.string({ maxLength: 4 })),
    claims: maybe(fc.integer({ min: 0, max: 3 })),
    dedup: maybe(fc.constantFrom('k', 'l')),
  })
  .map(({ queue, body, group, ageMs, delayMs, meta, claims, dedup }) => (known: Known): Write => {
    const { nowMs } = known;
    const message: Message = {
      id: `m${known.fresh()}`,
      body,
      sentAtMs: nowMs - ageMs,
      visibleAtMs: nowMs + delayMs,
      ...(meta !== undefined && { meta }),
      ...(queue !== 'plain' && { group }),
      ...(queue === 'turns' && { ordered: true }),
      ...(claims !== undefined && { claims }),
      ...(claims && { firstClaimedAtMs: nowMs - 1 }),
    };
    if (dedup === undefined) return { kind: 'enqueue', queue, message };
    return { kind: 'enqueue', queue, message, dedup: { key: dedup, nowMs, untilMs: nowMs + 30 } };
  });

const settleOrRelease = fc
  .record({
    pick: fc.nat({ max: 7 }),
    fence: fc.constantFrom('latest' as const, 'any' as const),
    alive: fc.boolean(),
    lost: fc.constantFrom('conflict' as const, 'skip' as const),
    release: maybe(span),
    meta: maybe(fc.string({ maxLength: 4 })),
  })
  .map(({ pick, fence, alive, lost, release, meta }) => (known: Known): Write | undefined => {
    const lease = known.leases.at(-1 - pick);
    if (!lease) return undefined;
    const held = { lease, fence, lost, ...(alive && { aliveAtMs: known.nowMs }) };
    if (release === undefined) return { kind: 'settle', ...held };
    const visibleAtMs = known.nowMs + release;
    return { kind: 'release', ...held, visibleAtMs, ...(meta !== undefined && { meta }) };
  });

const mass = fc.oneof(
  fc
    .record({ queue, delayMs: span })
    .map((redelay) => (): Write => ({ kind: 'redelay', ...redelay })),
  fc.record({ queue, ageMs: span, max: fc.nat({ max: 4 }) }).map(
    ({ queue, ageMs, max }) =>
      ({ nowMs }: Known): Write => ({ kind: 'expire', queue, bornBeforeMs: nowMs - ageMs, max }),
  ),
  fc
    .record({ queue, forget: fc.boolean() })
    .map((purge) => (): Write => ({ kind: 'purge', ...purge })),
);

const append = fc
  .record({ log, body, key: maybe(fc.string({ maxLength: 3 })) })
  .map(({ log, body, key }) => ({ nowMs }: Known): Write => {
    const record = { atMs: nowMs, body, ...(key !== undefined && { key }) };
    return { kind: 'append', log, record };
  });

const trim = fc
  .record({
    log,
    ageMs: maybe(span),
    before: maybe(fc.nat({ max: 20 })),
    keep: maybe(fc.nat({ max: 10 })),
  })
  .map(
    ({ log, ageMs, before, keep }) =>
      ({ nowMs }: Known): Write => ({
        kind: 'trim',
        log,
        ...(ageMs !== undefined && { beforeMs: nowMs - ageMs }),
        ...(before !== undefined && { before }),
        ...(keep !== undefined && { keep }),
      }),
  );

const putOrRemove = fc
  .record({
    partition: fc.constantFrom(...PARTITIONS),
    key,
    value: maybe(body),
    ifVersion: fc.constantFrom('none', 'zero', 'right', 'right', 'wrong'),
  })
  .map(({ partition, key, value, ifVersion }) => ({ versionOf }: Known): Write => {
    const version = { none: undefined, zero: 0, right: versionOf(partition, key), wrong: 1e9 };
    const condition = version[ifVersion as keyof typeof version];
    const row = { table: TABLE, partition, key };
    const when = condition === undefined ? {} : { ifVersion: condition };
    if (value === undefined) return { kind: 'remove', ...row, ...when };
    return { kind: 'put', ...row, value, ...when };
  });

const check = fc
  .record({
    partition: fc.constantFrom(...PARTITIONS),
    key,
    ifVersion: fc.constantFrom('zero', 'right', 'right', 'right', 'wrong'),
  })
  .map(({ partition, key, ifVersion }) => ({ versionOf }: Known): Write => {
    const version = { zero: 0, right: versionOf(partition, key), wrong: 1e9 };
    const condition = version[ifVersion as keyof typeof version];
    return { kind: 'check', table: TABLE, partition, key, ifVersion: condition };
  });

const write = fc.oneof(
  { weight: 8, arbitrary: enqueue },
  { weight: 6, arbitrary: settleOrRelease },
  { weight: 1, arbitrary: mass },
  { weight: 3, arbitrary: append },
  { weight: 1, arbitrary: trim },
  { weight: 3, arbitrary: putOrRemove },
  { weight: 1, arbitrary: check },
);

const claim = fc
  .record({
    queue,
    max: fc.integer({ min: 1, max: 5 }),
    leaseMs: span,
    bornWithinMs: maybe(span),
    fair: fc.boolean(),
    maxInFlight: maybe(fc.nat({ max: 6 })),
    follow: fc.constantFrom('nothing', 'settle', 'record'),
  })
  .map(({ queue, max, leaseMs, bornWithinMs, fair, maxInFlight, follow }) => ({
    queue,
    claim: ({ nowMs }: Known): Claim => ({
      max,
      nowMs,
      leaseUntilMs: nowMs + leaseMs,
      fair,
      ...(bornWithinMs !== undefined && { bornAfterMs: nowMs - bornWithinMs }),
      ...(maxInFlight !== undefined && { maxInFlight }),
      ...(follow !== 'nothing' && { follow: following(follow === 'settle', nowMs) }),
    }),
  }));

/** Settles the first of what was claimed, or notes each. */
function following(settle: boolean, nowMs: number): NonNullable<Claim['follow']> {
  return (claimed) =>
    settle
      ? claimed
          .slice(0, 1)
          .map(({ lease }) => ({ kind: 'settle', lease, fence: 'latest', lost: 'skip' }))
      : claimed.map(({ id }) => ({
          kind: 'append',
          log: 'facts',
          record: { atMs: nowMs, body: id },
        }));
}

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ writes: fc.array(write, { minLength: 1, maxLength: 4 }) }) },
  { weight: 2, arbitrary: claim },
);

export const history: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({
    passMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 25 })),
    acts: fc.array(act, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
);
