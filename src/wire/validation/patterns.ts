/**
 * The regular expressions of the models, compiled when first needed.
 *
 * They were written for Java and for trusted input. A text longer than the limit is refused
 * unread, so that no expression runs long on hostile input; the longest that any model's own
 * `max` allows stays below it.
 */
const LONGEST_TEXT = 140_000;

const compiled = new Map<string, RegExp | undefined>();

/** Whether the whole of `text` matches. */
export function matchesPattern(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined && !compiled.has(pattern)) {
    expression = compile(pattern);
    compiled.set(pattern, expression);
  }
  if (expression === undefined) return true;
  return text.length <= LONGEST_TEXT && expression.test(text);
}

/** Undefined for the few that only Java understands; their texts pass. */
function compile(pattern: string): RegExp | undefined {
  const insensitive = pattern.startsWith('(?i)');
  const source = `^(?:${insensitive ? pattern.slice(4) : pattern})$`;
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, insensitive ? `i${flags}` : flags);
    } catch {
      // Some escapes are errors in Unicode mode only.
    }
  }
  return undefined;
}
