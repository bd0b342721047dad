/** What expressions mean, said as plainly as can be and with no regard to speed. */
import type { Item, Value } from '../../src/expressions/attribute-values.ts';

/** A text that is the same for equal values only. */
export function fingerprint(value: Value): string {
  const [[type, member] = ['', null]] = Object.entries(value) as [string, unknown][];
  if (type === 'B') return `B${(member as Uint8Array).join()}`;
  if (type === 'SS' || type === 'NS')
    return type + JSON.stringify([...(member as string[])].sort());
  if (type === 'BS')
    return (
      type +
      (member as Uint8Array[])
        .map((one) => one.join())
        .sort()
        .join(';')
    );
  if (type === 'L') return `L[${(member as Value[]).map(fingerprint).join(';')}]`;
  if (type !== 'M') return type + JSON.stringify(member);
  const members = Object.entries(member as Item).map(([name, one]) => name + fingerprint(one));
  return `M{${members.sort().join(';')}}`;
}

/** Below, at or above zero; undefined where there is no order. Numbers must be small. */
export function order(a: Value | undefined, b: Value | undefined): number | undefined {
  if (!a || !b) return undefined;
  if ('N' in a && 'N' in b) return Number(a.N) - Number(b.N);
  if ('S' in a && 'S' in b) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  return 'B' in a && 'B' in b ? Buffer.compare(a.B, b.B) : undefined;
}

type Step = string | number;

export function find(item: Item, path: readonly Step[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (value, step) => {
      if (!value) return undefined;
      if ('M' in value && typeof step === 'string') return value.M[step];
      return 'L' in value && typeof step === 'number' ? value.L[step] : undefined;
    },
    { M: item },
  );
}

export interface Put {
  readonly path: readonly Step[];
  /** Undefined takes away. */
  readonly value: Value | undefined;
}

interface Box {
  M?: Record<string, Value | undefined>;
  L?: (Value | undefined)[];
}

/** A copy of `item` with each of `puts` done to it; undefined where one cannot be. */
export function put(item: Item, puts: readonly Put[]): Item | undefined {
  const copy = structuredClone(item) as Item;
  const append: [unknown, number, Value][] = [];
  const lists = new Set<(Value | undefined)[]>();
  for (const { path, value } of puts) {
    const parent = find(copy, path.slice(0, -1)) as Box | undefined;
    const last = path.at(-1);
    if (parent?.M && typeof last === 'string') {
      if (value) parent.M[last] = value;
      else delete parent.M[last];
    } else if (parent?.L && typeof last === 'number') {
      lists.add(parent.L);
      if (last < parent.L.length) parent.L[last] = value;
      else if (value) append.push([parent.L, last, value]);
    } else {
      return undefined;
    }
  }
  for (const [list, , value] of append.sort(([, a], [, b]) => a - b)) {
    (list as Value[]).push(value);
  }
  for (const list of lists) list.splice(0, list.length, ...list.filter(Boolean));
  return copy;
}
