/**
 * PartiQL statements, as the same conditions, updates and items that requests hold.
 *
 * One statement works on one table: SELECT on a table or index, INSERT of one item, UPDATE and
 * DELETE of the one item whose key the WHERE clause names, and EXISTS within transactions.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
 */
import type { Item, Value, ValueInput } from './attribute-values.ts';
import { Binding } from './binding.ts';
import { bindCondition } from './condition-binding.ts';
import type { WrittenCondition } from './condition-grammar.ts';
import type { Condition } from './conditions.ts';
import { ExpressionError } from './errors.ts';
import type { WrittenPath } from './operands.ts';
import { readWhere } from './partiql-conditions.ts';
import { malformed, StatementCursor } from './partiql-tokens.ts';
import { readAssignments } from './partiql-updates.ts';
import { readLiteral, readName, readPath } from './partiql-values.ts';
import { type Path, valueAt } from './paths.ts';
import { bindUpdate } from './update-binding.ts';
import type { Update } from './updates.ts';

/** Part of an item in an answer, under a name of its own. */
export interface Column {
  readonly name: string;
  readonly path: Path;
}

export interface Order {
  readonly name: string;
  readonly descending: boolean;
}

export interface Select {
  readonly kind: 'select';
  readonly table: string;
  readonly index?: string;
  /** Absent for `*`. */
  readonly columns?: readonly Column[];
  readonly condition?: Condition;
  readonly order: readonly Order[];
}

export type Returning = 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW';

export type Statement =
  | Select
  | { readonly kind: 'insert'; readonly table: string; readonly item: Item }
  | {
      readonly kind: 'update';
      readonly table: string;
      readonly update: Update;
      readonly condition: Condition;
      readonly returning?: Returning;
    }
  | {
      readonly kind: 'delete';
      readonly table: string;
      readonly condition: Condition;
      readonly returning?: Returning;
    }
  /** For transactions only: that the item selected is there. */
  | { readonly kind: 'exists'; readonly select: Select };

export function parseStatement(text: string, parameters: readonly ValueInput[] = []): Statement {
  const cursor = new StatementCursor(text, parameters);
  if (cursor.takes('SELECT')) return readSelect(cursor);
  if (cursor.takes('INSERT')) return readInsert(cursor);
  if (cursor.takes('UPDATE')) return readUpdate(cursor);
  if (cursor.takes('DELETE')) return readDelete(cursor);
  if (cursor.takes('EXISTS')) return readExists(cursor);
  throw malformed('Expected data manipulation');
}

/** The columns of a SELECT, as far as `item` has them. */
export function columnsOf(columns: readonly Column[], item: Item): Item {
  const found = columns.flatMap(({ name, path }): [string, Value][] => {
    const value = valueAt(item, path);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

function readSelect(cursor: StatementCursor): Statement {
  const bind = readSelection(cursor);
  cursor.expectEnd();
  return bind();
}

/** Reads what follows SELECT; binds once all parameters are known to be there. */
function readSelection(cursor: StatementCursor): () => Select {
  const paths = readColumns(cursor);
  cursor.expect('FROM');
  const table = readName(cursor);
  const index = cursor.takes('.') ? readName(cursor) : undefined;
  const where = cursor.takes('WHERE') ? readWhere(cursor) : undefined;
  const order = readOrder(cursor);
  if (order.length > 0 && where === undefined) {
    throw new ExpressionError(
      'Must have WHERE clause in the statement when using ORDER BY clause.',
    );
  }
  return () => ({
    kind: 'select',
    table,
    order,
    ...(index === undefined ? {} : { index }),
    ...(paths === undefined ? {} : { columns: bindColumns(cursor, paths) }),
    ...(where === undefined ? {} : { condition: bindWhere(cursor, where) }),
  });
}

function readColumns(cursor: StatementCursor): readonly WrittenPath[] | undefined {
  if (cursor.takes('*')) {
    if (!cursor.sees(',')) return undefined;
    throw new ExpressionError(
      "Other attributes should not be present in the projection when '*' is used.",
    );
  }
  const paths = [readPath(cursor)];
  while (cursor.takes(',')) paths.push(readPath(cursor));
  if (cursor.sees('AS')) throw new ExpressionError('Aliasing is not supported');
  return paths;
}

function bindColumns(cursor: StatementCursor, paths: readonly WrittenPath[]): readonly Column[] {
  const binding = new Binding('Statement', cursor.placeholders());
  const columns = paths.map((written): Column => {
    const path = binding.path(written);
    return { name: columnName(path), path };
  });
  binding.check();
  const names = columns.map(({ name }) => name);
  const again = names.find((name, index) => names.indexOf(name) < index);
  if (again === undefined) return columns;
  throw new ExpressionError(`Duplicate identifiers in select clause: ${again}`);
}

/** `a.b[2]` is answered under `b[2]`. */
function columnName(path: Path): string {
  const last = path.findLastIndex((step) => typeof step === 'string');
  const [name, ...positions] = path.slice(last);
  return `${name}${positions.map((position) => `[${position}]`).join('')}`;
}

function readOrder(cursor: StatementCursor): readonly Order[] {
  if (!cursor.takes('ORDER')) return [];
  cursor.expect('BY');
  const order: Order[] = [];
  do {
    const name = readName(cursor);
    const descending = cursor.takes('DESC');
    if (!descending) cursor.takes('ASC');
    order.push({ name, descending });
  } while (cursor.takes(','));
  return order;
}

function readInsert(cursor: StatementCursor): Statement {
  cursor.expect('INTO');
  const table = readName(cursor);
  cursor.expect('VALUE', 'Unexpected keyword');
  const item = readLiteral(cursor);
  if (cursor.sees('RETURNING')) throw new ExpressionError('RETURNING is not supported in INSERT');
  cursor.expectEnd();
  if ('M' in item) return { kind: 'insert', table, item: item.M };
  throw new ExpressionError(
    'Unsupported format in item expression. Please use struct format {...} to express item ' +
      'values for insert statement.',
  );
}

function readUpdate(cursor: StatementCursor): Statement {
  const table = readTable(cursor);
  const actions = readAssignments(cursor);
  const where = readRequiredWhere(cursor);
  const returning = readReturning(cursor);
  cursor.expectEnd();
  const update = bindUpdate({ sections: [], actions }, 'Statement', cursor.placeholders());
  const condition = bindWhere(cursor, where);
  return { kind: 'update', table, update, condition, ...(returning ? { returning } : {}) };
}

function readDelete(cursor: StatementCursor): Statement {
  cursor.expect('FROM');
  const table = readTable(cursor);
  const where = readRequiredWhere(cursor);
  const returning = readReturning(cursor);
  cursor.expectEnd();
  if (returning !== undefined && returning !== 'ALL_OLD') {
    const which = returning.replace('UPDATED', 'MODIFIED').replace('_', ' ');
    throw new ExpressionError(
      `Invalid returning clause: RETURNING ${which} *. ` +
        'Only RETURNING ALL OLD * is allowed in DELETE statements.',
    );
  }
  const condition = bindWhere(cursor, where);
  return { kind: 'delete', table, condition, ...(returning ? { returning } : {}) };
}

function readExists(cursor: StatementCursor): Statement {
  cursor.expect('(');
  cursor.expect('SELECT');
  const bind = readSelection(cursor);
  cursor.expect(')', 'Expected RIGHT_PAREN');
  cursor.expectEnd();
  return { kind: 'exists', select: bind() };
}

/** The table of a change, which an index cannot be. */
function readTable(cursor: StatementCursor): string {
  const table = readName(cursor);
  if (!cursor.sees('.')) return table;
  throw new ExpressionError('This operation is not supported on an index');
}

function readRequiredWhere(cursor: StatementCursor): WrittenCondition {
  if (cursor.takes('WHERE')) return readWhere(cursor);
  if (cursor.peek().kind !== 'end') throw malformed('Unexpected token after expression');
  throw new ExpressionError(
    'Where clause does not contain a mandatory equality on all key attributes',
  );
}

function bindWhere(cursor: StatementCursor, where: WrittenCondition): Condition {
  return bindCondition(where, 'Statement', cursor.placeholders());
}

function readReturning(cursor: StatementCursor): Returning | undefined {
  if (!cursor.takes('RETURNING')) return undefined;
  const scope = cursor.takes('ALL') ? 'ALL' : 'UPDATED';
  if (scope === 'UPDATED') cursor.expect('MODIFIED');
  const age = cursor.takes('OLD') ? 'OLD' : 'NEW';
  if (age === 'NEW') cursor.expect('NEW');
  if (cursor.takes('*')) return `${scope}_${age}`;
  throw new ExpressionError(
    "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause",
  );
}
