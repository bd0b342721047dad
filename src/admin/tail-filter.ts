/**
 * What a look at the tail wants to see. What can be told from a fact alone is asked first, because
 * most of what is passed over then costs no look at what it held.
 */
import type { Form } from '../admin-api/index.ts';
import { AwsError } from '../core/errors.ts';
import { parseExact } from '../core/json-text.ts';
import { PatternError } from '../event-patterns/error.ts';
import { matches } from '../event-patterns/matches.ts';
import { type Pattern, parsePattern } from '../event-patterns/pattern.ts';
import type { Fact } from '../journal/journal.ts';
import { textOf } from '../journal/preview.ts';

export interface TailFilter {
  /** Whether it wants to see what something held. */
  readonly asksContent: boolean;
  takesFact(fact: Fact, form: Form): boolean;
  takesContent(fact: Fact, form: Form, held: unknown): boolean;
}

/** Throws `AwsError` for a pattern that is none, in EventBridge's words. */
export function tailFilter(query: URLSearchParams): TailFilter {
  const asked = (name: string) => query.get(name) || undefined;
  const pattern = readPattern(asked('pattern'));
  const text = asked('text')?.toLowerCase();
  const [arn, form] = [asked('arn'), asked('form')];
  return {
    asksContent: pattern !== undefined || text !== undefined,
    takesFact: (fact, itsForm) => {
      return (arn === undefined || isAt(fact.arn, arn)) && (form ?? itsForm) === itsForm;
    },
    takesContent: (fact, itsForm, held) => {
      if (text !== undefined && !textIn(fact, held).includes(text)) return false;
      return pattern === undefined || matchesContent(pattern, itsForm, held);
    },
  };
}

function readPattern(text: string | undefined): Pattern | undefined {
  if (text === undefined) return undefined;
  try {
    return parsePattern(text);
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause;
    const said = `Event pattern is not valid. Reason: ${cause.message}`;
    throw new AwsError('InvalidEventPatternException', said);
  }
}

/** A function's ARN stands for all of its versions. */
function isAt(arn: string, wanted: string): boolean {
  if (wanted.endsWith('*')) return arn.startsWith(wanted.slice(0, -1));
  return arn === wanted || (arn.startsWith(`${wanted}:`) && arn.includes(':function:'));
}

function textIn({ id, note = '' }: Fact, held: unknown): string {
  return `${id} ${note} ${textOf(held)}`.toLowerCase();
}

/** The members that hold JSON of the application's as a text. */
const INNER: Partial<Record<Form, string>> = {
  notification: 'Message',
  message: 'MessageBody',
  invocation: 'payload',
  record: 'Data',
};

function matchesContent(pattern: Pattern, form: Form, held: unknown): boolean {
  if (typeof held !== 'object' || held === null) return false;
  const name = INNER[form];
  const subject = name === undefined ? held : innerOf(form, Reflect.get(held, name));
  return typeof subject === 'object' && subject !== null && matches(pattern, subject);
}

function innerOf(form: Form, text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return parseExact(form === 'record' ? Buffer.from(text, 'base64').toString() : text);
  } catch {
    return undefined;
  }
}
