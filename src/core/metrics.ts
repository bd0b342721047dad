/**
 * Figures about what goes on: counters, gauges, histograms and summaries, with labels.
 *
 * Counting costs what adding to a number costs: who counts often keeps the point that `of` gives
 * out. A family has a bounded number of points, because labels hold names that callers make up;
 * what is over the bound is counted together, under the label `other`. What need not be counted
 * all the time is asked for when somebody looks: see `collect`.
 */

export type Kind = 'counter' | 'gauge' | 'histogram' | 'summary';

export interface FamilyOptions {
  /** As Prometheus wants it: `millrace_requests_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Points at most, the one for the rest aside. Default 1,000. */
  readonly most?: number;
}

/** What goes up (a counter), or up and down (a gauge). */
export class Amount {
  value = 0;

  add(by = 1): void {
    this.value += by;
  }

  set(value: number): void {
    this.value = value;
  }
}

/** How many there were and what they add up to. */
export class Total {
  count = 0;
  sum = 0;

  observe(value: number): void {
    this.count += 1;
    this.sum += value;
  }
}

/** How many there were up to each bound, which are in order. */
export class Distribution extends Total {
  readonly bounds: readonly number[];
  /** One more than bounds: the last is for all that is over the last bound. */
  readonly counts: number[];

  constructor(bounds: readonly number[]) {
    super();
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  override observe(value: number): void {
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at += 1;
    counts[at] = (counts[at] as number) + 1;
    this.count += 1;
    this.sum += value;
  }
}

export type Point = Amount | Total | Distribution;

/** Seconds that a request or a commit may take. */
export const SECONDS: readonly number[] = [
  ...[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05],
  ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
];

export const MOST_POINTS = 1_000;
const OTHER = 'other';
/** Stands in no name that AWS lets through. */
const BETWEEN = '\u0000';

export class Family<P extends Point = Point> {
  readonly name: string;
  readonly help: string;
  readonly kind: Kind;
  readonly labels: readonly string[];
  readonly #make: () => P;
  readonly #most: number;
  readonly #points = new Map<string, { readonly values: readonly string[]; readonly point: P }>();

  constructor(kind: Kind, options: FamilyOptions, make: () => P) {
    this.kind = kind;
    this.name = options.name;
    this.help = options.help;
    this.labels = options.labels ?? [];
    this.#most = options.most ?? MOST_POINTS;
    this.#make = make;
    // What has no labels is there from the start, at 0.
    if (this.labels.length === 0) this.of();
  }

  /** The point of these values, in the order of the labels; always the same one. */
  of(...values: readonly string[]): P {
    const known = this.#points.get(values.join(BETWEEN));
    return known ? known.point : this.#add(values);
  }

  #add(values: readonly string[]): P {
    const { length } = this.labels;
    if (values.length !== length) throw new Error(`${this.name} has ${length} labels.`);
    if (this.#points.size >= this.#most && values.some((value) => value !== OTHER)) {
      return this.of(...values.map(() => OTHER));
    }
    const point = this.#make();
    this.#points.set(values.join(BETWEEN), { values, point });
    return point;
  }

  /** Forgets all points, so that a gauge shows only what is there now. */
  clear(): void {
    this.#points.clear();
  }

  points(): readonly { readonly values: readonly string[]; readonly point: P }[] {
    return [...this.#points.values()];
  }
}

const FAILED_LOOKS: FamilyOptions = {
  name: 'millrace_failed_looks_total',
  help: 'Figures that could not be looked up; they are shown as they were before.',
};

export type Collect = () => void | Promise<void>;

export class Metrics {
  readonly #families = new Map<string, Family>();
  readonly #collects: Collect[] = [];

  counter(options: FamilyOptions): Family<Amount> {
    return this.#family('counter', options, () => new Amount());
  }

  gauge(options: FamilyOptions): Family<Amount> {
    return this.#family('gauge', options, () => new Amount());
  }

  summary(options: FamilyOptions): Family<Total> {
    return this.#family('summary', options, () => new Total());
  }

  histogram({ bounds, ...options }: FamilyOptions & { readonly bounds: readonly number[] }) {
    return this.#family('histogram', options, () => new Distribution(bounds));
  }

  /** Shows a distribution that is kept elsewhere, in place of the one shown before. */
  show(options: Omit<FamilyOptions, 'labels'>, distribution: Distribution): void {
    this.#families.set(options.name, new Family('histogram', options, () => distribution));
  }

  /** Has `collect` called before each look at the figures, to set gauges. */
  collect(collect: Collect): void {
    this.#collects.push(collect);
  }

  /**
   * All families by name, as they are now. What cannot be looked up stays as it was: figures are
   * wanted most when something is away.
   */
  async families(): Promise<readonly Family[]> {
    for (const collect of this.#collects) {
      try {
        await collect();
      } catch {
        this.counter(FAILED_LOOKS).of().add();
      }
    }
    return [...this.#families.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What the points with these labels add up to: for tests. Undefined when there is none. */
  async read(
    name: string,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<number | undefined> {
    const family = (await this.families()).find((one) => one.name === name);
    const wanted = Object.entries(labels);
    const found = family
      ?.points()
      .filter(({ values }) =>
        wanted.every(([label, value]) => values[family.labels.indexOf(label)] === value),
      );
    if (!found || found.length === 0) return undefined;
    return found.reduce((sum, { point }) => sum + sumOf(point), 0);
  }

  #family<P extends Point>(kind: Kind, options: FamilyOptions, make: () => P): Family<P> {
    const before = this.#families.get(options.name);
    if (before?.kind === kind) return before as Family<P>;
    if (before) throw new Error(`${options.name} is a ${before.kind} already.`);
    const family = new Family(kind, options, make);
    this.#families.set(options.name, family);
    return family;
  }
}

function sumOf(point: Point): number {
  return point instanceof Amount ? point.value : point.sum;
}

/** What `make` makes of a stack's metrics, made once for each: for those who count often. */
export function figures<Made>(make: (metrics: Metrics) => Made): (metrics: Metrics) => Made {
  const made = new WeakMap<Metrics, Made>();
  return (metrics) => {
    const before = made.get(metrics);
    if (before !== undefined) return before;
    const one = make(metrics);
    made.set(metrics, one);
    return one;
  };
}
