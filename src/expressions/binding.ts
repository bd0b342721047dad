/**
 * Binding: what the parts of a written expression stand for.
 *
 * DynamoDB reports one fault of an expression, and which one depends on its sort, not on where it
 * stands. So faults are noted while the whole tree is walked and the first of the foremost sort
 * is thrown in the end.
 */
import { typeOf, type Value, type ValueType } from './attribute-values.ts';
import type { WrittenPath } from './operands.ts';
import type { Path } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import { isReserved } from './reserved-words.ts';
import { type ExpressionKind, refusal } from './tokens.ts';

/** Sorts of faults in the order in which DynamoDB looks for them (observed). */
const SORTS = [
  'section',
  'parentheses',
  'function',
  'misuse',
  'reserved',
  'name',
  'value',
  'depth',
  'count',
  'document path',
  'type',
  'distinct',
  'bounds',
  'overlap',
  'conflict',
] as const;
type Sort = (typeof SORTS)[number];

/** Levels of a path, its first name included (observed: 32 pass, 33 do not). */
const MAX_LEVELS = 32;
/** A list position is a signed number of 32 bits (observed). */
const MAX_INDEX = 2 ** 31 - 1;

/** Stands in for what could not be resolved; the fault noted keeps it from ever being used. */
const UNKNOWN: Value = { NULL: true };

export class Binding {
  readonly kind: ExpressionKind;
  readonly #placeholders: Placeholders;
  readonly #faults = new Map<Sort, string>();

  constructor(kind: ExpressionKind, placeholders: Placeholders) {
    this.kind = kind;
    this.#placeholders = placeholders;
  }

  note(sort: Sort, fault: string): void {
    if (!this.#faults.has(sort)) this.#faults.set(sort, fault);
  }

  /** Throws the foremost fault noted, if any. */
  check(): void {
    if (this.#faults.size === 0) return;
    for (const sort of SORTS) {
      const fault = this.#faults.get(sort);
      if (fault !== undefined) throw refusal(this.kind, fault);
    }
  }

  path({ steps }: WrittenPath): Path {
    const [first, ...rest] = steps.map(({ kind, text }) => {
      if (kind === 'index') return this.#index(text);
      return kind === 'name' ? this.#placeholder(text) : this.#name(text);
    });
    const levels = steps.length;
    if (levels > MAX_LEVELS) {
      this.note(
        'depth',
        `The document path has too many nesting levels; nesting levels: ${levels}`,
      );
    }
    return [String(first), ...rest];
  }

  value(name: string): Value {
    const value = this.#placeholders.value(name);
    if (value !== undefined) return value;
    const what = 'An expression attribute value used in expression is not defined';
    this.note('value', `${what}; attribute value: ${name}`);
    return UNKNOWN;
  }

  /** Notes a fault unless `value` is of one of `types`. */
  expectType(operator: string, value: Value, types: readonly ValueType[]): void {
    const type = typeOf(value);
    if (!types.includes(type)) this.wrongType(operator, type);
  }

  wrongType(operator: string, type: ValueType): void {
    const what = 'Incorrect operand type for operator or function';
    this.note('type', `${what}; operator or function: ${operator}, operand type: ${type}`);
  }

  #name(text: string): string {
    if (isReserved(text)) {
      this.note('reserved', `Attribute name is a reserved keyword; reserved keyword: ${text}`);
    }
    return text;
  }

  #placeholder(text: string): string {
    const name = this.#placeholders.name(text);
    if (name !== undefined) return name;
    const what = 'An expression attribute name used in the document path is not defined';
    this.note('name', `${what}; attribute name: ${text}`);
    return text;
  }

  #index(digits: string): number {
    const index = Number(digits);
    if (index > MAX_INDEX) {
      this.note('depth', `List index is not within the allowable range; index: [${digits}]`);
    }
    return index;
  }
}
