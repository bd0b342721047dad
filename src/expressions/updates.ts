/**
 * Update expressions: a new item from an old one.
 *
 * Every right-hand side sees the item as it was, and every list position means the position it
 * had then: what is removed from a list closes up only after all else is in place, and what is
 * set beyond its end is appended in the order of the positions.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
import type { Item, Value } from './attribute-values.ts';
import { type Edit, editItem } from './edits.ts';
import { ExpressionError } from './errors.ts';
import { addNumbers, subtractNumbers } from './numbers.ts';
import { type Path, valueAt } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import { addTo, deleteFrom } from './sets.ts';
import { Cursor } from './tokens.ts';
import { bindUpdate } from './update-binding.ts';
import { readUpdate } from './update-grammar.ts';

export interface Update {
  readonly actions: readonly Action[];
  /** What is said of a type that ADD or DELETE cannot work on, where not the usual. */
  readonly mismatch?: string;
}

export type Action =
  | { readonly kind: 'set'; readonly path: Path; readonly source: Source }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add' | 'delete'; readonly path: Path; readonly value: Value };

/** Where the value of a SET comes from. */
export type Source =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'default'; readonly path: Path; readonly otherwise: Source }
  | { readonly kind: 'append'; readonly left: Source; readonly right: Source }
  | {
      readonly kind: 'sum';
      readonly operator: '+' | '-';
      readonly left: Source;
      readonly right: Source;
    };

export interface Updated {
  readonly item: Item;
  /** The paths that the update names as its targets, for ReturnValues. */
  readonly changed: readonly Path[];
}

export function parseUpdate(text: string, placeholders: Placeholders): Update {
  const cursor = new Cursor(text, 'UpdateExpression');
  return bindUpdate(readUpdate(cursor), cursor.kind, placeholders);
}

const WRONG_OPERAND = 'An operand in the update expression has an incorrect data type';

export function applyUpdate(update: Update, item: Item): Updated {
  const { actions, mismatch = WRONG_OPERAND } = update;
  const edits = actions.map((action) => editOf(action, item, mismatch));
  return { item: editItem(item, edits), changed: pathsOf(update) };
}

/** The paths that `update` writes to. */
export function pathsOf(update: Update): readonly Path[] {
  return update.actions.map(({ path }) => path);
}

function editOf(action: Action, item: Item, mismatch: string): Edit {
  const { path } = action;
  switch (action.kind) {
    case 'set':
      return { path, value: evaluate(action.source, item) };
    case 'remove':
      return { path, value: undefined };
    case 'add':
      return { path, value: addTo(valueAt(item, path), action.value, mismatch) };
    case 'delete':
      return { path, value: deleteFrom(valueAt(item, path), action.value, mismatch) };
  }
}

function evaluate(source: Source, item: Item): Value {
  switch (source.kind) {
    case 'value':
      return source.value;
    case 'path': {
      const value = valueAt(item, source.path);
      if (value !== undefined) return value;
      throw new ExpressionError(
        'The provided expression refers to an attribute that does not exist in the item',
      );
    }
    case 'default':
      return valueAt(item, source.path) ?? evaluate(source.otherwise, item);
    case 'append': {
      const [left, right] = [evaluate(source.left, item), evaluate(source.right, item)];
      if (!('L' in left && 'L' in right)) throw new ExpressionError(WRONG_OPERAND);
      return { L: [...left.L, ...right.L] };
    }
    case 'sum': {
      const [left, right] = [evaluate(source.left, item), evaluate(source.right, item)];
      if (!('N' in left && 'N' in right)) throw new ExpressionError(WRONG_OPERAND);
      const combine = source.operator === '+' ? addNumbers : subtractNumbers;
      return { N: combine(left.N, right.N) };
    }
  }
}
