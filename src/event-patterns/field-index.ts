/**
 * Finds, among many conditions on one field, the few that a value may answer.
 *
 * It may find one too many, never one too few; who asks checks the condition itself. What it
 * costs does not grow with the number of conditions, but with the value and with what is found.
 */

import { addressText, type Block } from './addresses.ts';
import { type Affixes, prefixes, suffixes } from './affixes.ts';
import { type Blocks, blocks } from './blocks.ts';
import { type Condition, fold, type Range, type Scalar } from './condition.ts';
import { intervals } from './intervals.ts';
import { type Substrings, substrings } from './substrings.ts';
import type { Taker } from './taker.ts';
import type { Wildcard } from './wildcard.ts';
import type { Work } from './work.ts';

export interface FieldIndex<Item> {
  find(value: Scalar, taker: Taker<Item>, work: Work): void;
  /** How many are found for a value that answers `condition`, about. */
  weigh(condition: Condition): number;
}

export interface Indexed<Item> {
  readonly condition: Condition;
  readonly item: Item;
}

export function fieldIndex<Item extends object>(
  entries: readonly Indexed<Item>[],
): FieldIndex<Item> {
  const drafts = sort(entries);
  const { anyText, any } = drafts;
  const exact = unwrapSingles(drafts.exact);
  const texts = compileTexts(drafts);
  const numbers = drafts.ranges.length > 0 ? intervals(drafts.ranges) : undefined;

  const find = (value: Scalar, taker: Taker<Item>, work: Work) => {
    work.steps++;
    const equal = exact.get(value);
    if (equal) takeBoth(equal, taker);
    if (any.length > 0) taker.take(any, false);
    if (typeof value === 'string') {
      if (anyText.length > 0) taker.take(anyText, true);
      if (texts) findTexts(texts, value, taker, work);
    } else if (numbers && typeof value === 'number') {
      numbers.find(value, taker, work);
    }
  };
  const weigh = (condition: Condition) => {
    const witness = witnessOf(condition);
    if (witness === undefined) return any.length + anyText.length;
    const scale = newScale();
    find(witness, scale, { steps: 0 });
    return Math.max(scale.weight, 1);
  };
  return { find, weigh };
}

function unwrapSingles<Item>(
  lists: ReadonlyMap<Scalar, readonly Item[]>,
): ReadonlyMap<Scalar, Item | readonly Item[]> {
  return new Map(
    [...lists].map(([value, items]) => {
      const [only] = items;
      return [value, only !== undefined && items.length === 1 ? only : items] as const;
    }),
  );
}

function takeBoth<Item extends object>(found: Item | readonly Item[], taker: Taker<Item>): void {
  if (Array.isArray(found)) taker.take(found, true);
  else taker.takeOne(found as Item, true);
}

/** Counts what it takes. */
function newScale<Item>(): Taker<Item> & { readonly weight: number } {
  const scale = {
    weight: 0,
    take: (items: readonly Item[]) => {
      scale.weight += items.length;
    },
    takeOne: () => {
      scale.weight++;
    },
  };
  return scale;
}

/** The conditions by how they are looked up. */
interface Drafts<Item> {
  readonly exact: Map<Scalar, Item[]>;
  readonly folded: Map<string, Item[]>;
  readonly prefix: Map<string, Item[]>;
  readonly suffix: Map<string, Item[]>;
  readonly foldedPrefix: Map<string, Item[]>;
  readonly foldedSuffix: Map<string, Item[]>;
  /** The longest literals of wildcards, by where they stand. */
  readonly head: Map<string, Item[]>;
  readonly tail: Map<string, Item[]>;
  readonly inner: Map<string, Item[]>;
  readonly ranges: { range: Range; item: Item }[];
  readonly blocks: { block: Block; item: Item }[];
  /** Wildcards without any literal. */
  readonly anyText: Item[];
  /** What nearly every value answers. */
  readonly any: Item[];
}

function sort<Item>(entries: readonly Indexed<Item>[]): Drafts<Item> {
  const drafts: Drafts<Item> = {
    exact: new Map(),
    folded: new Map(),
    prefix: new Map(),
    suffix: new Map(),
    foldedPrefix: new Map(),
    foldedSuffix: new Map(),
    head: new Map(),
    tail: new Map(),
    inner: new Map(),
    ranges: [],
    blocks: [],
    anyText: [],
    any: [],
  };
  for (const { condition, item } of entries) sortIn(drafts, condition, item);
  return drafts;
}

function sortIn<Item>(drafts: Drafts<Item>, condition: Condition, item: Item): void {
  switch (condition.kind) {
    case 'exact':
      push(drafts.exact, condition.value, item);
      break;
    case 'equals-ignore-case':
      push(drafts.folded, condition.folded, item);
      break;
    case 'prefix':
      push(condition.ignoreCase ? drafts.foldedPrefix : drafts.prefix, condition.text, item);
      break;
    case 'suffix':
      push(condition.ignoreCase ? drafts.foldedSuffix : drafts.suffix, condition.text, item);
      break;
    case 'wildcard':
      sortWildcard(drafts, condition.wildcard, item);
      break;
    case 'numeric':
      drafts.ranges.push({ range: condition, item });
      break;
    case 'cidr':
      drafts.blocks.push({ block: condition.block, item });
      break;
    case 'exists':
    case 'anything-but':
      drafts.any.push(item);
      break;
    case 'absent': // Nothing is found by a value that is not there.
      break;
  }
}

/** A wildcard is found by its longest literal, wherever that has to stand. */
function sortWildcard<Item>(drafts: Drafts<Item>, { literals }: Wildcard, item: Item): void {
  const lengths = literals.map((literal) => literal.length);
  const longest = lengths.indexOf(Math.max(...lengths));
  const literal = literals[longest] ?? '';
  if (literals.length === 1) push(drafts.exact, literal, item);
  else if (literal === '') drafts.anyText.push(item);
  else if (longest === 0) push(drafts.head, literal, item);
  else if (longest === literals.length - 1) push(drafts.tail, literal, item);
  else push(drafts.inner, literal, item);
}

function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}

/** The lookups for text other than equality; those without conditions are left out. */
interface Texts<Item> {
  readonly plain: readonly { find: Affixes<Item>['find'] }[];
  readonly folded: readonly { find: Affixes<Item>['find'] }[];
}

function compileTexts<Item>(drafts: Drafts<Item>): Texts<Item> | undefined {
  const plain: (Affixes<Item> | Substrings<Item> | Blocks<Item>)[] = [];
  const folded: Affixes<Item>[] = [];
  if (drafts.prefix.size > 0) plain.push(prefixes(drafts.prefix, true));
  if (drafts.suffix.size > 0) plain.push(suffixes(drafts.suffix, true));
  if (drafts.head.size > 0) plain.push(prefixes(drafts.head, false));
  if (drafts.tail.size > 0) plain.push(suffixes(drafts.tail, false));
  if (drafts.inner.size > 0) plain.push(substrings(drafts.inner));
  if (drafts.blocks.length > 0) plain.push(blocks(drafts.blocks));
  if (drafts.folded.size > 0) folded.push(equals(drafts.folded));
  if (drafts.foldedPrefix.size > 0) folded.push(prefixes(drafts.foldedPrefix, true));
  if (drafts.foldedSuffix.size > 0) folded.push(suffixes(drafts.foldedSuffix, true));
  return plain.length + folded.length > 0 ? { plain, folded } : undefined;
}

function equals<Item>(entries: ReadonlyMap<string, readonly Item[]>): Affixes<Item> {
  const find = (text: string, taker: Taker<Item>, work: Work) => {
    work.steps++;
    const items = entries.get(text);
    if (items) taker.take(items, true);
  };
  return { find };
}

function findTexts<Item>(
  { plain, folded }: Texts<Item>,
  value: string,
  taker: Taker<Item>,
  work: Work,
): void {
  for (const lookup of plain) lookup.find(value, taker, work);
  if (folded.length === 0) return;
  const text = fold(value);
  for (const lookup of folded) lookup.find(text, taker, work);
}

/** A value that answers the condition; undefined when nearly every value does. */
function witnessOf(condition: Condition): Scalar | undefined {
  switch (condition.kind) {
    case 'exact':
      return condition.value;
    case 'equals-ignore-case':
      return condition.folded;
    case 'prefix':
    case 'suffix':
      return condition.text;
    case 'wildcard':
      return condition.wildcard.literals.join('');
    case 'numeric':
      return middleOf(condition);
    case 'cidr':
      return addressText(condition.block.version, condition.block.last);
    default:
      return undefined;
  }
}

function middleOf({ low, high }: Range): number {
  if (low === Number.NEGATIVE_INFINITY) return high - 1;
  return high === Number.POSITIVE_INFINITY ? low + 1 : low + (high - low) / 2;
}
