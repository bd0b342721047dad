/**
 * Projection expressions: the parts of an item that a reader asks for.
 *
 * A projected item keeps its shape: what was `a.b[2].c` is found at `a.b[0].c`, as the elements
 * of a list that were asked for close up in their order.
 */
import { type Item, memberOf, type Value } from './attribute-values.ts';
import { Binding } from './binding.ts';
import { readPath, type WrittenPath } from './operands.ts';
import { clash, type Path, pathText } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import { Cursor } from './tokens.ts';

export interface Projection {
  readonly paths: readonly Path[];
}

export function parseProjection(text: string, placeholders: Placeholders): Projection {
  const cursor = new Cursor(text, 'ProjectionExpression');
  const written: WrittenPath[] = [readPath(cursor)];
  while (cursor.takes(',')) written.push(readPath(cursor));
  cursor.expectEnd();

  const binding = new Binding('ProjectionExpression', placeholders);
  const paths = written.map((path) => binding.path(path));
  noteClashes(binding, paths);
  binding.check();
  return { paths };
}

/** Notes the first two of `paths` that overlap, and the first two that conflict. */
export function noteClashes(binding: Binding, paths: readonly Path[]): void {
  paths.forEach((path, index) => {
    for (const earlier of paths.slice(0, index)) {
      const how = clash(earlier, path);
      if (how === undefined) continue;
      const which = `path one: ${pathText(earlier)}, path two: ${pathText(path)}`;
      const advice = 'must remove or rewrite one of these paths';
      binding.note(how, `Two document paths ${how} with each other; ${advice}; ${which}`);
    }
  });
}

export function project(projection: Projection, item: Item): Item {
  return projectPaths(projection.paths, item);
}

/** The parts of `item` at `paths`, none of which holds another. */
export function projectPaths(paths: readonly Path[], item: Item): Item {
  const members = membersBelow(paths);
  const found: [string, Value][] = [];
  for (const [name, below] of members) {
    const value = typeof name === 'string' ? memberOf(item, name) : undefined;
    const part = value && projectValue(below, value);
    if (part !== undefined) found.push([String(name), part]);
  }
  return Object.fromEntries(found);
}

type Step = string | number;

/** The first steps of `paths`, each with what follows it. An empty rest asks for all of it. */
function membersBelow(paths: readonly (readonly Step[])[]): Map<Step, (readonly Step[])[]> {
  const members = new Map<Step, (readonly Step[])[]>();
  for (const [step, ...rest] of paths) {
    if (step === undefined) continue;
    const below = members.get(step);
    if (below) below.push(rest);
    else members.set(step, [rest]);
  }
  return members;
}

function projectValue(paths: readonly (readonly Step[])[], value: Value): Value | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  if ('M' in value) {
    const part = projectPaths(
      paths.filter((path): path is Path => typeof path[0] === 'string'),
      value.M,
    );
    return Object.keys(part).length > 0 ? { M: part } : undefined;
  }
  if (!('L' in value)) return undefined;
  const members = [...membersBelow(paths)]
    .filter((entry): entry is [number, (readonly Step[])[]] => typeof entry[0] === 'number')
    .sort(([a], [b]) => a - b);
  const parts = members.flatMap(([index, below]) => {
    const member = value.L[index];
    const part = member && projectValue(below, member);
    return part === undefined ? [] : [part];
  });
  return parts.length > 0 ? { L: parts } : undefined;
}
