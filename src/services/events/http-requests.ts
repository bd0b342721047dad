/**
 * The parts of the HTTP requests that API destinations and OAuth endpoints get.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
import type { ConnectionHttpParameters, HttpParameters } from '../../wire/types/events.ts';

/** Header fields; a name is written as it was first set and found whatever its case. */
export class Headers {
  readonly #fields = new Map<string, readonly [name: string, value: string]>();

  set(name: string, value: string): this {
    const key = name.toLowerCase();
    this.#fields.set(key, [this.#fields.get(key)?.[0] ?? name, value]);
    return this;
  }

  toObject(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#fields.values());
  }
}

/** What a target and a connection add; where both name the same, the connection wins. */
export interface Additions {
  readonly headers: readonly Pair[];
  readonly query: readonly Pair[];
  readonly body: readonly Pair[];
}

type Pair = readonly [name: string, value: string];

export function additionsOf(
  connection: ConnectionHttpParameters | undefined,
  target?: HttpParameters | undefined,
): Additions {
  return {
    headers: [
      ...Object.entries(target?.HeaderParameters ?? {}),
      ...pairsOf(connection?.HeaderParameters),
    ],
    query: [
      ...Object.entries(target?.QueryStringParameters ?? {}),
      ...pairsOf(connection?.QueryStringParameters),
    ],
    body: pairsOf(connection?.BodyParameters),
  };
}

interface Parameter {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

function pairsOf(list: readonly Parameter[] | undefined): readonly Pair[] {
  return (list ?? []).map(({ Key = '', Value = '' }) => [Key, Value]);
}

/** The endpoint with each `*` of it replaced by the next value. */
export function withPath(endpoint: string, values: readonly string[] = []): string {
  let next = 0;
  return endpoint.replaceAll('*', (star) => {
    const value = values[next];
    next += 1;
    return value === undefined ? star : encodeURIComponent(value);
  });
}

/** The URL with further query parameters; of several with one name the last one counts. */
export function withQuery(url: string, pairs: readonly Pair[]): string {
  if (pairs.length === 0) return url;
  const parsed = new URL(url);
  for (const [name, value] of pairs) parsed.searchParams.set(name, value);
  return parsed.href;
}

/** The body with further members, if it is a JSON object; any other body stays as it is. */
export function withMembers(body: string, pairs: readonly Pair[]): string {
  const inner = /^\s*\{([\s\S]*)\}\s*$/.exec(body)?.[1];
  if (pairs.length === 0 || inner === undefined) return body;
  const members = pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  // Put at the end, so that they win over members of the same name, whose text is kept.
  return `{${[...(inner.trim() === '' ? [] : [inner]), ...members].join(',')}}`;
}
