/** The admin API as a client meets it. */
import type { DeadLetter, DeadLetterMessages, Redriven } from '../../../src/admin-api/index.ts';
import type { Suite } from '../../sdk/suite.ts';

export interface Answered<Answer> {
  readonly status: number;
  readonly body: Answer;
}

/** `path` below `/_millrace/v1/`, with what is to stand in the query. */
export async function ask<Answer>(
  aws: Pick<Suite, 'endpoint'>,
  path: string,
  query: Readonly<Record<string, string | number>> = {},
): Promise<Answered<Answer>> {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) asked.set(name, String(value));
  const answer = await fetch(`${aws.endpoint}/_millrace/v1/${path}?${asked}`);
  return { status: answer.status, body: (await answer.json()) as Answer };
}

export async function order<Answer>(
  aws: Pick<Suite, 'endpoint'>,
  path: string,
  body: unknown,
): Promise<Answered<Answer>> {
  const answer = await fetch(`${aws.endpoint}/_millrace/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Answer };
}

export async function letters(aws: Suite, queue: string): Promise<readonly DeadLetter[]> {
  return (await ask<DeadLetterMessages>(aws, 'dead-letters/messages', { queue })).body.messages;
}

export type Given = Pick<DeadLetter, 'id' | 'position' | 'token'> & { readonly body?: string };

/** As the API wants messages named. */
export const named = ({ id, position, token }: DeadLetter): Given => ({ id, position, token });

/** Redrives chosen messages. */
export function redrive(aws: Suite, queue: string, messages: readonly Given[], more: object = {}) {
  const asked = { queue, messages, ...more };
  return order<Redriven & { message: string }>(aws, 'dead-letters/redrive', asked);
}
