/**
 * Reads Prometheus's text format 0.0.4 strictly, throwing at whatever a scraper may stumble over:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 */
export interface ReadFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ReadSample[];
}

export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*",?)*)\\})? (\\S+)$`,
);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(,|$)/y;
const NUMBER = /^(?:[+-]?Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const SUFFIXES: Readonly<Record<string, RegExp>> = {
  counter: /^$/,
  gauge: /^$/,
  histogram: /^_(?:bucket|sum|count)$/,
  summary: /^(?:_sum|_count)?$/,
};

export function readExposition(text: string): readonly ReadFamily[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('The last line does not end.');
  const families: (ReadFamily & { samples: ReadSample[] })[] = [];
  const seen = new Set<string>();
  const lines = text.split('\n').slice(0, -1);
  for (let at = 0; at < lines.length; ) {
    const [, name = '', help = ''] = HELP.exec(lines[at] ?? '') ?? refuse(lines[at], 'no HELP');
    const [, of, type = ''] = TYPE.exec(lines[at + 1] ?? '') ?? refuse(lines[at + 1], 'no TYPE');
    if (of !== name || families.some((family) => family.name === name)) refuse(name, 'twice');
    const samples: ReadSample[] = [];
    for (at += 2; at < lines.length && !lines[at]?.startsWith('#'); at += 1) {
      const line = lines[at] ?? '';
      const sample = readSample(line);
      if (!sample.name.startsWith(name) || !SUFFIXES[type]?.test(sample.name.slice(name.length))) {
        refuse(line, `no sample of ${name}`);
      }
      const [identity = ''] = line.split(/ (?=\S+$)/);
      if (seen.has(identity)) refuse(line, 'a sample that comes twice');
      seen.add(identity);
      samples.push(sample);
    }
    if (samples.length === 0) refuse(name, 'a family without samples');
    if (type === 'histogram') checkBuckets(name, samples);
    families.push({ name, help: unescaped(help), type, samples });
  }
  return families;
}

function readSample(line: string): ReadSample {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? refuse(line, 'no sample');
  if (!NUMBER.test(value)) refuse(line, 'no number');
  const read: Record<string, string> = {};
  for (LABEL.lastIndex = 0; LABEL.lastIndex < labels.length; ) {
    const [, label = '', quoted = ''] = LABEL.exec(labels) ?? refuse(line, 'no label');
    if (label in read) refuse(line, 'a label that comes twice');
    read[label] = unescaped(quoted);
  }
  const number = value.endsWith('Inf') ? Number(value.replace('Inf', 'Infinity')) : Number(value);
  return { name, labels: read, value: number };
}

/** Buckets grow, and the last one is all there were. */
function checkBuckets(name: string, samples: readonly ReadSample[]): void {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...labels } }) => JSON.stringify(labels));
  for (const [labels, of] of series) {
    const buckets = of.filter((sample) => sample.name === `${name}_bucket`);
    const count = of.find((sample) => sample.name === `${name}_count`)?.value;
    let [bound, below] = [Number.NEGATIVE_INFINITY, 0];
    for (const { labels: of, value } of buckets) {
      const next = of.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(of.le);
      if (!(next > bound) || value < below) refuse(name + labels, 'buckets out of order');
      [bound, below] = [next, value];
    }
    if (bound !== Number.POSITIVE_INFINITY || below !== count) refuse(name + labels, 'no whole');
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_whole, mark: string) => (mark === 'n' ? '\n' : mark));
}

function refuse(what: string | undefined, why: string): never {
  throw new Error(`${JSON.stringify(what)}: ${why}.`);
}
