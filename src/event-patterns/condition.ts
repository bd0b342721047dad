/**
 * What a pattern may ask of one value, and whether a value answers it.
 *
 * A value is a leaf of an event: string, number, boolean or null. A number is compared by its
 * decimal value, as event-ruler does (300, 300.0 and 3e2 are one); an integer that a double cannot
 * hold arrives as a bigint (`parseExact`) and equals only itself. Operators on text ignore values
 * that are no strings, `numeric` ignores what is no number.
 */
import { type Block, contains } from './addresses.ts';
import { type Wildcard, wildcardMatches } from './wildcard.ts';

export type Scalar = string | number | bigint | boolean | null;

export type Condition =
  | { readonly kind: 'exact'; readonly value: Scalar }
  | { readonly kind: 'equals-ignore-case'; readonly folded: string }
  | { readonly kind: 'prefix' | 'suffix'; readonly text: string; readonly ignoreCase: boolean }
  | { readonly kind: 'wildcard'; readonly wildcard: Wildcard }
  | ({ readonly kind: 'numeric' } & Range)
  | { readonly kind: 'cidr'; readonly block: Block }
  | { readonly kind: 'anything-but'; readonly excluded: ValueTest }
  | { readonly kind: 'exists' }
  | { readonly kind: 'absent' };

/** The numbers between two bounds; an `open` bound is not itself inside. */
export interface Range {
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
  /** What AWS compares at all: values beyond are no match for any range. */
  readonly limit: number;
}

/** A list of conditions of which one must hold, the exact values set apart. */
export interface ValueTest {
  /** The first exact value, which is often the only one. */
  readonly first: Scalar | undefined;
  /** All exact values, when there are several. */
  readonly exact: ReadonlySet<Scalar> | undefined;
  readonly others: readonly Condition[];
}

export function valueTest(conditions: readonly Condition[]): ValueTest {
  const exact = new Set<Scalar>();
  const others: Condition[] = [];
  for (const condition of conditions) {
    if (condition.kind === 'exact') exact.add(condition.value);
    else others.push(condition);
  }
  const [first] = exact;
  return { first, exact: exact.size > 1 ? exact : undefined, others };
}

/** Whether `value`, a leaf that is there, answers one of the test's conditions. */
export function accepts(test: ValueTest, value: Scalar): boolean {
  if (test.first === value || test.exact?.has(value) === true) return true;
  for (const condition of test.others) if (holds(condition, value)) return true;
  return false;
}

/** Whether `value`, a leaf that is there, answers `condition`. */
export function holds(condition: Condition, value: Scalar): boolean {
  switch (condition.kind) {
    case 'exact':
      return condition.value === value;
    case 'exists':
      return true;
    case 'absent':
      return false;
    case 'anything-but':
      return !accepts(condition.excluded, value);
    case 'numeric':
      return typeof value === 'number' && inRange(condition, value);
    default:
      return typeof value === 'string' && holdsForText(condition, value);
  }
}

type TextKind = 'equals-ignore-case' | 'prefix' | 'suffix' | 'wildcard' | 'cidr';
type TextCondition = Extract<Condition, { kind: TextKind }>;

function holdsForText(condition: TextCondition, value: string): boolean {
  switch (condition.kind) {
    case 'equals-ignore-case':
      return fold(value) === condition.folded;
    case 'prefix':
      return (condition.ignoreCase ? fold(value) : value).startsWith(condition.text);
    case 'suffix':
      return (condition.ignoreCase ? fold(value) : value).endsWith(condition.text);
    case 'wildcard':
      return wildcardMatches(condition.wildcard, value);
    case 'cidr':
      return contains(condition.block, value);
  }
}

/** The form of a text in which case makes no difference. */
export function fold(text: string): string {
  return text.toLowerCase();
}

export function inRange(range: Range, value: number): boolean {
  if (value < -range.limit || value > range.limit) return false;
  const above = range.lowOpen ? value > range.low : value >= range.low;
  return above && (range.highOpen ? value < range.high : value <= range.high);
}
