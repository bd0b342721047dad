/**
 * Percent-encoded pairs, as in a query string or a form, and the tree that AWS Query spells in
 * their names: `Tags.member.1.Key=a` is a leaf four levels down.
 */
import { notReadable } from '../errors/framework-errors.ts';

export interface FormNode {
  value: string | undefined;
  children: Map<string, FormNode> | undefined;
}

/** More than any operation can mean; each pair costs memory of its own. */
const MOST_PAIRS = 100_000;
const DEEPEST = 64;

/** Calls `take` with each pair, decoded. A plus sign is a space. */
export function eachPair(text: string, take: (name: string, value: string) => void): void {
  let pairs = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    if (end > start) {
      pairs += 1;
      if (pairs > MOST_PAIRS) throw notReadable(`More than ${MOST_PAIRS} parameters.`);
      const equals = text.indexOf('=', start);
      const isBare = equals === -1 || equals > end;
      const name = text.slice(start, isBare ? end : equals);
      take(decode(name), isBare ? '' : decode(text.slice(equals + 1, end)));
    }
    start = end + 1;
  }
}

/**
 * The value of the first pair of that name, without decoding the others. Never throws: what is
 * malformed comes as it stands, and leads nowhere.
 */
export function firstValue(text: string, name: string): string | undefined {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    const starts = at === 0 || text.charCodeAt(at - 1) === 0x26;
    if (starts && text.charCodeAt(end) === 0x3d) {
      const until = text.indexOf('&', end);
      const value = text.slice(end + 1, until === -1 ? text.length : until);
      try {
        return decode(value);
      } catch {
        return value;
      }
    }
  }
  return undefined;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return spaced.includes('%') ? percentDecode(spaced) : spaced;
}

export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notReadable('A percent-encoded text is malformed.');
  }
}

export function parseForm(text: string): FormNode {
  const root: FormNode = { value: undefined, children: undefined };
  eachPair(text, (name, value) => {
    let node = root;
    const steps = name.split('.');
    if (steps.length > DEEPEST) throw notReadable(`More than ${DEEPEST} levels in a name.`);
    for (const step of steps) {
      node.children ??= new Map();
      let child = node.children.get(step);
      if (!child) {
        child = { value: undefined, children: undefined };
        node.children.set(step, child);
      }
      node = child;
    }
    node.value ??= value;
  });
  return root;
}
