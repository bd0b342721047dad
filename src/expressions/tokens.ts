/**
 * The tokens of an expression, and a cursor over them that reports syntax errors as DynamoDB
 * does: the token that does not fit, and the text from the token before it to the one after.
 */
import { ExpressionError } from './errors.ts';

/** What an expression is the value of; its errors begin with it. */
export type ExpressionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'UpdateExpression'
  | 'ProjectionExpression'
  | 'Statement';

interface Token {
  readonly kind: 'word' | 'name' | 'value' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Words of the grammar, which no path can hold; other reserved words are told from names later. */
const CONDITION_KEYWORDS = ['AND', 'OR', 'NOT', 'IN', 'BETWEEN'];
const KEYWORDS: Readonly<Record<ExpressionKind, readonly string[]>> = {
  ConditionExpression: CONDITION_KEYWORDS,
  FilterExpression: CONDITION_KEYWORDS,
  KeyConditionExpression: CONDITION_KEYWORDS,
  UpdateExpression: ['SET', 'REMOVE', 'ADD', 'DELETE'],
  ProjectionExpression: [],
  Statement: [],
};

/** "The maximum length of any expression string is 4 KB" (Constraints.html). */
const MAX_BYTES = 4096;
/** "The maximum number of operators or functions allowed … is 300" (Constraints.html). */
const MAX_OPERATORS = 300;

const TOKEN =
  /\s+|([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(\d+)|(<>|<=|>=|[\s\S])/uy;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const start = TOKEN.lastIndex;
    const [found = '', word, name, value, digits, sign] = TOKEN.exec(text) ?? [];
    const end = start + found.length;
    if (word) tokens.push({ kind: 'word', text: word, start, end });
    else if (name) tokens.push({ kind: 'name', text: name, start, end });
    else if (value) tokens.push({ kind: 'value', text: value, start, end });
    else if (digits) tokens.push({ kind: 'number', text: digits, start, end });
    else if (sign) tokens.push({ kind: 'sign', text: sign, start, end });
  }
  return tokens;
}

/** `message` as the error of such an expression; only PartiQL statements do not say their kind. */
export function refusal(kind: ExpressionKind, message: string): ExpressionError {
  return new ExpressionError(kind === 'Statement' ? message : `Invalid ${kind}: ${message}`);
}

export class Cursor {
  readonly kind: ExpressionKind;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #operators = 0;
  #depth = 0;

  constructor(text: string, kind: ExpressionKind) {
    this.kind = kind;
    this.#text = text;
    if (text === '') throw refusal(kind, 'The expression can not be empty;');
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_BYTES) {
      const what = 'Expression size has exceeded the maximum allowed size';
      throw refusal(kind, `${what}; expression size: ${bytes}`);
    }
    this.#tokens = tokensOf(text);
  }

  /** The token `ahead` of the next one. */
  peek(ahead = 0): Token {
    const end = this.#text.length;
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', text: '<EOF>', start: end, end };
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Whether the next token is this sign, or this keyword in upper or lower case. */
  sees(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    if (token.kind === 'sign') return token.text === text;
    return token.kind === 'word' && token.text.toUpperCase() === text;
  }

  /** Takes the next token if it is `text`. */
  takes(text: string): boolean {
    const seen = this.sees(text);
    if (seen) this.#at += 1;
    return seen;
  }

  isKeyword(word: string): boolean {
    return KEYWORDS[this.kind].includes(word.toUpperCase());
  }

  expect(text: string): void {
    if (!this.takes(text)) throw this.unexpected();
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.unexpected();
  }

  /** Counts an operator or function against the limit of one expression. */
  countOperator(): void {
    this.#operators += 1;
    if (this.#operators <= MAX_OPERATORS) return;
    const what = 'The expression contains too many operators';
    throw refusal(this.kind, `${what}; operator count: ${this.#operators}`);
  }

  /** Reads what stands in parentheses. Those that nest deeper than operators may hold none. */
  nested<Node>(read: () => Node): Node {
    this.#depth += 1;
    if (this.#depth > MAX_OPERATORS) {
      throw refusal(this.kind, 'The expression has redundant parentheses;');
    }
    const node = read();
    this.#depth -= 1;
    return node;
  }

  /** The error that the next token has no place here. */
  unexpected(): ExpressionError {
    const token = this.peek();
    const before = this.#tokens[this.#at - 1] ?? token;
    const after = this.#tokens[this.#at + 1] ?? (token.kind === 'end' ? before : token);
    const near = this.#text.slice(before.start, after.end);
    return refusal(this.kind, `Syntax error; token: "${token.text}", near: "${near}"`);
  }
}
