/** What was published, in parts to read: the text that matters first, by the form it has. */
import type { Form } from '../../../src/admin-api/index.ts';
import { decoded } from './base64.ts';

export interface Part {
  readonly title: string;
  /** Text, which may be JSON. */
  readonly text?: string;
  /** JSON, where it is not text. */
  readonly value?: unknown;
}

type Members = Readonly<Record<string, unknown>>;

export function partsOf(form: Form, content: unknown): readonly Part[] {
  if (typeof content !== 'object' || content === null) return [whole(content)];
  return PARTS[form](content as Members);
}

const PARTS: Readonly<Record<Form, (content: Members) => readonly Part[]>> = {
  event: (content) => [whole(content)],
  notification: ({ Message, ...rest }) => textAnd('Message', Message, rest),
  message: ({ MessageBody, ...rest }) => textAnd('Body', MessageBody, rest),
  record: ({ Data, ...rest }) => textAnd('Data', textOf(Data), rest),
  change: ({ Keys, NewImage, OldImage }) =>
    present([
      ['Keys', Keys],
      ['New image', NewImage],
      ['Old image', OldImage],
    ]),
  invocation: ({ payload, result, error }) =>
    present([
      ['Input', payload],
      ['Result', result],
      ['Error', error],
    ]),
};

function whole(content: unknown): Part {
  return { title: 'Content', value: content };
}

function textAnd(title: string, text: unknown, rest: Members): readonly Part[] {
  const more = Object.keys(rest).length > 0 ? rest : undefined;
  return present([
    [title, text],
    ['Sent with it', more],
  ]);
}

function present(parts: readonly (readonly [string, unknown])[]): readonly Part[] {
  return parts
    .filter(([, value]) => value !== undefined)
    .map(([title, value]) =>
      typeof value === 'string' ? { title, text: value } : { title, value },
    );
}

/** Bytes that are no text stay in base64. */
function textOf(data: unknown): unknown {
  return typeof data === 'string' ? (decoded(data) ?? data) : data;
}
