/**
 * JSON Schemas of the contract's types. The types are read as they stand in the source, with what
 * their comments say; so the file for other languages cannot say anything else.
 *
 * Read are interfaces, aliases, members, arrays, unions, literals, `Record`, `Pick`, `Omit`,
 * `Partial` and `extends`. What else there is in a file is passed over; what a type needs and is
 * none of these is an error.
 */
import { type Token, tokensOf } from './tokens.ts';

export interface Schema {
  description?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema;
  items?: Schema;
  anyOf?: Schema[];
  enum?: (string | number | boolean)[];
  $ref?: string;
}

const REF = '#/components/schemas/';

export class Types {
  readonly #declared = new Map<string, readonly Token[]>();

  constructor(sources: readonly string[]) {
    for (const source of sources) this.#declare(tokensOf(source));
  }

  /** The schemas of the named types and of all that they name, in order of their names. */
  schemas(names: readonly string[]): Readonly<Record<string, Schema>> {
    const found = new Map<string, Schema>();
    const wanted = new Set(names);
    // A set hands out what is added to it while it is gone through.
    for (const name of wanted) {
      const schema = this.#schemaOf(name);
      found.set(name, schema);
      for (const other of refsIn(schema)) wanted.add(other);
    }
    return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #declare(tokens: readonly Token[]): void {
    for (const [at, { text }] of tokens.entries()) {
      const isDeclaration = text === 'interface' || (text === 'type' && isAlias(tokens, at));
      const name = tokens[at + 1]?.text;
      if (!isDeclaration || name === undefined) continue;
      const before = tokens[at - 1]?.text === 'export' ? tokens[at - 1] : tokens[at];
      const doc = before?.doc;
      const own = tokens.slice(at);
      this.#declared.set(name, doc === undefined ? own : [{ text, doc }, ...own.slice(1)]);
    }
  }

  #schemaOf(name: string): Schema {
    const tokens = this.#declared.get(name);
    if (!tokens) throw new Error(`No type ${name} is declared.`);
    const reader = new Reader(tokens, (other) => this.#schemaOf(other));
    const [{ doc, text } = { text: '' }] = tokens;
    reader.skip(2);
    const schema = text === 'interface' ? reader.interface() : reader.alias();
    return doc === undefined ? schema : { description: doc, ...schema };
  }
}

function isAlias(tokens: readonly Token[], at: number): boolean {
  return tokens[at + 2]?.text === '=' && /^[A-Z]/.test(tokens[at + 1]?.text ?? '');
}

export function refsIn(schema: unknown): readonly string[] {
  const refs = JSON.stringify(schema).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  return [...refs].map(([, name = '']) => name);
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #resolve: (name: string) => Schema;
  #at = 0;

  constructor(tokens: readonly Token[], resolve: (name: string) => Schema) {
    this.#tokens = tokens;
    this.#resolve = resolve;
  }

  skip(tokens: number): void {
    this.#at += tokens;
  }

  interface(): Schema {
    const bases: Schema[] = [];
    if (this.#takes('extends')) {
      do bases.push(this.#open(this.#primary()));
      while (this.#takes(','));
    }
    return joined([...bases, this.#members()]);
  }

  alias(): Schema {
    this.#expect('=');
    return this.#union();
  }

  #union(): Schema {
    const parts: Schema[] = [];
    const docs: string[] = [];
    // What an alternative means stands before its bar.
    let { doc } = this.#peek;
    const isList = this.#takes('|');
    do {
      const part = this.#intersection();
      if (isList && doc !== undefined) docs.push(`${part.enum?.join() ?? 'This'}: ${doc}`);
      parts.push(part);
      doc = this.#tokens[this.#at]?.doc;
    } while (this.#takes('|'));
    const described = docs.length > 0 ? { description: docs.join(' ') } : {};
    return { ...described, ...united(parts) };
  }

  #intersection(): Schema {
    const parts = [this.#array()];
    while (this.#takes('&')) parts.push(this.#array());
    const [only] = parts;
    return only && parts.length === 1 ? only : joined(parts.map((part) => this.#open(part)));
  }

  #array(): Schema {
    this.#takes('readonly');
    let schema = this.#primary();
    while (this.#takes('[')) {
      this.#expect(']');
      schema = { type: 'array', items: schema };
    }
    return schema;
  }

  #primary(): Schema {
    if (this.#peek.text === '{') return this.#members();
    if (this.#takes('(')) {
      const schema = this.#union();
      this.#expect(')');
      return schema;
    }
    const { text } = this.#next();
    if (text.startsWith("'")) return { type: 'string', enum: [text.slice(1, -1)] };
    if (text === 'true' || text === 'false') return { type: 'boolean', enum: [text === 'true'] };
    if (text === 'unknown') return {};
    if (text === 'string' || text === 'number' || text === 'boolean') return { type: text };
    return this.#named(text);
  }

  #named(name: string): Schema {
    if (!/^[A-Z]\w*$/.test(name)) throw new Error(`"${name}" is no type that is read here.`);
    const args = this.#arguments();
    const [first = {}, second = {}] = args;
    const names = second.enum?.map(String) ?? [];
    switch (name) {
      case 'Readonly':
        return first;
      case 'Record':
        return { type: 'object', additionalProperties: second };
      case 'Partial': {
        const { required: _, ...optional } = this.#open(first);
        return optional;
      }
      case 'Pick':
        return only(this.#open(first), (member) => names.includes(member));
      case 'Omit':
        return only(this.#open(first), (member) => !names.includes(member));
      default:
        return { $ref: REF + name };
    }
  }

  #arguments(): readonly Schema[] {
    const args: Schema[] = [];
    if (!this.#takes('<')) return args;
    do args.push(this.#union());
    while (this.#takes(','));
    this.#expect('>');
    return args;
  }

  #members(): Schema {
    this.#expect('{');
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    while (!this.#takes('}')) {
      const { doc } = this.#peek;
      this.#takes('readonly');
      const name = this.#next().text.replace(/^'|'$/g, '');
      if (!this.#takes('?')) required.push(name);
      this.#expect(':');
      const schema = this.#union();
      properties[name] = doc === undefined ? schema : { description: doc, ...schema };
      if (!this.#takes(';')) this.#takes(',');
    }
    return { type: 'object', properties, ...(required.length > 0 && { required }) };
  }

  /** What a reference stands for. */
  #open(schema: Schema): Schema {
    return schema.$ref === undefined ? schema : this.#resolve(schema.$ref.slice(REF.length));
  }

  get #peek(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new Error('A type ends too early.');
    return token;
  }

  #next(): Token {
    const token = this.#peek;
    this.#at += 1;
    return token;
  }

  #takes(text: string): boolean {
    if (this.#tokens[this.#at]?.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw new Error(`"${text}" is wanted and not "${this.#peek.text}".`);
  }
}

function united(parts: readonly Schema[]): Schema {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const types = new Set(parts.map(({ type }) => type));
  if (types.size === 1 && first?.type && parts.every((part) => part.enum)) {
    return { type: first.type, enum: parts.flatMap((part) => part.enum ?? []) };
  }
  return { anyOf: [...parts] };
}

/** One object with the members of all. */
function joined(parts: readonly Schema[]): Schema {
  if (!parts.every(({ properties }) => properties)) throw new Error('Only objects are joined.');
  const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {}));
  const required = [...new Set(parts.flatMap((part) => part.required ?? []))];
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

function only(schema: Schema, isWanted: (member: string) => boolean): Schema {
  const { properties = {}, required = [] } = schema;
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => isWanted(name))),
    required: required.filter(isWanted),
  };
}
