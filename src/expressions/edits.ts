/**
 * Edits: values put at paths of an item, all at once.
 *
 * The edits are sorted into a tree by their paths, so that each map and list is rebuilt once and
 * every position means what it meant before any of them.
 */
import { type Item, memberOf, type Value } from './attribute-values.ts';
import { ExpressionError } from './errors.ts';
import type { Path } from './paths.ts';

/** A value to put at a path, or undefined to take away what is there. */
export interface Edit {
  readonly path: Path;
  readonly value: Value | undefined;
}

type Step = string | number;

/** One step's edits: either the value to put here, or edits further down. */
interface Branch {
  readonly edit?: Edit;
  readonly further: Map<Step, Branch>;
}

/** "Attribute values can be nested up to 32 levels deep" (Constraints.html). */
const MAX_DEPTH = 32;

export function editItem(item: Item, edits: readonly Edit[]): Item {
  const root: Branch = { further: new Map() };
  for (const edit of edits) {
    if (edit.value && edit.path.length - 1 + depthOf(edit.value) > MAX_DEPTH) {
      throw new ExpressionError('Nesting Levels have exceeded supported limits');
    }
    grow(root, edit);
  }
  return editMap(item, root);
}

function depthOf(value: Value): number {
  if ('L' in value) return 1 + Math.max(0, ...value.L.map(depthOf));
  return 'M' in value ? 1 + Math.max(0, ...Object.values(value.M).map(depthOf)) : 0;
}

function grow(root: Branch, edit: Edit): void {
  let branch = root;
  const last = edit.path.length - 1;
  edit.path.forEach((step, at) => {
    let next = branch.further.get(step);
    if (next === undefined) {
      next = { further: new Map(), ...(at === last ? { edit } : {}) };
      branch.further.set(step, next);
    }
    branch = next;
  });
}

function editMap(map: Item, { further }: Branch): Item {
  const members = new Map(Object.entries(map));
  for (const [step, branch] of further) {
    const name = String(step);
    const value = editMember(memberOf(map, name), branch);
    if (value === undefined) members.delete(name);
    else members.set(name, value);
  }
  return Object.fromEntries(members);
}

function editList(list: readonly Value[], { further }: Branch): readonly Value[] {
  const members: (Value | undefined)[] = [...list];
  const inOrder = [...further].sort(([a], [b]) => Number(a) - Number(b));
  for (const [step, branch] of inOrder) {
    const index = Number(step);
    const value = editMember(list[index], branch);
    if (index < list.length) members[index] = value;
    else members.push(value);
  }
  return members.filter((member) => member !== undefined);
}

/** What comes of the value at one step; undefined for nothing. */
function editMember(value: Value | undefined, branch: Branch): Value | undefined {
  if (branch.edit) return branch.edit.value;
  const [step] = branch.further.keys();
  if (value !== undefined && typeof step === 'string' && 'M' in value) {
    return { M: editMap(value.M, branch) };
  }
  if (value !== undefined && typeof step === 'number' && 'L' in value) {
    return { L: editList(value.L, branch) };
  }
  throw new ExpressionError(
    'The document path provided in the update expression is invalid for update',
  );
}
