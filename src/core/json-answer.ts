/** Answers of our own paths, which speak plain JSON: one value, one line. */

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Replacer = (name: string, member: unknown) => unknown;

export function json(status: number, value: unknown, replacer?: Replacer): JsonAnswer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: `${JSON.stringify(value, replacer)}\n` };
}

/** For refusals: one sentence. */
export function said(status: number, message: string): JsonAnswer {
  return json(status, { message });
}

export function wrongMethod(
  { path, method }: { readonly path: string; readonly method: string },
  allowed: string,
): JsonAnswer {
  const { status, headers, body } = said(405, `${path} takes ${allowed}, not ${method}.`);
  return { status, headers: { ...headers, allow: allowed }, body };
}
