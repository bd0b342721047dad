/**
 * Filter patterns: terms of text, and JSON selectors in braces.
 *
 * Built: `ERROR`, `"two words"`, `?either ?or`, `-without`, and `{ $.a.b[0] = "x*" && $.n > 3 }`
 * with `= != < <= > >=`, `IS NULL|TRUE|FALSE`, `EXISTS`, `NOT EXISTS`, `&&`, `||` and parentheses.
 * Regular expressions (`%…%`) and space-delimited patterns (`[a, b]`) are refused by name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { notBuilt } from './errors.ts';
import { jsonFilter } from './json-filters.ts';

export type Filter = (message: string) => boolean;

/** Throws the service's refusal for what is no pattern, or not built. */
export function filterOf(pattern: string): Filter {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('[')) throw notBuilt('space-delimited filter patterns');
  if (/(^|\s)[-?]?%.*%/.test(text)) throw notBuilt('regular expressions in filter patterns');
  if (text.startsWith('{')) return jsonFilter(text);
  return termFilter(text);
}

interface Terms {
  readonly all: readonly string[];
  readonly any: readonly string[];
  readonly none: readonly string[];
}

function termFilter(text: string): Filter {
  const { all, any, none } = readTerms(text);
  return (message) =>
    all.every((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term))) &&
    !none.some((term) => message.includes(term));
}

function readTerms(text: string): Terms {
  const terms = { all: [] as string[], any: [] as string[], none: [] as string[] };
  for (const [, sign, quoted, bare] of text.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)) {
    const term = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    if (sign === '?') terms.any.push(term);
    else if (sign === '-') terms.none.push(term);
    else terms.all.push(term);
  }
  // A pattern that also has plain terms takes its optional ones for granted, says the guide.
  return terms.all.length > 0 ? { ...terms, any: [] } : terms;
}
