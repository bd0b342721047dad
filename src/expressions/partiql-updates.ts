/** The SET and REMOVE clauses of a PartiQL update. */
import { ExpressionError } from './errors.ts';
import type { WrittenOperand, WrittenPath } from './operands.ts';
import { malformed, type StatementCursor } from './partiql-tokens.ts';
import { readLiteral, readPath, seesLiteral } from './partiql-values.ts';
import type { WrittenAction } from './update-grammar.ts';

export function readAssignments(cursor: StatementCursor): readonly WrittenAction[] {
  const actions: WrittenAction[] = [];
  while (cursor.sees('SET') || cursor.sees('REMOVE')) {
    const read = cursor.next().text.toUpperCase() === 'SET' ? readSet : readRemove;
    do actions.push(read(cursor));
    while (cursor.takes(','));
  }
  if (actions.length === 0) throw malformed('Expected data manipulation');
  return actions;
}

function readRemove(cursor: StatementCursor): WrittenAction {
  return { section: 'REMOVE', path: readPath(cursor) };
}

/** SET_ADD and SET_DELETE are the ADD and DELETE of update expressions. */
const SET_FUNCTIONS: ReadonlyMap<string, 'ADD' | 'DELETE'> = new Map([
  ['SET_ADD', 'ADD'],
  ['SET_DELETE', 'DELETE'],
]);

function readSet(cursor: StatementCursor): WrittenAction {
  const from = cursor.mark();
  const path = readPath(cursor);
  const target = cursor.since(from);
  cursor.expect('=');
  const section = SET_FUNCTIONS.get(cursor.peek().text.toUpperCase());
  if (section && cursor.sees('(', 1)) return readSetFunction(cursor, section, path, target);
  return { section: 'SET', path, operand: readSum(cursor) };
}

function readSetFunction(
  cursor: StatementCursor,
  section: 'ADD' | 'DELETE',
  path: WrittenPath,
  target: string,
): WrittenAction {
  cursor.next();
  cursor.expect('(');
  const from = cursor.mark();
  readPath(cursor);
  if (cursor.since(from) !== target) {
    throw new ExpressionError(
      `The first argument to SET_${section} must equal the assignment value`,
    );
  }
  cursor.expect(',');
  const value = readLiteral(cursor);
  cursor.expect(')', 'Expected RIGHT_PAREN');
  if (!('SS' in value || 'NS' in value || 'BS' in value)) {
    throw new ExpressionError(
      `The second argument to SET_${section} must be a value with type SET`,
    );
  }
  return { section, path, operand: cursor.value(value) };
}

function readSum(cursor: StatementCursor): WrittenOperand {
  const left = readOperand(cursor);
  const operator = cursor.sees('+') ? '+' : '-';
  if (!cursor.takes(operator)) return left;
  return { kind: 'sum', operator, left, right: readOperand(cursor) };
}

function readOperand(cursor: StatementCursor): WrittenOperand {
  if (cursor.takes('(')) {
    const inner = cursor.nested(() => readSum(cursor));
    cursor.expect(')', 'Expected RIGHT_PAREN');
    return inner;
  }
  if (seesLiteral(cursor)) return cursor.value(readLiteral(cursor));
  if (cursor.peek().kind !== 'word' || !cursor.sees('(', 1)) return readPath(cursor);
  const name = cursor.next().text.toLowerCase();
  if (name !== 'list_append' && name !== 'if_not_exists') {
    throw new ExpressionError(`Unrecognized function: ${name}`);
  }
  cursor.expect('(');
  const operands = cursor.nested(() => {
    const all = [readOperand(cursor)];
    while (cursor.takes(',')) all.push(readOperand(cursor));
    return all;
  });
  cursor.expect(')', 'Expected RIGHT_PAREN');
  return { kind: 'call', name, operands };
}
