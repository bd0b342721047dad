/**
 * Faults that are asked for: operations that are refused or slow, hand-overs that fail, come late
 * or twice. Rules are kept in memory and end with the process; nothing is looked at while there
 * is none.
 *
 * Whether a rule strikes is drawn from a stream of its own, so a seed repeats a run in which the
 * same things are asked for in the same order. A hand-over that is planned again, because its
 * commit has lost a race, is drawn for again.
 */
import { seededIds } from './ids.ts';

export interface FaultSpec {
  /** An operation that a client asks for, or a hand-over of a rule or subscription. */
  readonly at: 'api' | 'delivery';
  /** `api`: the AWS CLI's name, and the operation; absent is any. */
  readonly service?: string;
  readonly operation?: string;
  /** `delivery`: the rule's, subscription's or target's ARN; ends with `*` for a prefix. */
  readonly arn?: string;
  /** 0 to 1; absent: always. */
  readonly probability?: number;
  /** Ends after so many strikes; absent: never. */
  readonly times?: number;
  /** The code that it fails with. */
  readonly error?: string;
  /** How much later it is answered, handed over, or tried again when it fails. */
  readonly delayMs?: number;
  /** `delivery`: the hand-over succeeds, and is made once more. */
  readonly duplicate?: boolean;
  /** Of its random choices; absent: drawn from those of the stack. */
  readonly seed?: number;
}

export interface FaultRule extends FaultSpec {
  readonly id: string;
  readonly probability: number;
  readonly seed: number;
  readonly hits: number;
  readonly misses: number;
}

/** What a rule does to one thing. */
export type Strike = Pick<FaultSpec, 'error' | 'delayMs' | 'duplicate'> & { readonly id: string };

/** Rules at once; a script that adds them in a loop is told. */
export const MOST_FAULTS = 100;

interface Known {
  rule: FaultRule;
  readonly random: () => number;
}

export class Faults {
  readonly #seed: () => number;
  readonly #known = new Map<string, Known>();
  #made = 0;
  #live: readonly Known[] = [];

  /** `random` gives seeds to rules that bring none. */
  constructor(random: () => number) {
    this.#seed = () => Math.floor(random() * 2 ** 32);
  }

  /** Whether any rule can still strike. */
  get on(): boolean {
    return this.#live.length > 0;
  }

  /** In the order in which they were added; those that have ended too. */
  list(): readonly FaultRule[] {
    return [...this.#known.values()].map(({ rule }) => rule);
  }

  /** Throws `RangeError` for what makes no rule, in one sentence. */
  add(spec: FaultSpec): FaultRule {
    check(spec);
    if (this.#known.size >= MOST_FAULTS) {
      throw new RangeError(`There are ${MOST_FAULTS} faults already; remove some.`);
    }
    this.#made += 1;
    const { probability = 1, seed = this.#seed() } = spec;
    const rule = { ...spec, id: `fault-${this.#made}`, probability, seed, hits: 0, misses: 0 };
    this.#known.set(rule.id, { rule, random: seededIds(seed).random });
    this.#sort();
    return rule;
  }

  /** Whether there was such a rule. */
  remove(id: string): boolean {
    const was = this.#known.delete(id);
    this.#sort();
    return was;
  }

  clear(): void {
    this.#known.clear();
    this.#sort();
  }

  /** What happens to an operation that a client asks for. */
  api(service: string, operation: string): Strike | undefined {
    return this.#first(
      ({ at, ...rule }) =>
        at === 'api' &&
        (rule.service ?? service) === service &&
        (rule.operation ?? operation) === operation,
    );
  }

  /**
   * What happens to a hand-over that has one of these ARNs. One that was delayed or doubled
   * `before` can only fail.
   */
  delivery(arns: readonly string[], before: boolean): Strike | undefined {
    return this.#first(
      ({ at, arn, error }) =>
        at === 'delivery' &&
        !(before && error === undefined) &&
        (arn === undefined || arns.some((one) => isMeant(arn, one))),
    );
  }

  #first(concerns: (rule: FaultRule) => boolean): Strike | undefined {
    for (const known of this.#live) {
      const { rule, random } = known;
      if (!concerns(rule)) continue;
      if (random() >= rule.probability) {
        known.rule = { ...rule, misses: rule.misses + 1 };
        continue;
      }
      known.rule = { ...rule, hits: rule.hits + 1 };
      this.#sort();
      const { id, error, delayMs, duplicate } = rule;
      return {
        id,
        ...(error !== undefined && { error }),
        ...(delayMs !== undefined && { delayMs }),
        ...(duplicate && { duplicate }),
      };
    }
    return undefined;
  }

  #sort(): void {
    const all = [...this.#known.values()];
    this.#live = all.filter(({ rule: { hits, times } }) => times === undefined || hits < times);
  }
}

function isMeant(pattern: string, arn: string): boolean {
  return pattern.endsWith('*') ? arn.startsWith(pattern.slice(0, -1)) : pattern === arn;
}

const LONGEST_MS = 86_400_000;

function check(spec: FaultSpec): void {
  const { at, service, operation, arn, probability = 1, times, error, delayMs, duplicate } = spec;
  const isApi = at === 'api';
  refuseIf(isApi && arn !== undefined, 'A fault of the API has no "arn".');
  refuseIf(isApi && duplicate === true, 'A request is not doubled: "duplicate" is for deliveries.');
  const isOfApi = service !== undefined || operation !== undefined;
  refuseIf(!isApi && isOfApi, 'A fault of deliveries has neither "service" nor "operation".');
  refuseIf(!(probability >= 0 && probability <= 1), '"probability" is from 0 to 1.');
  refuseIf(times !== undefined && !isWhole(times, 1, 1e9), '"times" is a whole number above 0.');
  const hasDelay = delayMs !== undefined;
  refuseIf(hasDelay && !isWhole(delayMs, 0, LONGEST_MS), `"delayMs" is from 0 to ${LONGEST_MS}.`);
  refuseIf(
    error === undefined && !hasDelay && !duplicate,
    'A fault does something: "error", "delayMs", or "duplicate" for deliveries.',
  );
  const isCode = error === undefined || /^[\w.]{1,128}$/.test(error);
  refuseIf(!isCode, '"error" is a code, such as ThrottlingException.');
  refuseIf(duplicate === true && error !== undefined, 'What fails is not doubled.');
  const isSeed = spec.seed === undefined || isWhole(spec.seed, 0, 2 ** 32 - 1);
  refuseIf(!isSeed, '"seed" is a whole number below 2^32.');
}

function isWhole(number: number, least: number, most: number): boolean {
  return Number.isSafeInteger(number) && number >= least && number <= most;
}

function refuseIf(wrong: boolean, sentence: string): void {
  if (wrong) throw new RangeError(sentence);
}
