/**
 * The regular expressions of the models, compiled when first needed.
 *
 * They were written for input that means well. Those that take for ever over some others are
 * rewritten here to say the same in linear time; a test tries all of them on hostile texts. A
 * text longer than any model's own `max` allows is refused unread.
 */
const LONGEST_TEXT = 140_000;

/** EventBridge and Pipes. Blanks may be read in exponentially many ways as they stand. */
const HEADER_VALUE = String.raw`[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*`;
const HEADER_VALUE_LINEAR = String.raw`\t*[\x20-\x7E][\t\x20-\x7E]*`;
const HEADER_NAME = String.raw`[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*`;
const HEADER_NAME_LINEAR = String.raw`\t*[^\x00-\x1F:\x7F][^\x00-\x08\x0A-\x1F:\x7F]*`;

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

/** Undefined for what only Java understands; its texts pass. */
function compile(pattern: string): RegExp | undefined {
  const linear = pattern
    .replace(HEADER_VALUE, HEADER_VALUE_LINEAR)
    .replace(HEADER_NAME, HEADER_NAME_LINEAR);
  const insensitive = linear.startsWith('(?i)');
  const source = `^(?:${insensitive ? linear.slice(4) : linear})$`;
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, insensitive ? `i${flags}` : flags);
    } catch {
      // Some escapes are errors in Unicode mode only.
    }
  }
  return undefined;
}
