/** What the lines of an export may hold, and in what order they come. */
import type { Item, KeptRecord } from './transfer.ts';

type Kind = Item['kind'];
type Members = Readonly<Record<string, 'string' | 'number' | 'true'>>;

const OPTIONAL = new Set(['meta', 'group', 'ordered', 'firstClaimedAtMs', 'key of record']);

/** Members of each kind, in the order of the file. */
const MEMBERS: Readonly<Record<Kind, Members>> = {
  given: { last: 'number' },
  message: {
    queue: 'string',
    position: 'number',
    id: 'string',
    group: 'string',
    ordered: 'true',
    sentAtMs: 'number',
    visibleAtMs: 'number',
    token: 'number',
    claims: 'number',
    firstClaimedAtMs: 'number',
    meta: 'string',
    body: 'string',
  },
  remembered: {
    queue: 'string',
    key: 'string',
    untilMs: 'number',
    position: 'number',
    id: 'string',
  },
  log: { log: 'string', first: 'number', next: 'number' },
  record: { log: 'string', position: 'number', atMs: 'number', key: 'string', body: 'string' },
  row: { table: 'string', partition: 'string', key: 'string', version: 'number', value: 'string' },
};
const KINDS = Object.keys(MEMBERS) as readonly Kind[];

/** In this order members are written, whatever order an engine gives them in. */
export const ITEM_MEMBERS: string[] = [
  ...new Set(['kind', ...KINDS.flatMap((kind) => Object.keys(MEMBERS[kind]))]),
];

/** The value as an item; undefined when it is none that is known. */
export function parseItem(value: Readonly<Record<string, unknown>>): Item | undefined {
  const kind = KINDS.find((one) => one === value.kind);
  if (!kind) return undefined;
  const members = MEMBERS[kind];
  for (const [name, type] of Object.entries(members)) {
    const member = value[name];
    const isOptional = OPTIONAL.has(name) || OPTIONAL.has(`${name} of ${kind}`);
    if (member === undefined ? !isOptional : !isOf(type, member)) return undefined;
  }
  const isKnown = (name: string) => name === 'kind' || Object.hasOwn(members, name);
  return Object.keys(value).every(isKnown) ? (value as unknown as Item) : undefined;
}

function isOf(type: 'string' | 'number' | 'true', value: unknown): boolean {
  if (type === 'true') return value === true;
  return type === 'number' ? Number.isSafeInteger(value) : typeof value === 'string';
}

/** Whether items come in their order, so that whoever takes them in meets no surprise. */
export class Order {
  #last: Item | undefined;
  /** The log whose records are coming, and the position of the next. */
  #log: { readonly name: string; readonly end: number; reached: number } | undefined;

  accepts(item: Item): boolean {
    const last = this.#last;
    if (item.kind === 'record') return this.#acceptsRecord(item);
    if (!this.isWhole) return false;
    const [before, now] = [rankOf(last), rankOf(item)];
    const isLater = now > before || (last?.kind === item.kind && compare(item, last) > 0);
    if (!isLater || (last === undefined && item.kind !== 'given')) return false;
    this.#last = item;
    if (item.kind === 'log') {
      this.#log = { name: item.log, end: item.next, reached: item.first };
    }
    return true;
  }

  /** Whether all that was announced has come. */
  get isWhole(): boolean {
    return this.#log === undefined || this.#log.reached === this.#log.end;
  }

  #acceptsRecord({ log, position }: KeptRecord): boolean {
    const coming = this.#log;
    if (!coming || log !== coming.name || position !== coming.reached) return false;
    coming.reached += 1;
    return position < coming.end;
  }
}

const rankOf = (item: Item | undefined) => (item ? KINDS.indexOf(item.kind) : -1);

function compare(one: Item, other: Item): number {
  const places = placeOf(other);
  for (const [index, place] of placeOf(one).entries()) {
    const against = places[index] ?? '';
    if (place !== against) return comparePlaces(place, against);
  }
  return 0;
}

function placeOf(item: Item): readonly (string | number)[] {
  switch (item.kind) {
    case 'message':
      return [item.queue, item.position];
    case 'remembered':
      return [item.queue, item.key];
    case 'row':
      return [item.table, item.partition, item.key];
    case 'log':
    case 'record':
      return [item.log];
    case 'given':
      return [];
  }
}

function comparePlaces(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
}
