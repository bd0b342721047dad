/**
 * JSON as it was written: a number with more digits than a double holds stays what it is. Where
 * the browser does not hand out the source of a number, it is what JSON.parse makes of it.
 */

/** A number that JavaScript has no number for. Written as JSON, it is what it was. */
export class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown };
    return rawJSON ? rawJSON(this.text) : Number(this.text);
  }
}

/** Throws where `text` is no JSON. */
export function parsedExact(text: string): unknown {
  return JSON.parse(text, exactly as Reviver);
}

/** 2^53 has sixteen digits; what stands in front tells most numbers from digits in a string. */
const LONG_DIGITS = /(?:^|[:[,\s])-?\d{16}/;

/** For answers of programs, which write 1.5 and not 1.50: only their long integers need care. */
export function parsedAnswer(text: string): unknown {
  return LONG_DIGITS.test(text) ? parsedExact(text) : JSON.parse(text);
}

type Reviver = (this: unknown, key: string, value: unknown) => unknown;

// The third argument is in browsers since 2023 to 2025, and not in TypeScript yet.
function exactly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return String(value) === source ? value : new Digits(source);
}
