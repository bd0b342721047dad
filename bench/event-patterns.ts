/**
 * What it costs to find the one rule of 1, 100 or 2,000 that an event matches, for rule sets of
 * several shapes; reading the fields of the parsed event is part of it, parsing is not.
 *
 *     node bench/event-patterns.ts [--quick]
 *
 * Claims in matcher.ts: 2,000 rules cost at most 1.2 times what one rule costs.
 */
import { compilePatterns } from '../src/event-patterns/matcher.ts';
import { parsePattern } from '../src/event-patterns/pattern.ts';

interface Shape {
  readonly name: string;
  /** The pattern of rule `index`. */
  readonly rule: (index: number) => unknown;
  /** Members of the event's detail (or of the envelope) that rule `index` matches. */
  readonly event: (index: number) => { source?: string; type?: string; detail?: object };
}

const shop = { source: ['shop'] };

const shapes: readonly Shape[] = [
  {
    name: 'source and detail-type differ',
    rule: (index) => ({ source: [`team.${index}`], 'detail-type': [`Kind ${index}`] }),
    event: (index) => ({ source: `team.${index}`, type: `Kind ${index}` }),
  },
  {
    name: 'source shared, detail-type differs',
    rule: (index) => ({ ...shop, 'detail-type': [`Kind ${index}`] }),
    event: (index) => ({ type: `Kind ${index}` }),
  },
  {
    name: 'one field of the detail differs',
    rule: (index) => ({ ...shop, detail: { customer: { id: [`customer-${index}`] } } }),
    event: (index) => ({ detail: { customer: { id: `customer-${index}`, vip: true } } }),
  },
  {
    name: 'each rule its own field',
    rule: (index) => ({ ...shop, detail: { [`field-${index}`]: [{ exists: true }] } }),
    event: (index) => ({ detail: { [`field-${index}`]: 'x' } }),
  },
  {
    name: 'numeric ranges, disjoint',
    rule: (index) => ({
      ...shop,
      detail: { amount: [{ numeric: ['>=', index * 10, '<', index * 10 + 10] }] },
    }),
    event: (index) => ({ detail: { amount: index * 10 + 3.5 } }),
  },
  {
    name: 'numeric ranges with bounds apart, and a tag',
    rule: (index) => ({
      detail: { amount: [{ numeric: ['>', -1 - index] }], tag: [`tag-${index}`] },
    }),
    event: (index) => ({ detail: { amount: 17, tag: `tag-${index}` } }),
  },
  {
    name: 'prefixes',
    rule: (index) => ({ ...shop, detail: { key: [{ prefix: `orders/eu/${index}/` }] } }),
    event: (index) => ({ detail: { key: `orders/eu/${index}/2026-01-05/invoice.pdf` } }),
  },
  {
    name: 'suffixes, case ignored',
    rule: (index) => ({
      ...shop,
      detail: { key: [{ suffix: { 'equals-ignore-case': `-${index}.PDF` } }] },
    }),
    event: (index) => ({ detail: { key: `orders/eu/2026-01-05/invoice-${index}.pdf` } }),
  },
  {
    name: 'wildcards with a beginning',
    rule: (index) => ({ ...shop, detail: { key: [{ wildcard: `orders/${index}/*.pdf` }] } }),
    event: (index) => ({ detail: { key: `orders/${index}/2026-01-05/invoice.pdf` } }),
  },
  {
    name: 'wildcards that look inside',
    rule: (index) => ({ ...shop, detail: { key: [{ wildcard: `*/customer-${index}/*` }] } }),
    event: (index) => ({ detail: { key: `orders/eu/customer-${index}/2026/invoice.pdf` } }),
  },
  {
    name: 'blocks of addresses',
    rule: (index) => ({
      ...shop,
      detail: { ip: [{ cidr: `10.${index >> 8}.${index & 255}.0/24` }] },
    }),
    event: (index) => ({ detail: { ip: `10.${index >> 8}.${index & 255}.77` } }),
  },
  {
    name: '$or over two fields',
    rule: (index) => ({
      ...shop,
      detail: { $or: [{ tag: [`tag-${index}`] }, { label: [`label-${index}`] }] },
    }),
    event: (index) => ({ detail: { tag: `tag-${index}` } }),
  },
  {
    name: 'elements of an array',
    rule: (index) => ({ ...shop, detail: { lines: { sku: [`sku-${index}`], count: [2] } } }),
    event: (index) => ({
      detail: {
        lines: [
          { sku: 'sku-x', count: 1 },
          { sku: `sku-${index}`, count: 2 },
        ],
      },
    }),
  },
  {
    name: 'anything-but, and a field that differs',
    rule: (index) => ({
      detail: { state: [{ 'anything-but': ['draft', `s${index}`] }], tag: [`tag-${index}`] },
    }),
    event: (index) => ({ detail: { state: 'paid', tag: `tag-${index}` } }),
  },
];

function eventText(shape: Shape, index: number): string {
  const { source = 'shop', type = 'OrderPlaced', detail = {} } = shape.event(index);
  return JSON.stringify({
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': type,
    source,
    account: '000000000000',
    time: '2026-01-05T10:20:30Z',
    region: 'us-east-1',
    resources: ['arn:aws:s3:::bucket', 'arn:aws:s3:::other'],
    detail: {
      orderId: '01J0000000000000000000',
      currency: 'EUR',
      placedAt: '2026-01-05T10:20:29.123Z',
      address: { street: 'Somewhere 1', city: 'Berlin', country: 'DE' },
      note: 'x'.repeat(400),
      ...detail,
    },
  });
}

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 4 : 25;
const EVENTS = quick ? 20_000 : 100_000;
const SIZES = [1, 100, 2000];

interface Setting {
  readonly rules: number;
  readonly compileMs: number;
  /** Matches so many events. */
  readonly run: (events: number) => void;
}

function setUp(shape: Shape, rules: number): Setting {
  const entries = Array.from({ length: rules }, (_, index) => ({
    id: index,
    pattern: parsePattern(JSON.stringify(shape.rule(index))),
  }));
  const before = performance.now();
  const matcher = compilePatterns(entries);
  const compileMs = performance.now() - before;
  const wanted = Array.from({ length: 256 }, (_, at) => (at * 7919) % rules);
  const events = wanted.map((index) => JSON.parse(eventText(shape, index)));
  const run = (count: number) => {
    for (let at = 0; at < count; at++) {
      const found = matcher.matching(events[at % events.length]);
      if (found.length !== 1 || found[0] !== wanted[at % events.length]) {
        throw new Error(`${shape.name}: found ${found}`);
      }
    }
  };
  return { rules, compileMs, run };
}

/**
 * Microseconds of CPU time per event. The sizes take turns and the best round counts, since what
 * else the machine does only adds.
 */
function measure(settings: readonly Setting[]): number[] {
  const best = settings.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    settings.forEach(({ run }, at) => {
      const before = process.cpuUsage();
      run(EVENTS);
      const { user, system } = process.cpuUsage(before);
      best[at] = Math.min(best[at] ?? 0, (user + system) / EVENTS);
    });
  }
  return best;
}

console.log(
  `${'us of CPU per event, by rules:'.padEnd(44)}       1      100    2,000  ratio  compile`,
);
for (const shape of shapes) {
  const settings = SIZES.map((rules) => setUp(shape, rules));
  const costs = measure(settings);
  const columns = costs.map((us) => us.toFixed(3).padStart(8)).join(' ');
  const ratio = ((costs.at(-1) ?? 0) / (costs[0] ?? 1)).toFixed(2);
  const compile = settings.at(-1)?.compileMs.toFixed(0);
  console.log(`${shape.name.padEnd(44)} ${columns}   x ${ratio}   ${compile} ms`);
}
