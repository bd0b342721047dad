/**
 * Why a pattern is refused, in AWS's words.
 *
 * AWS reads patterns with event-ruler on top of Jackson, so a reason is followed by the place in
 * the text: `Empty arrays are not allowed\n at [Source: (String)"{"a":[]}"; line: 1, column: 8]`.
 * The service puts its own words in front ("Event pattern is not valid. Reason: ", "Invalid
 * parameter: ").
 */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  /** The reason alone. */
  readonly reason: string;
  /** The offset in the pattern's text that the reason is about, where there is one. */
  readonly at: number | undefined;

  constructor(reason: string, place?: { readonly text: string; readonly at: number }) {
    super(place ? `${reason}\n at ${location(place.text, place.at)}` : reason);
    this.reason = reason;
    this.at = place?.at;
  }
}

/** Jackson quotes this much of the source. */
const QUOTED_CHARS = 500;

/** A place as Jackson writes it; line and column count from one. */
export function location(text: string, at: number): string {
  const left = text.length - QUOTED_CHARS;
  const quoted =
    left > 0 ? `"${text.slice(0, QUOTED_CHARS)}"[truncated ${left} chars]` : `"${text}"`;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  return `[Source: (String)${quoted}; line: ${line}, column: ${column}]`;
}
