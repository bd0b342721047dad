/**
 * JSON as it was written: a number with more digits than a double holds stays what it is. Where
 * the browser does not hand out the source of a number, it is what JSON.parse makes of it.
 */

/** A number that JavaScript has no number for. */
export class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Throws where `text` is no JSON. */
export function parsedExact(text: string): unknown {
  return JSON.parse(text, exactly as Reviver);
}

type Reviver = (this: unknown, key: string, value: unknown) => unknown;

// The third argument is in browsers since 2023 to 2025, and not in TypeScript yet.
function exactly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return String(value) === source ? value : new Digits(source);
}
