/**
 * Decides at which field each branch of a pattern waits: where the fewest others would be found
 * together with it.
 */
import { type FieldIndex, fieldIndex, type Indexed } from './field-index.ts';
import type { Steps } from './leaves.ts';
import type { Branch, Field } from './pattern.ts';

/** What is to wait; `settle` gives it its anchor, unless none of its fields can be one. */
export interface Anchored {
  readonly branch: Branch;
  anchor: Field | undefined;
}

export interface Crowd<Item> {
  readonly steps: Steps;
  readonly index: FieldIndex<Item>;
  /** How many branches name the field. */
  readonly size: number;
}

/** Settles all items, and answers with an index for each field that some of them wait at. */
export function settle<Item extends Anchored>(items: readonly Item[]): readonly Crowd<Item>[] {
  const crowds = crowdsOf(items, ({ branch }) => branch.filter(canAnchor));
  for (const item of items) item.anchor = leastCrowded(item.branch, crowds);
  const settled = crowdsOf(items, ({ anchor }) => (anchor ? [anchor] : []));
  return [...settled.values()];
}

function canAnchor(field: Field): boolean {
  return !field.mayBeAbsent && field.steps.ways !== undefined;
}

function crowdsOf<Item extends object>(
  items: readonly Item[],
  fieldsOf: (item: Item) => readonly Field[],
): ReadonlyMap<string, Crowd<Item>> {
  const drafts = new Map<string, { steps: Steps; entries: Indexed<Item>[]; size: number }>();
  for (const item of items) {
    for (const { path, steps, conditions } of fieldsOf(item)) {
      const draft = drafts.get(path) ?? { steps, entries: [], size: 0 };
      drafts.set(path, draft);
      draft.size++;
      for (const condition of conditions) draft.entries.push({ condition, item });
    }
  }
  const crowds = [...drafts].map(([path, { steps, entries, size }]) => {
    return [path, { steps, index: fieldIndex(entries), size }] as const;
  });
  return new Map(crowds);
}

/** Among fields that are equally selective the one with most company, to read fewer fields. */
function leastCrowded<Item>(
  branch: Branch,
  crowds: ReadonlyMap<string, Crowd<Item>>,
): Field | undefined {
  let best: { field: Field; weight: number; size: number } | undefined;
  for (const field of branch.filter(canAnchor)) {
    const crowd = crowds.get(field.path);
    if (!crowd) continue;
    const { index, size } = crowd;
    const weight = field.conditions.reduce((sum, condition) => sum + index.weigh(condition), 0);
    const better = !best || weight < best.weight || (weight === best.weight && size > best.size);
    if (better) best = { field, weight, size };
  }
  return best?.field;
}
