/** A line of what something published holds, for lists. */
import { withDigits } from '../core/json-text.ts';

const MOST = 200;
/** Looked at, so that a megabyte is not made one line for the sake of its beginning. */
const LOOKED_AT = 4 * MOST;

/** What a person would look at first in a content of this form; see `src/admin-api/tail.ts`. */
const MEMBERS: Readonly<Record<string, string>> = {
  event: 'detail',
  notification: 'Message',
  message: 'MessageBody',
  record: 'Data',
  invocation: 'payload',
};

/** At most 200 characters without line breaks; empty for what was not kept. */
export function previewOf(form: string, content: unknown): string {
  if (typeof content !== 'object' || content === null) return '';
  const name = MEMBERS[form];
  const value: unknown = name === undefined ? content : Reflect.get(content, name);
  return oneLine(form === 'record' ? bytesAsText(value) : textOf(value));
}

/** What is a text already as it is, and anything else as JSON; empty for nothing. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, withDigits) ?? '');
}

function bytesAsText(base64: unknown): string {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64').toString() : '';
}

/** The beginning of a text, at most 200 characters without line breaks. */
export function oneLine(text: string): string {
  const line = text.slice(0, LOOKED_AT).replace(/\s+/g, ' ').trim();
  return line.length > MOST ? `${line.slice(0, MOST - 1)}…` : line;
}
