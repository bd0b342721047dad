/**
 * Pages of lists. A token is opaque and bound to the question it came from: used with other
 * filters, or made up, it is refused by the service's own words.
 */

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Asks for what follows; absent on the last page. */
  readonly token?: string;
}

export interface Question {
  /** What is listed, with every filter; a token is good for the same question only. */
  readonly asked: readonly unknown[];
  readonly limit: number;
  readonly token: string | undefined;
}

/**
 * The part of `all` that the question wants; undefined when its token is none of ours. Keys tell
 * where the page before ended, so what is made or deleted meanwhile shifts nothing.
 */
export function pageOf<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  { asked, limit, token }: Question,
): Page<Item> | undefined {
  const topic = JSON.stringify(asked);
  const before = token === undefined ? { at: -1, key: '' } : readToken(token, topic);
  if (!before) return undefined;
  const known = token === undefined ? -1 : all.findIndex((item) => keyOf(item) === before.key);
  // The item itself may be gone; what followed it then stands in its place.
  const start = token === undefined || known >= 0 ? known + 1 : before.at;
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  if (last === undefined || start + limit >= all.length) return { items };
  const text = JSON.stringify([topic, keyOf(last), start + limit - 1]);
  return { items, token: Buffer.from(text).toString('base64url') };
}

function readToken(token: string, topic: string) {
  try {
    const [asked, key, at] = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (asked === topic && typeof key === 'string' && Number.isInteger(at)) return { key, at };
  } catch {
    // Whatever cannot be read was not written here.
  }
  return undefined;
}
