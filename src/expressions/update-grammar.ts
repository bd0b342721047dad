/**
 * The grammar of update expressions: up to four sections in any order, each at most once.
 *
 * ```
 * SET    path = operand [ + operand | - operand ] { , … }
 * REMOVE path { , … }
 * ADD    path :value { , … }
 * DELETE path :value { , … }
 * ```
 */
import { readPath, readSimple, type WrittenOperand, type WrittenPath } from './operands.ts';
import type { Cursor } from './tokens.ts';

export type Section = 'SET' | 'REMOVE' | 'ADD' | 'DELETE';

export interface WrittenAction {
  readonly section: Section;
  readonly path: WrittenPath;
  /** Absent for REMOVE. */
  readonly operand?: WrittenOperand;
}

export interface WrittenUpdate {
  readonly sections: readonly Section[];
  readonly actions: readonly WrittenAction[];
}

const SECTIONS: readonly Section[] = ['SET', 'REMOVE', 'ADD', 'DELETE'];

export function readUpdate(cursor: Cursor): WrittenUpdate {
  const sections: Section[] = [];
  const actions: WrittenAction[] = [];
  do {
    const section = SECTIONS.find((keyword) => cursor.sees(keyword));
    if (section === undefined) throw cursor.unexpected();
    cursor.next();
    sections.push(section);
    do actions.push(readAction(cursor, section));
    while (cursor.takes(','));
  } while (cursor.peek().kind !== 'end');
  return { sections, actions };
}

function readAction(cursor: Cursor, section: Section): WrittenAction {
  const path = readPath(cursor);
  if (section === 'REMOVE') return { section, path };
  if (section !== 'SET') {
    if (cursor.peek().kind !== 'value') throw cursor.unexpected();
    return { section, path, operand: { kind: 'value', name: cursor.next().text } };
  }
  cursor.expect('=');
  return { section, path, operand: readSum(cursor) };
}

function readSum(cursor: Cursor): WrittenOperand {
  const left = readOperand(cursor);
  const operator = cursor.sees('+') ? '+' : '-';
  if (!cursor.takes(operator)) return left;
  cursor.countOperator();
  return { kind: 'sum', operator, left, right: readOperand(cursor) };
}

function readOperand(cursor: Cursor): WrittenOperand {
  if (!cursor.takes('(')) return readSimple(cursor, readOperand);
  const inner = cursor.nested(() => readSum(cursor));
  cursor.expect(')');
  return { kind: 'parentheses', inner };
}
