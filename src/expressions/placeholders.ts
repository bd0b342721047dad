/**
 * What the `#names` and `:values` of a request stand for, and which of them its expressions used.
 *
 * One request shares one Placeholders between its expressions; once all are parsed,
 * `checkAllUsed` refuses what none of them mentions, as DynamoDB does.
 */
import { readValue, type Value, type ValueInput } from './attribute-values.ts';
import { ExpressionError } from './errors.ts';
import { valueBytes } from './sizes.ts';

type Names = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, ValueInput>>;

/** What may follow the `#` or the `:`. */
const PLACEHOLDER = /^[#:][A-Za-z0-9_]+$/;

/**
 * "The maximum length of all substitution variables in an expression is 2 MB": names and values,
 * and what stands for them. The words of the refusal are ours.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MOST_BYTES = 2 * 1024 * 1024;

export class Placeholders {
  readonly #names: Map<string, string> | undefined;
  readonly #values: Map<string, Value> | undefined;
  readonly #unusedNames: Set<string> | undefined;
  readonly #unusedValues: Set<string> | undefined;

  constructor(names?: Names | undefined, values?: Values | undefined) {
    if (names) {
      this.#names = readNames(names);
      this.#unusedNames = new Set(this.#names.keys());
    }
    if (values) {
      this.#values = readValues(values);
      this.#unusedValues = new Set(this.#values.keys());
    }
    if (bytesOf(this.#names, this.#values) > MOST_BYTES) {
      throw new ExpressionError(
        'The expression attribute names and values of a request must not take more than ' +
          `${MOST_BYTES} bytes together`,
      );
    }
  }

  /** The attribute name behind `#n`, or undefined. */
  name(placeholder: string): string | undefined {
    this.#unusedNames?.delete(placeholder);
    return this.#names?.get(placeholder);
  }

  /** The value behind `:v`, or undefined. */
  value(placeholder: string): Value | undefined {
    this.#unusedValues?.delete(placeholder);
    return this.#values?.get(placeholder);
  }

  checkAllUsed(): void {
    checkUsed('ExpressionAttributeNames', this.#unusedNames);
    checkUsed('ExpressionAttributeValues', this.#unusedValues);
  }
}

function bytesOf(
  names: ReadonlyMap<string, string> | undefined,
  values: ReadonlyMap<string, Value> | undefined,
): number {
  let bytes = 0;
  for (const [key, name] of names ?? []) bytes += key.length + Buffer.byteLength(name);
  for (const [key, value] of values ?? []) bytes += key.length + valueBytes(value);
  return bytes;
}

function checkUsed(parameter: string, unused: ReadonlySet<string> | undefined): void {
  if (!unused || unused.size === 0) return;
  throw new ExpressionError(
    `Value provided in ${parameter} unused in expressions: keys: {${[...unused].join(', ')}}`,
  );
}

function readNames(names: Names): Map<string, string> {
  const entries = checkedEntries('ExpressionAttributeNames', '#', names);
  const nameless = entries.find(([, name]) => name === '');
  if (!nameless) return new Map(entries);
  throw new ExpressionError(
    'ExpressionAttributeNames contains invalid value: Empty attribute name for key ' +
      `${nameless[0]}`,
  );
}

function readValues(values: Values): Map<string, Value> {
  const entries = checkedEntries('ExpressionAttributeValues', ':', values);
  return new Map(entries.map(([key, input]) => [key, readParameter(key, input)]));
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
