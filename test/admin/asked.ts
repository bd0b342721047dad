/** The admin API as whoever looks asks it. */
import { parseExact } from '../../src/core/json-text.ts';
import type { Suite } from '../sdk/suite.ts';

type Given = Readonly<Record<string, string | number | undefined>>;

/** `path` below `/_millrace/v1/`; long integers as bigints. Throws for anything but 200. */
export async function looked<Answer>(
  aws: Pick<Suite, 'endpoint'>,
  path: string,
  query: Given = {},
): Promise<Answer> {
  const { status, body } = await asked(aws, path, query);
  if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
  return body as Answer;
}

export async function asked(
  aws: Pick<Suite, 'endpoint'>,
  path: string,
  query: Given = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const answer = await fetch(`${aws.endpoint}/_millrace/v1/${path}?${parameters}`);
  return { status: answer.status, body: parseExact(await answer.text()) };
}
