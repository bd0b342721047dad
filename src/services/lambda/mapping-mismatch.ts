/** Why no filter of a mapping lets a record through: says it of the one that comes nearest. */
import { explain, type Mismatch } from '../../event-patterns/explain.ts';
import { type Pattern, parsePattern } from '../../event-patterns/pattern.ts';
import { type Views, viewsOf, wantsOf } from './mapping-filters.ts';

type Event = Readonly<Record<string, unknown>>;

/** Undefined when the record is wanted. */
export function mismatchOf(filters: readonly string[] = [], event: Event): Mismatch | undefined {
  const wants = wantsOf(filters);
  if (!wants || wants({ event })) return undefined;
  const views = viewsOf(event);
  const all = filters.map((filter) => against(filter, views));
  return all.reduce((best, one) => (one.nearness > best.nearness ? one : best));
}

function against(filter: string, views: Views): Mismatch {
  const pattern = parsePattern(filter);
  const { member, closed, opened } = views;
  const isText = everyBranch(pattern, (path) => path === member);
  const isJson = everyBranch(pattern, (path) => path.startsWith(`${member}.`));
  if (isText && opened) return dataMismatch(`a text that is no JSON, for ${filter}`, views);
  if (isJson && !opened) return dataMismatch(`JSON, for ${filter}`, views);
  const asItIs = explain(pattern, opened ?? closed);
  return asItIs ?? dataMismatch(`what is either a text or JSON, for ${filter}`, views);
}

function everyBranch({ branches }: Pattern, has: (path: string) => boolean): boolean {
  return branches.every((branch) => branch.some(({ path }) => has(path)));
}

const MOST_CHARS = 200;

/** The data is not what the filter takes it for, so that nothing in it is looked at. */
function dataMismatch(wanted: string, { member, closed }: Views): Mismatch {
  const found = [String(closed[member] ?? '').slice(0, MOST_CHARS)];
  return { path: member, wanted, found, nearness: 0, acrossElements: false };
}
