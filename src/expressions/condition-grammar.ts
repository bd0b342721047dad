/**
 * The grammar of condition, filter and key condition expressions.
 *
 * ```
 * or         = and { OR and }
 * and        = not { AND not }
 * not        = NOT not | comparison
 * comparison = operand [ comparator operand | BETWEEN operand AND operand | IN ( operands ) ]
 * operand    = ( or ) | path | :value | function ( operands )
 * ```
 *
 * Parentheses may hold a condition or an operand, which only what follows them can tell. So both
 * are read the same way, and a node of the wrong sort is refused at the token behind it.
 */
import { readSimple, type WrittenOperand } from './operands.ts';
import type { Cursor } from './tokens.ts';

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type WrittenCondition =
  | { readonly kind: 'or' | 'and'; readonly terms: readonly WrittenCondition[] }
  | { readonly kind: 'not'; readonly term: WrittenCondition }
  | { readonly kind: 'group'; readonly inner: WrittenCondition }
  | {
      readonly kind: 'compare';
      readonly comparator: Comparator;
      readonly left: WrittenOperand;
      readonly right: WrittenOperand;
    }
  | {
      readonly kind: 'between';
      readonly operand: WrittenOperand;
      readonly lower: WrittenOperand;
      readonly upper: WrittenOperand;
    }
  | {
      readonly kind: 'in';
      readonly operand: WrittenOperand;
      readonly among: readonly WrittenOperand[];
    }
  | Extract<WrittenOperand, { kind: 'call' }>;

type Node = WrittenCondition | WrittenOperand;

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

export function readCondition(cursor: Cursor): WrittenCondition {
  const condition = asCondition(cursor, readOr(cursor));
  cursor.expectEnd();
  return condition;
}

function readOr(cursor: Cursor): Node {
  return readTerms(cursor, 'or', readAnd);
}

function readAnd(cursor: Cursor): Node {
  return readTerms(cursor, 'and', readNot);
}

function readTerms(cursor: Cursor, kind: 'or' | 'and', read: (cursor: Cursor) => Node): Node {
  const keyword = kind.toUpperCase();
  const first = read(cursor);
  if (!cursor.sees(keyword)) return first;
  const terms = [asCondition(cursor, first)];
  while (cursor.takes(keyword)) {
    cursor.countOperator();
    terms.push(asCondition(cursor, read(cursor)));
  }
  return { kind, terms };
}

function readNot(cursor: Cursor): Node {
  if (!cursor.takes('NOT')) return readComparison(cursor);
  cursor.countOperator();
  return { kind: 'not', term: asCondition(cursor, readNot(cursor)) };
}

function readComparison(cursor: Cursor): Node {
  const first = readPrimary(cursor);
  const { kind, text } = cursor.peek();
  if (kind === 'sign' && COMPARATORS.has(text)) {
    const left = asOperand(cursor, first);
    cursor.next();
    cursor.countOperator();
    const right = readOperand(cursor);
    return { kind: 'compare', comparator: text as Comparator, left, right };
  }
  if (cursor.sees('BETWEEN')) return readBetween(cursor, asOperand(cursor, first));
  if (cursor.sees('IN')) return readIn(cursor, asOperand(cursor, first));
  return first;
}

function readBetween(cursor: Cursor, operand: WrittenOperand): Node {
  cursor.expect('BETWEEN');
  cursor.countOperator();
  const lower = readOperand(cursor);
  cursor.expect('AND');
  return { kind: 'between', operand, lower, upper: readOperand(cursor) };
}

function readIn(cursor: Cursor, operand: WrittenOperand): Node {
  cursor.expect('IN');
  cursor.countOperator();
  cursor.expect('(');
  const among = [readOperand(cursor)];
  while (cursor.takes(',')) among.push(readOperand(cursor));
  cursor.expect(')');
  return { kind: 'in', operand, among };
}

function readPrimary(cursor: Cursor): Node {
  if (!cursor.takes('(')) return readSimple(cursor, readOperand);
  const inner = cursor.nested(() => readOr(cursor));
  cursor.expect(')');
  return isOperand(inner) ? { kind: 'parentheses', inner } : { kind: 'group', inner };
}

function readOperand(cursor: Cursor): WrittenOperand {
  return asOperand(cursor, readPrimary(cursor));
}

/** A call may be either: a condition by itself, or `size` as an operand. */
function isOperand(node: Node): node is Exclude<WrittenOperand, { kind: 'call' }> {
  return ['path', 'value', 'sum', 'parentheses'].includes(node.kind);
}

function asOperand(cursor: Cursor, node: Node): WrittenOperand {
  if (isOperand(node) || node.kind === 'call') return node;
  if (node.kind === 'group' && node.inner.kind === 'call') {
    return { kind: 'parentheses', inner: node.inner };
  }
  throw cursor.unexpected();
}

function asCondition(cursor: Cursor, node: Node): WrittenCondition {
  if (isOperand(node)) throw cursor.unexpected();
  return node;
}
