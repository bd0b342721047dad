/**
 * The tokens of a PartiQL statement, and a cursor over them that also collects what the statement
 * names and holds: names and values become placeholders, so that statements and expressions share
 * their binding with all its checks.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
 */
import { readValue, type Value, type ValueInput } from './attribute-values.ts';
import { ExpressionError } from './errors.ts';
import type { WrittenOperand, WrittenStep } from './operands.ts';
import { Placeholders } from './placeholders.ts';

export interface StatementToken {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'sign' | 'end';
  /** Without quotation marks. */
  readonly text: string;
}

const TOKEN = new RegExp(
  [
    /\s+|--[^\n]*/,
    /'((?:[^']|'')*)'/,
    /"((?:[^"]|"")*)"/,
    /([A-Za-z_$][\w$]*)/,
    /((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/,
    /(<<|>>|<>|<=|>=|!=|[\s\S])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'uy',
);

function tokensOf(text: string): readonly StatementToken[] {
  const tokens: StatementToken[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const [, quotedText, quoted, word, number, sign] = TOKEN.exec(text) ?? [];
    if (quotedText !== undefined) {
      tokens.push({ kind: 'text', text: quotedText.replaceAll("''", "'") });
    } else if (quoted !== undefined) {
      tokens.push({ kind: 'quoted', text: quoted.replaceAll('""', '"') });
    } else if (word) tokens.push({ kind: 'word', text: word });
    else if (number) tokens.push({ kind: 'number', text: number });
    else if (sign) tokens.push({ kind: 'sign', text: sign });
  }
  return tokens;
}

const END: StatementToken = { kind: 'end', text: '' };

/** Parentheses and literals within each other; deeper ones would run the stack out. */
const MAX_DEPTH = 300;

/** What DynamoDB says of a statement that does not fit its grammar; `what` is in its own words. */
export function malformed(what: string): ExpressionError {
  return new ExpressionError(`Statement wasn't well formed, can't be processed: ${what}`);
}

export class StatementCursor {
  readonly #tokens: readonly StatementToken[];
  readonly #parameters: readonly ValueInput[];
  readonly #names: string[] = [];
  readonly #values: Value[] = [];
  #at = 0;
  #depth = 0;
  #parametersUsed = 0;

  constructor(text: string, parameters: readonly ValueInput[]) {
    this.#tokens = tokensOf(text);
    this.#parameters = parameters;
  }

  peek(ahead = 0): StatementToken {
    return this.#tokens[this.#at + ahead] ?? END;
  }

  next(): StatementToken {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Whether the next token is this sign or keyword. */
  sees(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    if (token.kind === 'sign') return token.text === text;
    return token.kind === 'word' && token.text.toUpperCase() === text;
  }

  takes(text: string): boolean {
    const seen = this.sees(text);
    if (seen) this.#at += 1;
    return seen;
  }

  expect(text: string, otherwise = 'Unexpected term'): void {
    if (!this.takes(text)) throw malformed(otherwise);
  }

  /** Where the cursor stands, for `since`. */
  mark(): number {
    return this.#at;
  }

  /** The tokens taken since `mark`, as text that is the same for the same tokens only. */
  since(mark: number): string {
    return JSON.stringify(this.#tokens.slice(mark, this.#at).map(({ text }) => text));
  }

  nested<Node>(read: () => Node): Node {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw malformed('Unexpected term');
    const node = read();
    this.#depth -= 1;
    return node;
  }

  /** The value of the next `?`. */
  parameter(): Value {
    const parameter = this.#parameters[this.#parametersUsed];
    if (parameter === undefined) throw wrongCount();
    this.#parametersUsed += 1;
    return readValue(parameter);
  }

  /** `name` as a step of a path. */
  name(name: string): WrittenStep {
    this.#names.push(name);
    return { kind: 'name', text: `#${this.#names.length - 1}` };
  }

  /** `value` as an operand. */
  value(value: Value): WrittenOperand {
    this.#values.push(value);
    return { kind: 'value', name: `:${this.#values.length - 1}` };
  }

  /** What the names and values handed out stand for. */
  placeholders(): Placeholders {
    const keyed = <Member>(sign: string, members: readonly Member[]) =>
      members.length > 0
        ? Object.fromEntries(members.map((member, index) => [`${sign}${index}`, member]))
        : undefined;
    return new Placeholders(keyed('#', this.#names), keyed(':', this.#values));
  }

  /** Nothing may be left over, neither of the statement nor of its parameters. */
  expectEnd(): void {
    this.takes(';');
    if (this.peek().kind !== 'end') throw malformed('Unexpected token after expression');
    if (this.#parametersUsed < this.#parameters.length) throw wrongCount();
  }
}

function wrongCount(): ExpressionError {
  return new ExpressionError("Number of parameters in request and statement don't match.");
}
