/**
 * Wildcards as policies use them: `*` is any run of characters, `?` is any one.
 *
 * No regular expression is built, so no pattern can make a match take exponential time: after a
 * mismatch only the latest `*` takes one character more.
 */

/** Put before a character of a pattern to mean just that character. */
export const LITERAL = '\0';

export function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let read = 0;
  let starAt = -1;
  let starIn = 0;
  while (read < text.length) {
    const sign = pattern[at];
    const literal = sign === LITERAL ? pattern[at + 1] : undefined;
    if (sign === '*') {
      starAt = at++;
      starIn = read;
    } else if (
      literal !== undefined ? literal === text[read] : sign === '?' || sign === text[read]
    ) {
      at += literal === undefined ? 1 : 2;
      read += 1;
    } else if (starAt >= 0) {
      at = starAt + 1;
      read = ++starIn;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** `text` as a pattern that matches nothing but itself. */
export function literally(text: string): string {
  let pattern = '';
  for (const sign of text) {
    pattern += sign === '*' || sign === '?' || sign === LITERAL ? LITERAL + sign : sign;
  }
  return pattern;
}
