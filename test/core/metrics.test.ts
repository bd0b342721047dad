import { describe, expect, test } from 'vitest';
import { exposition } from '../../src/core/exposition.ts';
import { figures, Metrics } from '../../src/core/metrics.ts';
import { readExposition } from './read-exposition.ts';

const text = async (metrics: Metrics) => exposition(await metrics.families());

describe('answers', () => {
  test('counters add up for each set of labels', async () => {
    const metrics = new Metrics();
    const counter = metrics.counter({ name: 'c_total', help: 'C.', labels: ['a', 'b'] });
    counter.of('x', 'y').add();
    counter.of('x', 'y').add(2);
    counter.of('x', 'z').add(4);
    expect(await metrics.read('c_total', { a: 'x', b: 'y' })).toBe(3);
    expect(await metrics.read('c_total', { a: 'x' })).toBe(7);
    expect(await metrics.read('c_total', { a: 'other' })).toBeUndefined();
    expect(await metrics.read('d_total')).toBeUndefined();
  });

  test('a figure that is declared twice is one', async () => {
    const metrics = new Metrics();
    const options = { name: 'c_total', help: 'C.' };
    metrics.counter(options).of().add();
    metrics.counter(options).of().add();
    expect(await metrics.read('c_total')).toBe(2);
    expect(() => metrics.gauge(options)).toThrow('c_total is a counter already.');
  });

  test('what has no labels is 0 before it is counted; what has some is not there', async () => {
    const metrics = new Metrics();
    metrics.counter({ name: 'plain_total', help: 'P.' });
    metrics.counter({ name: 'labelled_total', help: 'L.', labels: ['a'] });
    expect(await text(metrics)).toBe(
      '# HELP plain_total P.\n# TYPE plain_total counter\nplain_total 0\n',
    );
  });

  test('a histogram counts what is not over a bound', async () => {
    const metrics = new Metrics();
    const seconds = metrics.histogram({ name: 's', help: 'S.', labels: ['a'], bounds: [0.5, 1] });
    for (const value of [0.1, 0.5, 0.7, 1, 3]) seconds.of('x').observe(value);
    expect(await text(metrics)).toBe(
      [
        '# HELP s S.',
        '# TYPE s histogram',
        's_bucket{a="x",le="0.5"} 2',
        's_bucket{a="x",le="1"} 4',
        's_bucket{a="x",le="+Inf"} 5',
        's_sum{a="x"} 5.3',
        's_count{a="x"} 5',
        '',
      ].join('\n'),
    );
  });

  test('a summary tells how many and how much', async () => {
    const metrics = new Metrics();
    const bytes = metrics.summary({ name: 'b', help: 'B.' });
    bytes.of().observe(2);
    bytes.of().observe(3);
    expect(await text(metrics)).toBe('# HELP b B.\n# TYPE b summary\nb_sum 5\nb_count 2\n');
  });

  test('gauges are set when somebody looks, and forget what is gone', async () => {
    const metrics = new Metrics();
    const gauge = metrics.gauge({ name: 'g', help: 'G.', labels: ['a'] });
    let looks = 0;
    metrics.collect(async () => {
      looks += 1;
      gauge.clear();
      gauge.of(`look ${looks}`).set(looks);
    });
    expect(await metrics.read('g', { a: 'look 1' })).toBe(1);
    expect(await metrics.read('g', { a: 'look 1' })).toBeUndefined();
  });

  test('a look that fails is counted, and keeps nobody from the other figures', async () => {
    const metrics = new Metrics();
    const [before, after] = ['b', 'a'].map((name) => metrics.gauge({ name, help: 'G.' }));
    metrics.collect(() => before?.of().set(1));
    metrics.collect(async () => {
      throw new Error('The storage is away.');
    });
    metrics.collect(() => after?.of().set(1));
    expect([await metrics.read('b'), await metrics.read('a')]).toEqual([1, 1]);
    expect(await metrics.read('millrace_failed_looks_total')).toBe(3);
  });

  test('families and points are in order, whatever came first', async () => {
    const metrics = new Metrics();
    const later = metrics.counter({ name: 'z_total', help: 'Z.', labels: ['a'] });
    metrics.counter({ name: 'a_total', help: 'A.' });
    later.of('y').add();
    later.of('x').add();
    const names = readExposition(await text(metrics)).map(({ name }) => name);
    expect(names).toEqual(['a_total', 'z_total']);
    expect(await text(metrics)).toMatch(/z_total\{a="x"\} 1\nz_total\{a="y"\} 1\n$/);
  });

  test('what ends a line or a label is escaped', async () => {
    const metrics = new Metrics();
    const odd = 'a"b\\c\nd\\n';
    const help = 'Help \\ with\na line';
    metrics
      .counter({ name: 'odd_total', help, labels: ['a'] })
      .of(odd)
      .add();
    const [family] = readExposition(await text(metrics));
    expect(family).toMatchObject({ help, samples: [{ labels: { a: odd }, value: 1 }] });
  });

  test('numbers that are none are written as Prometheus writes them', async () => {
    const metrics = new Metrics();
    const gauge = metrics.gauge({ name: 'g', help: 'G.', labels: ['a'] });
    const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e21, 0.1];
    for (const value of values) gauge.of(String(value)).set(value);
    const [family] = readExposition(await text(metrics));
    const read = family?.samples.map(({ labels, value }) => [labels.a, value]);
    expect(new Map(read as [string, number][])).toEqual(
      new Map(values.map((value) => [String(value), value])),
    );
  });

  test('what a stack counts with is made once for it', () => {
    const of = figures((metrics) => ({ metrics }));
    const metrics = new Metrics();
    expect(of(metrics)).toBe(of(metrics));
    expect(of(new Metrics())).not.toBe(of(metrics));
  });
});

describe('limits', () => {
  test('what is over the bound is counted together', async () => {
    const metrics = new Metrics();
    const counter = metrics.counter({ name: 'c_total', help: 'C.', labels: ['a', 'b'], most: 3 });
    for (let at = 0; at < 10; at += 1) counter.of(`name ${at}`, 'x').add();
    expect(counter.points()).toHaveLength(4);
    expect(await metrics.read('c_total', { a: 'other', b: 'other' })).toBe(7);
    counter.of('name 1', 'x').add();
    expect(await metrics.read('c_total', { a: 'name 1' })).toBe(2);
  });

  test('a point has a value for each label', () => {
    const counter = new Metrics().counter({ name: 'c_total', help: 'C.', labels: ['a'] });
    expect(() => counter.of('x', 'y')).toThrow('c_total has 1 labels.');
    expect(() => counter.of()).toThrow('c_total has 1 labels.');
  });
});
