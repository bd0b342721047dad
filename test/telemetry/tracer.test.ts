import { expect, test } from 'vitest';
import type { Fact } from '../../src/journal/journal.ts';
import { idsOf } from '../../src/telemetry/contexts.ts';
import type { Entry } from '../../src/telemetry/follower.ts';
import type { Span } from '../../src/telemetry/otlp.ts';
import { samplerOf } from '../../src/telemetry/sampler.ts';
import { Tracer } from '../../src/telemetry/tracer.ts';

const [A, B, RUN, SENT] = ['a', 'b', 'c', 'd'].map(
  (digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`,
) as [string, string, string, string];
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:orders';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:ship:$LATEST';
const [ROOT, PARENT] = ['9'.repeat(32), '8'.repeat(16)];

interface Story {
  /** Facts that are read before the first is told. */
  readonly ahead?: boolean;
  readonly sampler?: string;
}

/** The spans of facts in their order, by id and kind of the fact; `undefined` for none. */
function tell(facts: readonly Partial<Fact>[], { ahead, sampler = 'always_on' }: Story = {}) {
  const entries = facts.map((fact, at): Entry => {
    const whole: Fact = { kind: 'publish', id: A, arn: QUEUE, atMs: 1_000 + at, ...fact };
    return { log: 'journal', position: at + 1, fact: whole };
  });
  const sampling = samplerOf(sampler, 1);
  if (!sampling) throw new Error(`${sampler} is no sampler.`);
  const left = new Set(entries);
  const tracer = new Tracer(sampling, (id) =>
    ahead ? [...left].filter(({ fact }) => fact.kind === 'invoke' && fact.id === id) : [],
  );
  return entries.map((entry): Span | undefined => {
    left.delete(entry);
    return tracer.take(entry);
  });
}

const sentBy: Partial<Fact> = { id: SENT, causes: [RUN], trace: `${ROOT}-${PARENT}-f` };
const run: Partial<Fact> = {
  ...{ kind: 'invoke', id: RUN, arn: FUNCTION, causes: [A], outcome: 'ok', note: '40 ms' },
  trace: `${ROOT}-${PARENT}-`,
};

test('a run that is read ahead stands where its cause does, and so does what it sent', () => {
  const [first, sent, ran] = tell([{ id: A }, sentBy, run], { ahead: true });
  const { traceId } = idsOf(A);
  expect(ran).toMatchObject({ traceId, spanId: PARENT, parentId: first?.spanId });
  expect(sent).toMatchObject({ traceId, parentId: PARENT });
  expect(ran?.endMs).toBe(1_002);
  expect(ran?.startMs).toBe(962);
  // The function itself has only heard of the trace that it was given.
  expect(ran?.links).toEqual([{ traceId: ROOT, spanId: PARENT }]);
});

test('a run that is told too late joins what it sent, with a link to its cause', () => {
  const [first, sent, ran] = tell([{ id: A }, sentBy, run]);
  expect(sent).toMatchObject({ traceId: ROOT, parentId: PARENT });
  expect(ran).toMatchObject({ traceId: ROOT, spanId: PARENT });
  expect(ran?.parentId).toBeUndefined();
  expect(ran?.links).toEqual([{ traceId: first?.traceId, spanId: first?.spanId }]);
});

test('runs of one asynchronous event are one trace, and each has sent its own', () => {
  const traces = ['1', '2'].map((digit) => digit.repeat(32));
  const spans = ['3', '4'].map((digit) => digit.repeat(16));
  const attempt = (at: number): Partial<Fact> => {
    return { ...run, causes: [], trace: `${traces[at]}-${spans[at]}-` };
  };
  const sent = (at: number): Partial<Fact> => {
    return { ...sentBy, id: at === 0 ? SENT : B, trace: `${traces[at]}-${spans[at]}-f` };
  };
  const told = tell([sent(0), attempt(0), sent(1), attempt(1)], { ahead: true });
  expect(new Set(told.map((span) => span?.traceId))).toEqual(new Set([traces[0]]));
  expect(told[1]?.spanId).toBe(spans[0]);
  expect(told[0]?.parentId).toBe(spans[0]);
  expect(told[2]?.parentId).toBe(spans[1]);
  expect(told[3]?.spanId).toBe(spans[1]);
});

test('what was asked of a function by a traced client is below that client', () => {
  const asked = '7'.repeat(16);
  const [ran] = tell([{ ...run, causes: [], trace: `${ROOT}-${PARENT}-1-${asked}` }]);
  expect(ran).toMatchObject({ traceId: ROOT, spanId: PARENT, parentId: asked });
});

test('a batch of one trace stays in it, and has no more links than the conventions allow', () => {
  const ids = Array.from({ length: 130 }, (_, at) => `${B.slice(0, -3)}${100 + at}`);
  const messages = ids.map((id): Partial<Fact> => ({ id, causes: [A] }));
  const told = tell([{ id: A }, ...messages, { ...run, causes: ids }]);
  const ran = told.at(-1);
  expect(ran?.traceId).toBe(idsOf(A).traceId);
  expect(ran?.links).toHaveLength(128);
  expect(ran?.linksLeftOut).toBe(3);
  expect(ran?.links[0]?.spanId).toBe(idsOf(ids[0] ?? '').spanId);
});

test('what an application calls a cause makes one trace, and no span that is none', () => {
  const [first, second] = tell([
    { id: A, causes: ['order-7'] },
    { id: B, causes: ['order-7'] },
  ]);
  expect(first?.traceId).toBe(second?.traceId);
  expect(first?.parentId).toBeUndefined();
  // An id like ours is one whose beginning is not kept any more.
  const [sent] = tell([{ id: A, causes: [B] }]);
  expect(sent?.parentId).toBe(idsOf(B).spanId);
});

test('the same facts make the same spans', () => {
  const facts = [{ id: A }, { kind: 'receive', id: A } as const, sentBy, run];
  expect(tell(facts)).toEqual(tell(facts));
});

test('all of a trace is told or nothing, whoever has decided', () => {
  const client = `${ROOT}-${PARENT}-0`;
  const facts: Partial<Fact>[] = [
    { id: A, trace: client },
    { kind: 'deliver', id: A, target: QUEUE, produced: B, outcome: 'ok' },
    { kind: 'receive', id: B },
  ];
  const count = (sampler: string) => tell(facts, { sampler }).filter((span) => span).length;
  expect(count('always_on')).toBe(3);
  expect(count('always_off')).toBe(0);
  expect(count('parentbased_always_on')).toBe(0);
  expect(count('traceidratio')).toBe(3);
});

test('a match makes no span, and places that have no ARN have no name', () => {
  expect(tell([{ kind: 'match' }])).toEqual([undefined]);
  const [sent] = tell([{ arn: '+491701234567', note: 'sms' }]);
  expect(sent?.name).toBe('send');
});
