/**
 * Texts that are mostly JSON, and need not be. Laying them out and packing them moves white space
 * only: numbers keep their digits, members their order, which parsing would lose.
 */

/** A text as it is edited. `json` is laid out for reading, and packed when it is sent. */
export interface Body {
  readonly form: 'json' | 'text';
  readonly text: string;
}

export const NO_BODY: Body = { form: 'json', text: '' };

/** What is empty is more often meant to become JSON. */
export function bodyOf(text: string): Body {
  if (text.trim() === '') return NO_BODY;
  return isJson(text) ? { form: 'json', text: laidOut(text) } : { form: 'text', text };
}

/** As it is sent; JSON that does not parse goes as it stands. */
export function textOf({ form, text }: Body): string {
  return form === 'json' ? packed(text) : text;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Why it is no JSON, in the engine's words; undefined where it is. */
export function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** On one line; as it is where it is no JSON. */
export function packed(text: string): string {
  return isJson(text) ? tokensOf(text).join('') : text;
}

/** With two spaces for each level; as it is where it is no JSON. */
export function laidOut(text: string): string {
  if (!isJson(text)) return text;
  let level = 0;
  let out = '';
  const tokens = tokensOf(text);
  for (const [index, token] of tokens.entries()) {
    const closes = token === '}' || token === ']';
    const opens = token === '{' || token === '[';
    const before = tokens[index - 1];
    if (closes) level -= 1;
    if (closes ? !isOpening(before) : isOpening(before) || before === ',') out += newLine(level);
    out += token === ':' ? ': ' : token;
    if (opens) level += 1;
  }
  return out;
}

function isOpening(token: string | undefined): boolean {
  return token === '{' || token === '[';
}

function newLine(level: number): string {
  return `\n${'  '.repeat(level)}`;
}

/** Of JSON: strings, marks, and all else between white space. */
function tokensOf(text: string): readonly string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
}

/** The start of a text, for a line of a list. */
export function oneLine(text: string, most = 200): string {
  const start = text.length > 4 * most ? text.slice(0, 4 * most) : packed(text);
  return start.replaceAll(/\s+/g, ' ').slice(0, most);
}
