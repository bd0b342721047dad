/**
 * The WHERE clause of PartiQL statements, as a written condition.
 *
 * ```
 * or         = and { OR and }
 * and        = not { AND not }
 * not        = NOT not | comparison
 * comparison = operand [ comparator operand | BETWEEN operand AND operand
 *                      | [ NOT ] IN [ operands ] | IS [ NOT ] type ]
 * ```
 */
import type { Comparator, WrittenCondition } from './condition-grammar.ts';
import { ExpressionError } from './errors.ts';
import type { WrittenCall, WrittenOperand } from './operands.ts';
import { malformed, type StatementCursor } from './partiql-tokens.ts';
import { readLiteral, readPath, seesLiteral } from './partiql-values.ts';

type Node = WrittenCondition | WrittenOperand;

const COMPARATORS: ReadonlyMap<string, Comparator> = new Map([
  ['=', '='],
  ['<>', '<>'],
  ['!=', '<>'],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

const FUNCTIONS: ReadonlySet<string> = new Set([
  'attribute_type',
  'begins_with',
  'contains',
  'size',
]);

/** The types that IS knows, and what DynamoDB calls them elsewhere. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['NULL', 'NULL'],
  ['BOOLEAN', 'BOOL'],
  ['BLOB', 'B'],
  ['STRING', 'S'],
  ['NUMERIC', 'N'],
  ['STRUCT', 'M'],
  ['TUPLE', 'M'],
  ['LIST', 'L'],
]);

export function readWhere(cursor: StatementCursor): WrittenCondition {
  return asCondition(readTerms(cursor, 'or'));
}

function readTerms(cursor: StatementCursor, kind: 'or' | 'and'): Node {
  const read = () => (kind === 'or' ? readTerms(cursor, 'and') : readNot(cursor));
  const keyword = kind.toUpperCase();
  const first = read();
  if (!cursor.sees(keyword)) return first;
  const terms = [asCondition(first)];
  while (cursor.takes(keyword)) terms.push(asCondition(read()));
  return { kind, terms };
}

function readNot(cursor: StatementCursor): Node {
  if (!cursor.takes('NOT')) return readComparison(cursor);
  return cursor.nested(() => ({ kind: 'not', term: asCondition(readNot(cursor)) }));
}

function readComparison(cursor: StatementCursor): Node {
  const first = readPrimary(cursor);
  const { kind, text } = cursor.peek();
  const comparator = kind === 'sign' ? COMPARATORS.get(text) : undefined;
  if (comparator) {
    cursor.next();
    return { kind: 'compare', comparator, left: asOperand(first), right: readOperand(cursor) };
  }
  if (cursor.takes('BETWEEN')) {
    const lower = readOperand(cursor);
    cursor.expect('AND');
    return { kind: 'between', operand: asOperand(first), lower, upper: readOperand(cursor) };
  }
  if (cursor.takes('IS')) return readIs(cursor, asOperand(first));
  if (cursor.takes('IN')) return readIn(cursor, asOperand(first));
  if (!(cursor.sees('NOT') && cursor.sees('IN', 1))) return first;
  cursor.next();
  cursor.next();
  return { kind: 'not', term: readIn(cursor, asOperand(first)) };
}

function readIn(cursor: StatementCursor, operand: WrittenOperand): WrittenCondition {
  const end = cursor.takes('(') ? ')' : ']';
  if (end === ']') cursor.expect('[');
  if (operand.kind !== 'path' || cursor.sees(end)) {
    throw new ExpressionError(
      'IN operator must have a left hand argument of type Variable Reference and right hand ' +
        'argument of type Seq with at least one member',
    );
  }
  const among = [readOperand(cursor)];
  while (cursor.takes(',')) among.push(readOperand(cursor));
  cursor.expect(end);
  return { kind: 'in', operand, among };
}

function readIs(cursor: StatementCursor, operand: WrittenOperand): WrittenCondition {
  const negated = cursor.takes('NOT');
  const word = cursor.next().text.toUpperCase();
  const exists = (name: string): WrittenCall => ({ kind: 'call', name, operands: [operand] });
  if (word === 'MISSING') {
    return exists(negated ? 'attribute_exists' : 'attribute_not_exists');
  }
  const type = TYPES.get(word);
  if (type === undefined) {
    throw new ExpressionError(
      `Unsupported data type for IS operator: ${word}. Supported data types are ` +
        '[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]',
    );
  }
  const operands = [operand, cursor.value({ S: type })];
  const term: WrittenCall = { kind: 'call', name: 'attribute_type', operands };
  return negated ? { kind: 'not', term } : term;
}

function readPrimary(cursor: StatementCursor): Node {
  if (cursor.takes('(')) {
    const inner = cursor.nested(() => readTerms(cursor, 'or'));
    cursor.expect(')', 'Expected RIGHT_PAREN');
    return inner;
  }
  if (seesLiteral(cursor)) return cursor.value(readLiteral(cursor));
  if (cursor.peek().kind === 'word' && cursor.sees('(', 1)) return readCall(cursor);
  return readPath(cursor);
}

function readCall(cursor: StatementCursor): WrittenCall {
  const name = cursor.next().text.toLowerCase();
  if (!FUNCTIONS.has(name)) throw new ExpressionError(`Unrecognized function: ${name}`);
  cursor.expect('(');
  const operands = cursor.nested(() => {
    const all = [readOperand(cursor)];
    while (cursor.takes(',')) all.push(readOperand(cursor));
    return all;
  });
  cursor.expect(')', 'Expected RIGHT_PAREN');
  return { kind: 'call', name, operands };
}

function readOperand(cursor: StatementCursor): WrittenOperand {
  return asOperand(readPrimary(cursor));
}

const OPERANDS: ReadonlySet<string> = new Set(['path', 'value', 'sum', 'parentheses', 'call']);

function asOperand(node: Node): WrittenOperand {
  if (OPERANDS.has(node.kind)) return node as WrittenOperand;
  throw malformed('Unexpected term');
}

function asCondition(node: Node): WrittenCondition {
  if (node.kind === 'call' || !OPERANDS.has(node.kind)) return node as WrittenCondition;
  throw new ExpressionError('WHERE clause must contain an expression that resolves to a boolean');
}
