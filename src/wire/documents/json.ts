/**
 * JSON text as strangers send it. `JSON.parse` itself survives any depth, but takes seconds over
 * millions of levels and hands on what `JSON.stringify` cannot write again; so a document deeper
 * than AWS allows is refused before it is parsed.
 */
import { notReadable, tooDeep } from '../errors/framework-errors.ts';

/** The limit of EventBridge's PutEvents; the other services give none. */
const DEEPEST = 1000;

export function parseJson(text: string): unknown {
  // A document of n levels needs n opening brackets and as many closing ones.
  if (text.length > 2 * DEEPEST && mayBeDeep(text) && isDeep(text)) throw tooDeep(DEEPEST);
  try {
    return JSON.parse(text);
  } catch {
    throw notReadable('The request body is not valid JSON.');
  }
}

/** Counts opening brackets, those within strings too: cheap, and never too low. */
function mayBeDeep(text: string): boolean {
  return count(text, '{', DEEPEST) + count(text, '[', DEEPEST) > DEEPEST;
}

function count(text: string, bracket: string, most: number): number {
  let found = 0;
  let at = text.indexOf(bracket);
  while (at !== -1 && found <= most) {
    found += 1;
    at = text.indexOf(bracket, at + 1);
  }
  return found;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function isDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
