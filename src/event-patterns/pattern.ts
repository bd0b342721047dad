/**
 * An event pattern as a value: what each field of an event must be for the event to match.
 *
 * `$or` is unfolded, so a pattern is a list of branches of which one must match, and a branch is
 * a list of fields that all must. A field is named by its path, the keys joined with dots, because
 * that is how AWS compares: the event key "a.b" and the key "b" inside "a" are one path.
 */
import { type Condition, type ValueTest, valueTest } from './condition.ts';
import { DIALECTS, type Dialect, type DialectName } from './dialect.ts';
import { PatternError } from './error.ts';
import { type Steps, stepsOf } from './leaves.ts';
import { readElement } from './match-expression.ts';
import { type Reading, refuse } from './reading.ts';
import { metAt, type ObjectSource, readSource, type Source } from './source.ts';
import { complexity, MAX_COMPLEXITY, type Wildcard } from './wildcard.ts';

export interface Pattern {
  readonly branches: readonly Branch[];
  /** How many `wildcard` operators it has; EventBridge limits rules with any per bus. */
  readonly wildcards: number;
}

/** In order of path, which is the order in which AWS looks at fields. */
export type Branch = readonly Field[];

export interface Field {
  readonly path: string;
  readonly steps: Steps;
  readonly conditions: readonly Condition[];
  /** The conditions on a value that is there. */
  readonly test: ValueTest;
  /** Whether the field may be missing: `{"exists": false}` is among the conditions. */
  readonly mayBeAbsent: boolean;
  /** The conditions as they are written. */
  readonly text: string;
}

/** Reads a pattern, or throws a PatternError with AWS's reason. */
export function parsePattern(text: string, dialectName: DialectName = 'events'): Pattern {
  const dialect = DIALECTS[dialectName];
  const reading = { text, dialect };
  if (Buffer.byteLength(text) > dialect.limits.bytes) {
    throw new PatternError(`${dialect.reasonPrefix}Filter policy is too large`);
  }
  const root = readRoot(reading);
  const drafts =
    root.members.length === 0 && dialect.mayBeEmpty
      ? [new Map<string, Draft>()]
      : readMembers(reading, root, [], [], { inOr: false });
  const branches = drafts.map((draft) => [...draft.values()]);
  checkLimits(dialect, branches);
  return { branches: branches.map(inOrder), wildcards: checkWildcards(branches) };
}

function readRoot(reading: Reading): ObjectSource {
  const root = readSource(reading);
  if (root?.kind === 'object') return root;
  throw refuse(reading, 'Filter is not an object', root ? metAt(root) : reading.text.length);
}

/** A field while it is read: with what the limits of Amazon SNS count. */
interface Draft extends Field {
  readonly topKey: string;
  readonly depth: number;
}

/** One branch while it is read, by path: a path that is written twice has its last conditions. */
type Drafts = Map<string, Draft>;

function readMembers(
  reading: Reading,
  node: ObjectSource,
  keys: readonly string[],
  branches: Drafts[],
  place: { readonly inOr: boolean },
): Drafts[] {
  if (node.members.length === 0) throw refuse(reading, 'Empty objects are not allowed', node.end);
  let grown = branches;
  for (const { key, value } of node.members) {
    const alternatives = key === '$or' ? alternativesOf(value) : undefined;
    if (alternatives) {
      grown = alternatives.flatMap((alternative) => {
        const copies = grown.length > 0 ? grown.map((branch) => new Map(branch)) : [new Map()];
        return readMembers(reading, alternative, keys, copies, { inOr: true });
      });
      checkBranches(reading.dialect, grown.length);
    } else if (value.kind === 'object') {
      if (!reading.dialect.nests) {
        throw new PatternError(
          'Filter policy scope MessageAttributes does not support nested filter policy',
        );
      }
      grown = readMembers(reading, value, [...keys, key], grown, place);
    } else {
      const field = readField(reading, [...keys, key], value);
      if (grown.length === 0) grown = [new Map()];
      for (const branch of grown) branch.set(field.path, field);
    }
  }
  return grown;
}

function readField(reading: Reading, keys: readonly string[], node: Source): Draft {
  if (node.kind !== 'array') {
    throw refuse(reading, `"${keys.at(-1)}" must be an object or an array`, metAt(node));
  }
  const conditions = node.elements.map((element) => readElement(reading, element));
  if (conditions.length === 0) throw refuse(reading, 'Empty arrays are not allowed', node.end);
  const path = keys.join('.');
  return {
    path,
    steps: stepsOf(path),
    conditions,
    test: valueTest(conditions.filter((condition) => condition.kind !== 'absent')),
    mayBeAbsent: conditions.some((condition) => condition.kind === 'absent'),
    text: reading.text.slice(node.start, node.end),
    topKey: keys[0] ?? '',
    depth: keys.length,
  };
}

/** Names that no field inside `$or` may have, or `$or` is a field name itself. */
const RESERVED = new Set([
  ...['exactly', 'prefix', 'suffix', 'equals-ignore-case', 'anything-but', 'numeric', 'exists'],
  ...['cidr', 'wildcard', 'html', 'regex', '=', '<', '<=', '>', '>='],
  ...['not-wildcard', 'not-equals-ignore-case', 'date-after', 'date-on-or-after', 'date-before'],
  ...['date-on-or-before', 'in-date-range', 'ip-address-in-range', 'ip-address-not-in-range'],
]);

/**
 * The alternatives of an `$or`: two objects or more without reserved names. Undefined when `$or`
 * is a field like any other.
 * https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
 */
function alternativesOf(node: Source): readonly ObjectSource[] | undefined {
  if (node.kind !== 'array' || node.elements.length < 2) return undefined;
  const objects = node.elements.filter((element) => element.kind === 'object');
  const all = objects.length === node.elements.length;
  return all && !objects.some(namesReserved) ? objects : undefined;
}

function namesReserved(node: ObjectSource): boolean {
  return node.members.some(
    ({ key, value }) => RESERVED.has(key) || (value.kind === 'object' && namesReserved(value)),
  );
}

function checkBranches(dialect: Dialect, count: number): void {
  if (count <= dialect.limits.branches) return;
  // EventBridge documents the bound but not the words.
  throw new PatternError(
    dialect === DIALECTS.events
      ? `Rule combinations exceed the maximum of ${dialect.limits.branches}`
      : `${dialect.reasonPrefix}Filter policy is too complex`,
  );
}

/**
 * Amazon SNS counts the keys of the top level, and multiplies the values of each key and the depth
 * it lies at. With `$or` each branch is a policy of its own, and their combinations add up; this
 * last rule is not documented, but its documented examples fit no stricter one.
 * https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
function checkLimits(dialect: Dialect, branches: readonly (readonly Draft[])[]): void {
  let combinations = 0;
  for (const branch of branches) {
    const keys = new Set(branch.map((field) => field.topKey)).size;
    if (keys > dialect.limits.keys) {
      throw new PatternError(
        `${dialect.reasonPrefix}Filter policy can not have more than ${dialect.limits.keys} keys`,
      );
    }
    combinations += branch.reduce(
      (product, { conditions, depth }) => product * conditions.length * depth,
      1,
    );
  }
  if (combinations > dialect.limits.combinations) {
    throw new PatternError(`${dialect.reasonPrefix}Filter policy is too complex`);
  }
}

/** Counts the wildcards and refuses fields whose wildcards are too many at once. */
function checkWildcards(branches: readonly (readonly Field[])[]): number {
  const fields = new Set(branches.flat());
  let count = 0;
  for (const { conditions } of fields) {
    const wildcards = conditions.flatMap(wildcardsOf);
    count += wildcards.length;
    if (wildcards.length > 0 && complexity(wildcards) > MAX_COMPLEXITY) {
      throw new PatternError(
        'Rule is too complex - try using fewer wildcard characters or fewer repeating character ' +
          'sequences after a wildcard character',
      );
    }
  }
  return count;
}

function wildcardsOf(condition: Condition): Wildcard[] {
  if (condition.kind === 'wildcard') return [condition.wildcard];
  if (condition.kind === 'anything-but') return condition.excluded.others.flatMap(wildcardsOf);
  return [];
}

function inOrder(branch: readonly Field[]): Branch {
  return [...branch].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
