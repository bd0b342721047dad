/** The admin API as whoever changes something asks it. */
type Members = Readonly<Record<string, unknown>>;

export interface Posted {
  readonly status: number;
  readonly body: Members;
  /** Of an operation; empty without one. */
  readonly output: Members;
}

/** `path` below `/_millrace/v1/`. */
export async function posted(
  { endpoint }: { readonly endpoint: string },
  path: string,
  value: unknown,
): Promise<Posted> {
  const answer = await fetch(`${endpoint}/_millrace/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  const body = (await answer.json()) as Members;
  return { status: answer.status, body, output: { ...(body.output as Members | undefined) } };
}
