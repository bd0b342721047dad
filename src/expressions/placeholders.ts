/**
 * What the `#names` and `:values` of a request stand for, and which of them its expressions used.
 *
 * One request shares one Placeholders between its expressions; once all are parsed,
 * `checkAllUsed` refuses what none of them mentions, as DynamoDB does.
 */
import { readValue, type Value, type ValueInput } from './attribute-values.ts';
import { ExpressionError } from './errors.ts';

type Names = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, ValueInput>>;

/** What may follow the `#` or the `:`. */
const PLACEHOLDER = /^[#:][A-Za-z0-9_]+$/;

export class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, Value>();
  readonly #unusedNames = new Set<string>();
  readonly #unusedValues = new Set<string>();

  constructor(names?: Names | undefined, values?: Values | undefined) {
    if (names) this.#readNames(names);
    if (values) this.#readValues(values);
  }

  /** The attribute name behind `#n`, or undefined. */
  name(placeholder: string): string | undefined {
    this.#unusedNames.delete(placeholder);
    return this.#names.get(placeholder);
  }

  /** The value behind `:v`, or undefined. */
  value(placeholder: string): Value | undefined {
    this.#unusedValues.delete(placeholder);
    return this.#values.get(placeholder);
  }

  checkAllUsed(): void {
    const unused = (parameter: string, keys: ReadonlySet<string>) => {
      if (keys.size === 0) return;
      throw new ExpressionError(
        `Value provided in ${parameter} unused in expressions: keys: {${[...keys].join(', ')}}`,
      );
    };
    unused('ExpressionAttributeNames', this.#unusedNames);
    unused('ExpressionAttributeValues', this.#unusedValues);
  }

  #readNames(names: Names): void {
    for (const [key, name] of checkedEntries('ExpressionAttributeNames', '#', names)) {
      if (name === '') {
        throw new ExpressionError(
          `ExpressionAttributeNames contains invalid value: Empty attribute name for key ${key}`,
        );
      }
      this.#names.set(key, name);
      this.#unusedNames.add(key);
    }
  }

  #readValues(values: Values): void {
    for (const [key, input] of checkedEntries('ExpressionAttributeValues', ':', values)) {
      this.#values.set(key, readParameter(key, input));
      this.#unusedValues.add(key);
    }
  }
}

function checkedEntries<Member>(
  parameter: string,
  sign: string,
  members: Readonly<Record<string, Member>>,
): readonly (readonly [string, Member])[] {
  const entries = Object.entries(members);
  if (entries.length === 0) throw new ExpressionError(`${parameter} must not be empty`);
  for (const [key] of entries) {
    if (!key.startsWith(sign) || !PLACEHOLDER.test(key)) {
      throw new ExpressionError(`${parameter} contains invalid key: Syntax error; key: "${key}"`);
    }
  }
  return entries;
}

function readParameter(key: string, input: ValueInput): Value {
  try {
    return readValue(input);
  } catch (cause) {
    if (!(cause instanceof ExpressionError)) throw cause;
    throw new ExpressionError(
      `ExpressionAttributeValues contains invalid value: ${cause.message} for key ${key}`,
    );
  }
}
