/**
 * The keys that a WHERE clause names.
 *
 * Only what stands in the outermost AND binds every item; a key within OR or NOT is a filter like
 * any other.
 */
import { type Item, typeOf, type Value } from './attribute-values.ts';
import type { Condition, Operand } from './conditions.ts';
import { ExpressionError } from './errors.ts';
import type { KeyAttribute, KeySchema, RangeCondition } from './key-conditions.ts';

/** How a SELECT reaches its items. */
export interface Reach {
  /** The partitions to query; absent for a scan. */
  readonly hash?: readonly Value[];
  readonly range?: RangeCondition;
  /** What is left to filter by. */
  readonly filter?: Condition;
}

/** The one item that an UPDATE or DELETE works on. */
export interface Target {
  readonly key: Item;
  readonly condition?: Condition;
}

export function reachOf(condition: Condition | undefined, schema: KeySchema): Reach {
  if (condition === undefined) return {};
  const terms = termsOf(condition);
  const hashTerm = terms.find((term) => hashValues(term, schema.hash) !== undefined);
  const hash = hashTerm && hashValues(hashTerm, schema.hash);
  if (hash === undefined) return { filter: condition };
  checkTypes(schema.hash, hash);
  const key = schema.range;
  const rangeTerm = key && terms.find((term) => rangeOf(term, key.name) !== undefined);
  const range = key && rangeTerm && rangeOf(rangeTerm, key.name);
  if (key && range) checkTypes(key, range.values);
  const filter = together(terms.filter((term) => term !== hashTerm && term !== rangeTerm));
  return { hash, ...(range ? { range } : {}), ...(filter ? { filter } : {}) };
}

export function targetOf(where: Condition, schema: KeySchema): Target {
  const terms = termsOf(where);
  const attributes = schema.range ? [schema.hash, schema.range] : [schema.hash];
  const keys = attributes.map((attribute) => {
    const { name } = attribute;
    const [term, another] = terms.filter((one) => rangeOf(one, name)?.operator === '=');
    if (another) {
      const only = 'Only single item Update/Insert/Delete are supported';
      throw new ExpressionError(`Multiple conditions on same key ${name}. ${only}`);
    }
    const [value] = (term && rangeOf(term, name)?.values) ?? [];
    if (term === undefined || value === undefined) {
      throw new ExpressionError(
        'Where clause does not contain a mandatory equality on all key attributes',
      );
    }
    checkTypes(attribute, [value]);
    return { name, value, term };
  });
  const used = new Set<Condition>(keys.map(({ term }) => term));
  const condition = together(terms.filter((term) => !used.has(term)));
  const key = Object.fromEntries(keys.map(({ name, value }) => [name, value]));
  return { key, ...(condition ? { condition } : {}) };
}

function termsOf(condition: Condition): readonly Condition[] {
  return condition.kind === 'and' ? condition.terms.flatMap(termsOf) : [condition];
}

function together(terms: readonly Condition[]): Condition | undefined {
  return terms.length > 1 ? { kind: 'and', terms } : terms[0];
}

function hashValues(term: Condition, { name }: KeyAttribute): readonly Value[] | undefined {
  if (term.kind === 'in' && isAttribute(term.operand, name)) return constants(term.among);
  const range = rangeOf(term, name);
  return range?.operator === '=' ? range.values : undefined;
}

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** What `term` says of the attribute `name`, if that can be a key condition. */
function rangeOf(term: Condition, name: string): RangeCondition | undefined {
  if (term.kind === 'compare' && term.comparator !== '<>') {
    const { comparator, left, right } = term;
    const turned = isAttribute(right, name);
    if (!turned && !isAttribute(left, name)) return undefined;
    const values = constants([turned ? left : right]);
    return values && { operator: turned ? MIRRORED[comparator] : comparator, values };
  }
  if (term.kind === 'between' && isAttribute(term.operand, name)) {
    const values = constants([term.lower, term.upper]);
    return values && { operator: 'between', values };
  }
  if (term.kind !== 'begins' || !isAttribute(term.operand, name)) return undefined;
  const values = constants([term.prefix]);
  return values && { operator: 'begins_with', values };
}

function isAttribute(operand: Operand, name: string): boolean {
  return operand.kind === 'path' && operand.path.length === 1 && operand.path[0] === name;
}

function constants(operands: readonly Operand[]): readonly Value[] | undefined {
  const values = operands.flatMap((operand) => (operand.kind === 'value' ? [operand.value] : []));
  return values.length === operands.length ? values : undefined;
}

function checkTypes({ name, type }: KeyAttribute, values: readonly Value[]): void {
  if (values.every((value) => typeOf(value) === type)) return;
  throw new ExpressionError(
    `Key attribute's data type should match its data type in table's schema: Key ${name}`,
  );
}
