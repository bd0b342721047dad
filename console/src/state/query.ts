/**
 * A view's state as a query string: everything that a link must bring back is in it.
 *
 * A member that has its default value is left out, so that links stay short; one that does not
 * parse counts as absent, because people edit addresses by hand.
 */

export interface Codec<Value> {
  /** Undefined where `text` is not such a value. */
  readonly parse: (text: string) => Value | undefined;
  readonly print: (value: Value) => string;
  readonly fallback: Value;
}

export function text(fallback = ''): Codec<string> {
  return { parse: (value) => value, print: (value) => value, fallback };
}

/** A whole number, or nothing. */
export const moment: Codec<number | undefined> = {
  parse: (value) => {
    const number = Number(value);
    return value !== '' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
  },
  print: (value) => (value === undefined ? '' : String(value)),
  fallback: undefined,
};

export function flag(fallback = false): Codec<boolean> {
  return {
    parse: (value) => (value === '1' ? true : value === '0' ? false : undefined),
    print: (value) => (value ? '1' : '0'),
    fallback,
  };
}

export function oneOf<const Value extends string>(
  values: readonly Value[],
  fallback: NoInfer<Value>,
): Codec<Value> {
  return {
    parse: (value) => values.find((one) => one === value),
    print: (value) => value,
    fallback,
  };
}

/** Several texts; commas stand between them, and those within are escaped. */
export const texts: Codec<readonly string[]> = {
  parse: (value) => value.split(',').filter(Boolean).map(unescaped),
  print: (values) => values.map((one) => one.replaceAll('%', '%25').replaceAll(',', '%2C')).join(),
  fallback: [],
};

function unescaped(value: string): string {
  return value.replaceAll('%2C', ',').replaceAll('%25', '%');
}

export function read<Value>(search: string, name: string, codec: Codec<Value>): Value {
  const value = new URLSearchParams(search).get(name);
  if (value === null) return codec.fallback;
  const parsed = codec.parse(value);
  return parsed === undefined ? codec.fallback : parsed;
}

export function printed<Value>(value: Value, codec: Codec<Value>): string | undefined {
  const text = codec.print(value);
  return text === codec.print(codec.fallback) ? undefined : text;
}

export type Changes = Readonly<Record<string, string | number | undefined>>;

/** `search` with `changes`; undefined and empty texts take a member away. No leading `?`. */
export function changed(search: string, changes: Changes): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, String(value));
  }
  return query.toString();
}
