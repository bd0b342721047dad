/**
 * Array consistency: fields that are reached through elements of one array must be reached
 * through the same element. `{"a":{"b":[1],"c":[2]}}` does not match
 * `{"a":[{"b":1,"c":3},{"b":4,"c":2}]}`.
 *
 * Fields are looked at in order of path. `{"exists": false}` asks for a field that is missing from
 * the elements which the fields before it have settled on, as event-ruler has it.
 *
 * Fields that share no array are searched apart from each other, at every depth, so the work grows
 * with the event and not with the product of its arrays.
 */
import { accepts } from './condition.ts';
import { isLeaf, member, waysFrom } from './leaves.ts';
import type { Branch, Field } from './pattern.ts';
import type { Work } from './work.ts';

/** The leaves of one field below some element; elements without leaves are left out. */
interface Spread {
  /** A leaf that no further array leads to answers the field's conditions. */
  accepted: boolean;
  /** There is a leaf that no further array leads to. */
  present: boolean;
  /** A leaf here or below answers the field's conditions. */
  hopeful: boolean;
  readonly arrays: Map<readonly unknown[], Map<number, Spread>>;
}

interface Item {
  readonly field: Field;
  readonly spread: Spread;
}

/** Whether one choice of leaves lets every field of the branch match. */
export function consistent(branch: Branch, event: unknown, work: Work): boolean {
  const items = branch.map((field) => {
    const spread = emptySpread();
    fill(spread, field, event, 0, work);
    return { field, spread };
  });
  return search(items, work);
}

function emptySpread(): Spread {
  return { accepted: false, present: false, hopeful: false, arrays: new Map() };
}

function fill(spread: Spread, field: Field, node: unknown, from: number, work: Work): void {
  work.steps++;
  if (Array.isArray(node)) {
    node.forEach((element: unknown, index) => {
      if (isLeaf(element)) fill(spread, field, element, from, work);
      else fillElement(spread, field, node, index, from, work);
    });
    return;
  }
  if (isLeaf(node)) {
    if (from < field.steps.count) return;
    spread.present = true;
    if (accepts(field.test, node)) spread.accepted = spread.hopeful = true;
  } else if (from < field.steps.count) {
    const object = node as object;
    for (const { key, to } of waysFrom(field.steps, from, object)) {
      const value = member(object, key);
      if (value !== undefined) fill(spread, field, value, to, work);
    }
  }
}

function fillElement(
  spread: Spread,
  field: Field,
  array: readonly unknown[],
  index: number,
  from: number,
  work: Work,
): void {
  const inside = emptySpread();
  fill(inside, field, array[index], from, work);
  if (!inside.present && inside.arrays.size === 0) return;
  const elements = spread.arrays.get(array) ?? new Map<number, Spread>();
  spread.arrays.set(array, elements.set(index, inside));
  spread.hopeful ||= inside.hopeful;
}

function search(items: readonly Item[], work: Work): boolean {
  return groups(items).every((group) => searchGroup(group, work));
}

/** Parts the items so that items of different groups share no array; keeps their order. */
function groups(items: readonly Item[]): Item[][] {
  const parted: { readonly arrays: Set<unknown>; readonly items: Item[] }[] = [];
  for (const item of items) {
    const touching = parted.filter(({ arrays }) => overlaps(arrays, item.spread.arrays));
    const [home] = touching;
    if (!home) {
      parted.push({ arrays: new Set(item.spread.arrays.keys()), items: [item] });
      continue;
    }
    home.items.push(item);
    for (const array of item.spread.arrays.keys()) home.arrays.add(array);
    for (const other of touching.slice(1)) {
      parted.splice(parted.indexOf(other), 1);
      home.items.push(...other.items);
      for (const array of other.arrays) home.arrays.add(array);
    }
  }
  for (const group of parted) group.items.sort((a, b) => (a.field.path < b.field.path ? -1 : 1));
  return parted.map((group) => group.items);
}

function overlaps(some: ReadonlySet<unknown>, others: ReadonlyMap<unknown, unknown>): boolean {
  for (const array of others.keys()) if (some.has(array)) return true;
  return false;
}

function searchGroup([first, ...rest]: readonly Item[], work: Work): boolean {
  work.steps++;
  if (!first) return true;
  const { field, spread } = first;
  if (spread.accepted && search(rest, work)) return true;
  const absent = !spread.present && spread.arrays.size === 0;
  if (absent) return field.mayBeAbsent && search(rest, work);
  for (const [array, elements] of spread.arrays) {
    for (const [index, inside] of elements) {
      if (!inside.hopeful) continue;
      const settled = rest.map((item) => settle(item, array, index));
      if (search([{ field, spread: inside }, ...settled], work)) return true;
    }
  }
  return false;
}

/** What is left of an item once element `index` of `array` is settled on. */
function settle(item: Item, array: readonly unknown[], index: number): Item {
  const elements = item.spread.arrays.get(array);
  if (!elements) return item;
  const inside = elements.get(index);
  const arrays = new Map(item.spread.arrays);
  arrays.delete(array);
  for (const [inner, below] of inside?.arrays ?? []) arrays.set(inner, below);
  const accepted = item.spread.accepted || inside?.accepted === true;
  const hopeful = accepted || [...arrays.values()].some(anyHopeful);
  const present = item.spread.present || inside?.present === true;
  return { field: item.field, spread: { accepted, present, hopeful, arrays } };
}

function anyHopeful(elements: ReadonlyMap<number, Spread>): boolean {
  for (const spread of elements.values()) if (spread.hopeful) return true;
  return false;
}
