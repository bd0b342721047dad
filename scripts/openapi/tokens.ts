/** The tokens of TypeScript's types, as far as the contract of the admin API uses them. */

export interface Token {
  /** A name, a text in quotes, a number, or a sign. */
  readonly text: string;
  /** The comment that stands before it, for people. */
  readonly doc?: string;
}

const COMMENT = /\/\*\*([\s\S]*?)\*\/|\/\/[^\n]*|\/\*[\s\S]*?\*\//;
const WORD = /'(?:[^'\\]|\\.)*'|[A-Za-z_$][\w$]*|\d+(?:\.\d+)?|[^\s]/;
const TOKEN = new RegExp(`${COMMENT.source}|${WORD.source}`, 'g');

export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let doc: string | undefined;
  for (const [text, comment] of source.matchAll(TOKEN)) {
    if (comment !== undefined) doc = textOf(comment);
    else if (!text.startsWith('/')) {
      tokens.push({ text, ...(doc !== undefined && { doc }) });
      doc = undefined;
    }
  }
  return tokens;
}

/** Without stars, on one line for each paragraph. */
function textOf(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join(' ')
    .trim();
}
