/**
 * What the models demand of an input: members that must be there, lengths, ranges, patterns and
 * enums.
 *
 * Checks are compiled and say only whether an input holds; almost all do. `explain` then walks
 * the one that does not, and names every demand it breaks.
 */
import type { Reference, ShapeDescriptor } from '../descriptor.ts';
import { member, reaches, type ServiceModel } from '../models.ts';
import { matchesPattern } from './patterns.ts';

export type Check = (value: unknown) => boolean;

/** Demands that a service checks itself, in words of its own. */
export interface Unchecked {
  readonly enums?: boolean;
  /** As `Shape.member`; the member is then not required. */
  readonly members?: ReadonlySet<string>;
}

/** Gives the check of a shape by its name, or undefined when it demands nothing. */
export function inputChecks(
  model: ServiceModel,
  unchecked: Unchecked,
): (name: string) => Check | undefined {
  const compiled = new Map<string, Check | undefined>();
  const demands = (shape: ShapeDescriptor, name: string): boolean =>
    requiredOf(shape, name, unchecked).length > 0 || ownCheck(shape, unchecked) !== undefined;
  const checkOf = (name: string): Check | undefined => {
    if (compiled.has(name)) return compiled.get(name);
    if (!reaches(model, name, demands)) {
      compiled.set(name, undefined);
      return undefined;
    }
    compiled.set(name, (value) => compiled.get(name)?.(value) ?? true);
    const check = compile(name, model.shape(name), unchecked, checkOf);
    compiled.set(name, check);
    return check;
  };
  return checkOf;
}

export function requiredOf(
  shape: ShapeDescriptor,
  name: string,
  unchecked: Unchecked,
): readonly string[] {
  const required = shape.required ?? [];
  return required.filter((needed) => !unchecked.members?.has(`${name}.${needed}`));
}

function compile(
  name: string,
  shape: ShapeDescriptor,
  unchecked: Unchecked,
  checkOf: (name: string) => Check | undefined,
): Check {
  const of = (reference: Reference | undefined) => checkOf(member(reference).shape);
  const own = ownCheck(shape, unchecked);
  if (shape.type === 'structure') return structureCheck(name, shape, unchecked, checkOf);
  if (shape.type === 'list') return listCheck(own, of(shape.member));
  if (shape.type === 'map') return mapCheck(own, of(shape.key), of(shape.value));
  return own ?? (() => true);
}

function structureCheck(
  name: string,
  shape: ShapeDescriptor,
  unchecked: Unchecked,
  checkOf: (name: string) => Check | undefined,
): Check {
  const required = new Set(requiredOf(shape, name, unchecked));
  const members: { name: string; required: boolean; check: Check | undefined }[] = [];
  for (const [memberName, reference] of Object.entries(shape.members ?? {})) {
    const check = memberCheck(reference, unchecked) ?? checkOf(member(reference).shape);
    const isRequired = required.has(memberName);
    if (isRequired || check) members.push({ name: memberName, required: isRequired, check });
  }
  return (value) => {
    const from = value as Record<string, unknown>;
    for (const { name, required, check } of members) {
      const found = from[name];
      if (found === undefined ? required : check && !check(found)) return false;
    }
    return true;
  };
}

/** A few enums stand at the member and not at its shape. */
function memberCheck(reference: Reference, unchecked: Unchecked): Check | undefined {
  const values = typeof reference === 'string' || unchecked.enums ? undefined : reference.enum;
  return values && ((value) => values.includes(value as string));
}

function listCheck(own: Check | undefined, element: Check | undefined): Check {
  return (value) => {
    if (own && !own(value)) return false;
    if (element) for (const found of value as unknown[]) if (!element(found)) return false;
    return true;
  };
}

function mapCheck(
  own: Check | undefined,
  key: Check | undefined,
  element: Check | undefined,
): Check {
  return (value) => {
    if (own && !own(value)) return false;
    const from = value as Record<string, unknown>;
    for (const found of Object.keys(from)) {
      if ((key && !key(found)) || (element && !element(from[found]))) return false;
    }
    return true;
  };
}

/** What `min` and `max` of a shape count. */
export function measure(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value instanceof Uint8Array ? value.length : Object.keys(value as object).length;
}

/** The check of a value by itself, without what it holds. */
export function ownCheck(shape: ShapeDescriptor, unchecked: Unchecked): Check | undefined {
  const { min, max, pattern } = shape;
  const values = shape.enum && !unchecked.enums ? new Set<unknown>(shape.enum) : undefined;
  const isMeasured = min !== undefined || max !== undefined;
  if (!isMeasured && pattern === undefined && !values) return undefined;
  return (value) => {
    if (isMeasured) {
      const size = measure(value);
      if ((min !== undefined && size < min) || (max !== undefined && size > max)) return false;
    }
    if (pattern !== undefined && !matchesPattern(pattern, value as string)) return false;
    return !values || values.has(value);
  };
}
