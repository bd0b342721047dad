import { describe, expect, test } from 'vitest';
import { graphOf, type Show } from '../../console/src/views/trace/graph.ts';
import { hopOf } from '../../console/src/views/trace/hop.ts';
import { along, timelineOf } from '../../console/src/views/trace/timeline.ts';
import type { Fact, Trace, TraceNode } from '../../src/admin-api/index.ts';

const AT = 'us-east-1:000000000000';
const bus = `arn:aws:events:${AT}:event-bus/orders`;
const rule = `arn:aws:events:${AT}:rule/orders/to-billing`;
const queue = `arn:aws:sqs:${AT}:billing`;
const dlq = `arn:aws:sqs:${AT}:billing-dlq`;
const charge = `arn:aws:lambda:${AT}:function:charge:$LATEST`;
const hook = 'https://shop.example/hook';

type Rest = Partial<Omit<Fact, 'kind' | 'arn' | 'atMs'>>;
const fact = (kind: Fact['kind'], arn: string, atMs: number, rest: Rest = {}): Fact => {
  return { kind, id: 'x', arn, atMs, ...rest };
};

const node = (id: string, rest: Partial<TraceNode> = {}): TraceNode => {
  return { id, causes: [], facts: [], children: [], ...rest };
};

const traceOf = (tree: TraceNode, rest: Partial<Trace> = {}): Trace => {
  return { id: tree.id, ancestors: [], tree, ...rest };
};

const graph = (
  trace: Trace,
  show: Show = 'both',
  open: readonly string[] = [],
  more: Trace[] = [],
) => graphOf(trace, more, { show, open: new Set(open) });

const idsOf = (built: ReturnType<typeof graph>) => built.nodes.map(({ id }) => id);
const linesOf = (built: ReturnType<typeof graph>) =>
  built.edges.map(({ from, to, tone, label }) => [from, to, tone, label].filter(Boolean).join(' '));

describe('what became of an event', () => {
  test('an event was handed over, with its tries', () => {
    const hop = hopOf(
      node('e', {
        ...{ arn: bus, atMs: 100, note: 'OrderPlaced' },
        facts: [
          fact('publish', bus, 100),
          fact('deliver', rule, 101, { target: hook, outcome: 'TIMEOUT', note: 'no answer' }),
          fact('retry', rule, 101, { target: hook, outcome: 'TIMEOUT' }),
          fact('deliver', rule, 900, { target: hook, outcome: 'ok' }),
        ],
      }),
    );
    expect(hop).toMatchObject({ kind: 'bus', title: 'OrderPlaced', state: 'ok', endMs: 900 });
    expect(hop.says).toBe('1 of 1 handed over');
    expect(hop.hands).toMatchObject([{ state: 'ok', tries: 2, error: 'TIMEOUT', target: hook }]);
  });

  test('a hand-over that will be tried again is not done', () => {
    const facts = [
      fact('deliver', rule, 1, { target: hook, outcome: 'TIMEOUT' }),
      fact('retry', rule, 1, { target: hook, outcome: 'TIMEOUT' }),
    ];
    expect(hopOf(node('e', { arn: bus, facts })).state).toBe('retry');
  });

  test('a message waits, is in flight, is consumed', () => {
    const stages = [
      [],
      [fact('receive', queue, 130)],
      [fact('receive', queue, 130), fact('receive', queue, 160), fact('delete', queue, 170)],
    ];
    const hops = stages.map((facts) => hopOf(node('m', { arn: queue, atMs: 100, facts })));
    expect(hops.map(({ state }) => state)).toEqual(['waiting', 'held', 'ok']);
    expect(hops.map(({ says }) => says)).toEqual([
      'waits',
      'waited 30 ms, in flight',
      'waited 30 ms, received 2 times',
    ]);
  });

  test('a run began when it was over less the time it took', () => {
    const facts = [fact('invoke', charge, 500, { outcome: 'CardDeclined', note: '120 ms, no' })];
    const hop = hopOf(node('r', { arn: charge, atMs: 500, facts }));
    expect(hop).toMatchObject({ title: 'charge', state: 'fail', startMs: 380, endMs: 500 });
    expect(hop.says).toBe('ran 120 ms, CardDeclined');
  });

  test('a dead letter is one whatever came before, and so is what was given up', () => {
    const dead = hopOf(
      node('m', { arn: queue, facts: [fact('dead-letter', queue, 1, { target: dlq })] }),
    );
    expect(dead).toMatchObject({ state: 'dead', says: 'dead-lettered' });
    const lost = [fact('dead-letter', rule, 1, { target: hook, outcome: 'LOST:TIMEOUT' })];
    expect(hopOf(node('e', { arn: bus, facts: lost }))).toMatchObject({
      ...{ state: 'lost', says: 'given up: TIMEOUT' },
      hands: [{ state: 'lost', target: hook, error: 'TIMEOUT' }],
    });
    const dropped = [fact('drop', bus, 1, { outcome: 'NO_RULES_MATCHED' })];
    expect(hopOf(node('e', { arn: bus, facts: dropped }))).toMatchObject({
      ...{ state: 'dropped', says: 'no rule matched' },
    });
  });

  test('an event that an archive replays, or that was redriven, says so', () => {
    const again = ['m1', 'm2'].flatMap((produced, round) => [
      fact('match', rule, round, { note: 'to-billing' }),
      fact('deliver', rule, round, { target: queue, outcome: 'ok', produced }),
    ]);
    const replayed = hopOf(node('e', { arn: bus, facts: again }));
    expect(replayed).toMatchObject({ state: 'ok', says: '1 of 1 handed over, replayed' });
    expect(replayed.hands).toMatchObject([{ tries: 2, done: 2, produced: ['m1', 'm2'] }]);
    const children = ['m1', 'm2'].map((id) => node(id, { arn: queue, causes: ['e'] }));
    const built = graph(traceOf(node('e', { arn: bus, facts: again, children })));
    expect(linesOf(built)).toEqual([
      'e m1 plain to-billing · 2 times',
      'e m2 plain to-billing · 2 times',
    ]);

    const redriven = [
      fact('deliver', rule, 1, { target: queue, outcome: 'NO_PERMISSIONS' }),
      fact('dead-letter', rule, 2, { target: dlq, outcome: 'NO_PERMISSIONS', produced: 'l' }),
      fact('deliver', rule, 9, { target: queue, outcome: 'ok', produced: 'm1' }),
    ];
    expect(hopOf(node('e', { arn: bus, facts: redriven }))).toMatchObject({
      ...{ state: 'ok', says: '1 of 1 handed over, redriven' },
    });
  });

  test('an event that the journal knows by name only is told so', () => {
    expect(hopOf(node('gone'))).toMatchObject({
      state: 'unknown',
      title: 'gone',
      endMs: undefined,
    });
  });
});

describe('the graph of a trace', () => {
  const run = (again?: true): TraceNode =>
    node('run', { arn: charge, causes: ['m1', 'm2', 'm9'], ...(again && { again }) });
  const deliver = (produced: string) =>
    fact('deliver', rule, 2, { target: queue, outcome: 'ok', produced });
  const batch = traceOf(
    node('e', {
      ...{ arn: bus, facts: [fact('match', rule, 1, { note: 'to-billing' }), deliver('m1')] },
      causes: ['before'],
      children: [
        node('m1', { arn: queue, causes: ['e'], children: [run()] }),
        node('m2', { arn: queue, causes: ['e'], children: [run(true)] }),
      ],
    }),
    { ancestors: [node('before', { arn: charge })] },
  );

  test('has every event once, with an edge from each of its causes', () => {
    const built = graph(batch);
    expect(idsOf(built)).toEqual(['before', 'e', 'm1', 'm2', 'run', 'others run']);
    expect(linesOf(built)).toEqual([
      'before e plain',
      'e m1 plain to-billing',
      'e m2 plain',
      'm1 run plain',
      'm2 run plain',
      'others run run plain',
    ]);
    expect(built.nodes.at(-1)).toMatchObject({ causes: ['m9'] });
  });

  test('shows one side only where that is asked for', () => {
    expect(idsOf(graph(batch, 'above'))).toEqual(['before', 'e']);
    expect(idsOf(graph(batch, 'below'))).toEqual(['e', 'm1', 'm2', 'run', 'others run']);
  });

  test('ends where a hand-over made nothing that goes on: outside, or among dead letters', () => {
    const facts = [
      fact('deliver', rule, 2, { target: hook, outcome: 'TIMEOUT' }),
      fact('dead-letter', rule, 3, { target: dlq, outcome: 'TIMEOUT', produced: 'letter' }),
    ];
    const built = graph(traceOf(node('e', { arn: bus, facts })));
    expect(built.nodes.slice(1)).toMatchObject([
      { kind: 'end', hand: { target: hook, state: 'fail' } },
      { kind: 'end', hand: { target: dlq, state: 'dead', produced: ['letter'] } },
    ]);
    expect(built.edges.map(({ tone }) => tone)).toEqual(['fail', 'dead']);
  });

  test('folds many effects of one event, says how many, and unfolds them', () => {
    const children = Array.from({ length: 40 }, (_, index) => node(`c${index}`, { causes: ['e'] }));
    const trace = traceOf(node('e', { children }));
    const folded = graph(trace);
    expect(folded.nodes).toHaveLength(14);
    expect(folded.nodes.find(({ kind }) => kind === 'more')).toMatchObject({ count: 28, of: 'e' });
    expect(folded.hops.size).toBe(41);
    expect(graph(trace, 'both', ['e']).nodes).toHaveLength(41);
  });

  test('says what the server left out, and goes on where that was fetched', () => {
    const cut = node('m', { causes: ['e'], leftOut: { facts: 0, children: 2 } });
    const trace = traceOf(node('e', { causes: ['old'], children: [cut] }), {
      ...{ ancestors: [node('old', { causes: ['older'] })], ancestorsLeftOut: 7 },
    });
    const built = graph(trace);
    expect(built.nodes.filter(({ kind }) => kind === 'more')).toMatchObject([
      { of: 'm', count: 2, folded: false, where: 'below' },
      { of: 'old', count: 7, where: 'above' },
    ]);
    expect(built.nodes.some(({ kind }) => kind === 'others')).toBe(false);
    const rest = traceOf(node('m', { causes: ['e'], children: [node('x', { causes: ['m'] })] }));
    expect(idsOf(graph(trace, 'below', [], [rest]))).toEqual(['e', 'm', 'x']);
  });

  test('a trace of thousands stays a picture, and all of it a list', () => {
    const level = (depth: number, prefix: string): TraceNode[] =>
      depth === 0
        ? []
        : Array.from({ length: 8 }, (_, index) => {
            const id = `${prefix}${index}`;
            return node(id, { causes: [prefix || 'e'], children: level(depth - 1, id) });
          });
    const built = graph(traceOf(node('e', { children: level(4, '') })));
    expect(built.hops.size).toBe(1 + 8 + 64 + 512 + 4_096);
    expect(built.nodes.filter(({ kind }) => kind === 'hop').length).toBeLessThanOrEqual(300);
    expect(timelineOf(built.hops).rows).toHaveLength(4_681);
  });
});

describe('the timeline of a trace', () => {
  test('lists each event below its cause, with what it waited and worked', () => {
    const message = node('m', {
      ...{ arn: queue, atMs: 120, causes: ['e'] },
      facts: [fact('receive', queue, 150), fact('delete', queue, 300)],
    });
    const later = node('l', { arn: bus, atMs: 400, causes: ['m'] });
    const event = node('e', { arn: bus, atMs: 100, children: [message, later] });
    const timeline = timelineOf(graph(traceOf(event)).hops);
    expect(timeline).toMatchObject({ fromMs: 100, toMs: 400 });
    expect(timeline.rows.map(({ id, depth }) => [id, depth])).toEqual([
      ['e', 0],
      ['m', 1],
      ['l', 2],
    ]);
    expect(timeline.rows[1]?.segments).toEqual([
      { kind: 'wait', fromMs: 120, toMs: 150 },
      { kind: 'work', fromMs: 150, toMs: 300 },
    ]);
    expect(along(timeline, 250)).toBe(50);
    expect(along({ fromMs: 5, toMs: 5 }, 5)).toBe(0);
  });
});
