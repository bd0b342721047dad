/** Literals and paths of PartiQL statements. */
import { readValue, type Value, withMember } from './attribute-values.ts';
import { ExpressionError } from './errors.ts';
import type { WrittenPath, WrittenStep } from './operands.ts';
import { malformed, type StatementCursor } from './partiql-tokens.ts';

/** Words that cannot be attribute names unless quoted. */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'ALL AND AS ASC BETWEEN BY DELETE DESC EXISTS FALSE FROM IN INSERT INTO IS MISSING NOT ' +
    'NULL OR ORDER REMOVE RETURNING SELECT SET TRUE UPDATE VALUE WHERE'
  ).split(' '),
);

export function readName(cursor: StatementCursor): string {
  const { kind, text } = cursor.peek();
  const named = kind === 'quoted' || (kind === 'word' && !KEYWORDS.has(text.toUpperCase()));
  if (!named) throw malformed(kind === 'word' ? 'Unexpected keyword' : 'Unexpected term');
  if (text === '') throw new ExpressionError('Path component cannot be an empty string');
  cursor.next();
  return text;
}

export function readPath(cursor: StatementCursor): WrittenPath {
  const steps: WrittenStep[] = [cursor.name(readName(cursor))];
  for (;;) {
    if (cursor.takes('.')) {
      steps.push(cursor.name(readName(cursor)));
    } else if (cursor.takes('[')) {
      const { kind, text } = cursor.next();
      if (kind === 'text') steps.push(cursor.name(text));
      else if (kind === 'number' && /^\d+$/.test(text)) steps.push({ kind: 'index', text });
      else throw malformed('Unexpected path component');
      cursor.expect(']');
    } else {
      return { kind: 'path', steps };
    }
  }
}

/** Whether a literal or parameter comes next, not a path or function. */
export function seesLiteral(cursor: StatementCursor): boolean {
  const { kind } = cursor.peek();
  if (kind === 'text' || kind === 'number') return true;
  if (cursor.sees('-') || cursor.sees('+')) return cursor.peek(1).kind === 'number';
  return ['?', '[', '{', '<<', 'TRUE', 'FALSE', 'NULL'].some((start) => cursor.sees(start));
}

export function readLiteral(cursor: StatementCursor): Value {
  const { kind, text } = cursor.next();
  if (kind === 'text') return { S: text };
  if (kind === 'number') return readValue({ N: text });
  switch (text.toUpperCase()) {
    case '-':
    case '+':
      return readSigned(cursor, text);
    case '?':
      return cursor.parameter();
    case '[':
      return { L: readMembers(cursor, ']') };
    case '<<':
      return setOf(readMembers(cursor, '>>'));
    case '{':
      return cursor.nested(() => readTuple(cursor));
    case 'TRUE':
    case 'FALSE':
      return { BOOL: text.toUpperCase() === 'TRUE' };
    case 'NULL':
      return { NULL: true };
    default:
      throw malformed('Unexpected term');
  }
}

function readSigned(cursor: StatementCursor, sign: string): Value {
  const { kind, text } = cursor.next();
  if (kind !== 'number') throw malformed('Unexpected term');
  return readValue({ N: sign + text });
}

function readMembers(cursor: StatementCursor, end: string): readonly Value[] {
  const members: Value[] = [];
  if (cursor.takes(end)) return members;
  return cursor.nested(() => {
    do members.push(readLiteral(cursor));
    while (cursor.takes(','));
    cursor.expect(end);
    return members;
  });
}

function readTuple(cursor: StatementCursor): Value {
  let members: Readonly<Record<string, Value>> = {};
  if (cursor.takes('}')) return { M: members };
  do {
    const { kind, text } = cursor.next();
    if (kind !== 'text') throw malformed('Unexpected term');
    if (Object.hasOwn(members, text)) {
      throw new ExpressionError(`Duplicate keys in tuple. Key: ${text}`);
    }
    cursor.expect(':');
    members = withMember(members, text, readLiteral(cursor));
  } while (cursor.takes(','));
  cursor.expect('}');
  return { M: members };
}

function setOf(members: readonly Value[]): Value {
  if (members.length === 0) throw new ExpressionError('Empty bags are not supported');
  const texts = members.flatMap((member) => ('S' in member ? [member.S] : []));
  const numbers = members.flatMap((member) => ('N' in member ? [member.N] : []));
  const binaries = members.flatMap((member) => ('B' in member ? [member.B] : []));
  if (texts.length === members.length) return readValue({ SS: texts });
  if (numbers.length === members.length) return readValue({ NS: numbers });
  if (binaries.length === members.length) return readValue({ BS: binaries });
  throw new ExpressionError(
    'Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags',
  );
}
