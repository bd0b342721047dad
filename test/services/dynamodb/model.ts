/**
 * What a table is supposed to do, in a few lines and with no thought of speed: a map of items,
 * and each question answered by looking at all of them. Random commands are put to a table and
 * to this, and must be answered alike.
 */
import type { AttributeValue } from '../../../src/wire/types/dynamodb.ts';
import type { Item } from './a-table.ts';

/** The attributes that items of the model have: keys are texts, the rest small numbers. */
export interface Place {
  readonly pk: string;
  readonly sk: string;
}

export interface Content {
  /** The index's keys; an item without either has no entry. */
  readonly owner?: string | undefined;
  readonly at?: number | undefined;
  readonly amount?: number | undefined;
}

export type Range =
  | { readonly operator: '=' | '<' | '<=' | '>' | '>='; readonly value: string }
  | { readonly operator: 'begins_with'; readonly value: string }
  | { readonly operator: 'between'; readonly value: string; readonly upper: string };

export class TableModel {
  readonly #items = new Map<string, Item>();

  put(item: Item): void {
    this.#items.set(nameOf(placeOf(item)), item);
  }

  get(place: Place): Item | undefined {
    return this.#items.get(nameOf(place));
  }

  remove(place: Place): void {
    this.#items.delete(nameOf(place));
  }

  /** `ADD amount :n`, on whatever is there. */
  add(place: Place, count: number): void {
    const before = this.get(place) ?? itemOf(place, {});
    const amount = Number(before.amount?.N ?? 0) + count;
    this.put({ ...before, amount: { N: String(amount) } });
  }

  /** Items of one partition, in order. */
  query(pk: string, range: Range | undefined): readonly Item[] {
    return this.all()
      .filter((item) => item.pk?.S === pk && (!range || isIn(item.sk?.S ?? '', range)))
      .sort((a, b) => bytewise(a.sk, b.sk));
  }

  /** Entries of the index with this owner, in the order of their numbers. */
  queryIndex(owner: string): readonly Item[] {
    return this.entries()
      .filter((item) => item.owner?.S === owner)
      .sort((a, b) => Number(a.at?.N) - Number(b.at?.N));
  }

  entries(): readonly Item[] {
    return this.all().filter((item) => item.owner !== undefined && item.at !== undefined);
  }

  all(): readonly Item[] {
    return [...this.#items.values()];
  }
}

export function itemOf({ pk, sk }: Place, { owner, at, amount }: Content): Item {
  return {
    ...{ pk: { S: pk }, sk: { S: sk } },
    ...(owner !== undefined && { owner: { S: owner } }),
    ...(at !== undefined && { at: { N: String(at) } }),
    ...(amount !== undefined && { amount: { N: String(amount) } }),
  };
}

export function placeOf({ pk, sk }: Item): Place {
  return { pk: pk?.S ?? '', sk: sk?.S ?? '' };
}

function nameOf({ pk, sk }: Place): string {
  return JSON.stringify([pk, sk]);
}

function bytewise(a: AttributeValue | undefined, b: AttributeValue | undefined): number {
  return Buffer.compare(Buffer.from(a?.S ?? ''), Buffer.from(b?.S ?? ''));
}

function isIn(text: string, range: Range): boolean {
  const order = (other: string) => Buffer.compare(Buffer.from(text), Buffer.from(other));
  switch (range.operator) {
    case '=':
      return text === range.value;
    case '<':
      return order(range.value) < 0;
    case '<=':
      return order(range.value) <= 0;
    case '>':
      return order(range.value) > 0;
    case '>=':
      return order(range.value) >= 0;
    case 'begins_with':
      return text.startsWith(range.value);
    case 'between':
      return order(range.value) >= 0 && order(range.upper) <= 0;
  }
}
