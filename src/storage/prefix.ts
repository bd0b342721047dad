/**
 * The range of strings that begin with a prefix, in the order of their UTF-8 bytes, which is
 * that of their code points (and not that of JavaScript's comparison).
 */
const LAST_CODE_POINT = 0x10_ff_ff;
/** SQLite orders any blob after every text. */
const AFTER_ALL_TEXT = new Uint8Array(0);

/** The first value after all strings that begin with `prefix`. */
export function endOfPrefix(prefix: string): string | Uint8Array {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0;
    // Surrogates are no characters of their own and do not occur in UTF-8.
    const next = point === 0xd7_ff ? 0xe0_00 : point + 1;
    if (point < LAST_CODE_POINT) return points.join('') + String.fromCodePoint(next);
  }
  return AFTER_ALL_TEXT;
}

export function bytesCompare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
