/**
 * Operands as they are written: document paths, `:values`, function calls and sums.
 *
 * Reading an expression has two steps. The grammar turns text into a tree and knows nothing of
 * what placeholders stand for; binding then resolves them and checks names, values and types.
 */
import type { Cursor } from './tokens.ts';

export interface WrittenPath {
  readonly kind: 'path';
  readonly steps: readonly WrittenStep[];
}

/** `a`, `#a` (with its sign) or `[3]` (its digits). */
export interface WrittenStep {
  readonly kind: 'word' | 'name' | 'index';
  readonly text: string;
}

export interface WrittenCall {
  readonly kind: 'call';
  readonly name: string;
  readonly operands: readonly WrittenOperand[];
}

export type WrittenOperand =
  | WrittenPath
  | WrittenCall
  | { readonly kind: 'value'; readonly name: string }
  | {
      readonly kind: 'sum';
      readonly operator: '+' | '-';
      readonly left: WrittenOperand;
      readonly right: WrittenOperand;
    }
  | { readonly kind: 'parentheses'; readonly inner: WrittenOperand };

/** Reads `operand { ',' operand } ')'`. */
export type ReadOperand = (cursor: Cursor) => WrittenOperand;

export function readPath(cursor: Cursor): WrittenPath {
  const steps = [readName(cursor)];
  for (;;) {
    if (cursor.takes('.')) {
      steps.push(readName(cursor));
    } else if (cursor.takes('[')) {
      if (cursor.peek().kind !== 'number') throw cursor.unexpected();
      steps.push({ kind: 'index', text: cursor.next().text });
      cursor.expect(']');
    } else {
      return { kind: 'path', steps };
    }
  }
}

function readName(cursor: Cursor): WrittenStep {
  const { kind, text } = cursor.peek();
  if ((kind !== 'word' || cursor.isKeyword(text)) && kind !== 'name') throw cursor.unexpected();
  cursor.next();
  return { kind, text };
}

/** A path, a value, or a call whose operands `readInner` reads. */
export function readSimple(cursor: Cursor, readInner: ReadOperand): WrittenOperand {
  if (cursor.peek().kind === 'value') return { kind: 'value', name: cursor.next().text };
  const { kind, text } = cursor.peek();
  const called = kind === 'word' && !cursor.isKeyword(text) && cursor.sees('(', 1);
  return called ? readCall(cursor, readInner) : readPath(cursor);
}

function readCall(cursor: Cursor, readInner: ReadOperand): WrittenCall {
  const name = cursor.next().text;
  cursor.countOperator();
  cursor.expect('(');
  const operands = [readInner(cursor)];
  while (cursor.takes(',')) operands.push(readInner(cursor));
  cursor.expect(')');
  return { kind: 'call', name, operands };
}
