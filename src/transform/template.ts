/**
 * An input template cut into literal text and placeholders.
 *
 * A template is JSON with placeholders, or strings in quotes on one or more lines, or any other
 * text. A placeholder means one thing inside quotes and another outside, so each knows where it
 * stands.
 */
import { TransformError } from './error.ts';

export interface Template {
  /** Whether it is JSON once every placeholder stands for a value. */
  readonly kind: 'json' | 'string' | 'text';
  readonly parts: readonly (string | Placeholder)[];
}

export interface Placeholder {
  readonly name: string;
  readonly quoted: boolean;
}

const PLACEHOLDER = /<([A-Za-z0-9_.-]+)>/g;

/** Cuts a template; throws a TransformError for a placeholder that is the key of an object. */
export function parseTemplate(text: string): Template {
  const parts: (string | Placeholder)[] = [];
  let quoted = false;
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const literal = text.slice(end, match.index);
    quoted = endsQuoted(literal, quoted);
    parts.push(literal, { name: match[1] ?? '', quoted });
    end = match.index + match[0].length;
    if (text.trimStart().startsWith('{') && isKey(text.slice(end), quoted)) {
      throw new TransformError(`a placeholder is no key: ${match[0]}`, match[1]);
    }
  }
  parts.push(text.slice(end));
  return { kind: kindOf(text, parts), parts: parts.filter((part) => part !== '') };
}

/** Whether a quote is open behind `literal`, when one was or was not in front of it. */
function endsQuoted(literal: string, quotedBefore: boolean): boolean {
  let quoted = quotedBefore;
  for (let at = 0; at < literal.length; at++) {
    if (literal[at] === '\\') at++;
    else if (literal[at] === '"') quoted = !quoted;
  }
  return quoted;
}

/** Whether what follows a placeholder makes it, or the string it is in, the key of an object. */
function isKey(rest: string, quoted: boolean): boolean {
  return quoted ? /^(?:[^"\\]|\\.)*"\s*:/s.test(rest) : /^\s*:/.test(rest);
}

function kindOf(text: string, parts: readonly (string | Placeholder)[]): Template['kind'] {
  const stood = parts.map((part) => (typeof part === 'string' || part.quoted ? part : '0'));
  try {
    JSON.parse(stood.map((part) => (typeof part === 'string' ? part : 'x')).join(''));
    return text.trimStart().startsWith('"') ? 'string' : 'json';
  } catch {
    return text.trimStart().startsWith('"') ? 'string' : 'text';
  }
}
