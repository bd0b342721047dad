/**
 * Names every demand of the model that an input breaks, in the words of AWS's own framework:
 * `Value 'x' at 'entries.1.member.id' failed to satisfy constraint: Member must …`.
 * Observed from EventBridge, Kinesis, DynamoDB and Lambda; AWS documents the form nowhere.
 */

import type { Reference, ShapeDescriptor } from '../descriptor.ts';
import { member, type ServiceModel } from '../models.ts';
import { measure, requiredOf, type Unchecked } from './constraints.ts';
import { matchesPattern } from './patterns.ts';

export interface Failure {
  readonly kind: 'missing' | 'constraint';
  /** Names of members, numbers of list elements from 1, and keys of maps. */
  readonly steps: readonly (string | number)[];
  /** The same as AWS writes it. */
  readonly path: string;
  /** As AWS prints it; null without quotes. */
  readonly value: string;
  readonly constraint: string;
}

interface Walk {
  readonly model: ServiceModel;
  readonly unchecked: Unchecked;
  readonly failures: Failure[];
}

type Place = Pick<Failure, 'steps' | 'path'>;

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

function atMember({ steps, path }: Place, name: string): Place {
  const own = lowerFirst(name);
  return { steps: [...steps, name], path: path === '' ? own : `${path}.${own}` };
}

function atEntry({ steps, path }: Place, keyOrNumber: string | number): Place {
  return { steps: [...steps, keyOrNumber], path: `${path}.${keyOrNumber}.member` };
}

export function explain(
  model: ServiceModel,
  unchecked: Unchecked,
  name: string,
  input: unknown,
): readonly Failure[] {
  const walk: Walk = { model, unchecked, failures: [] };
  visit(walk, name, input, { steps: [], path: '' });
  return walk.failures;
}

/** The sentence of all failures, as most services put it. */
export function sentenceOf(failures: readonly Failure[]): string {
  const count = failures.length;
  const parts = failures.map(
    ({ value, path, constraint }) =>
      `Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`,
  );
  const errors = count === 1 ? 'error' : 'errors';
  return `${count} validation ${errors} detected: ${parts.join('; ')}`;
}

function visit(walk: Walk, name: string, value: unknown, place: Place): void {
  const shape = walk.model.shape(name);
  for (const constraint of broken(shape, value, walk.unchecked)) {
    fail(walk, place, print(walk.model, name, value), constraint);
  }
  if (shape.type === 'structure') visitMembers(walk, name, shape, value, place);
  if (shape.type === 'list') visitElements(walk, name, shape, value, place);
  if (shape.type === 'map') visitEntries(walk, name, shape, value, place);
}

function fail(walk: Walk, place: Place, printed: string, constraint: string): void {
  walk.failures.push({ kind: 'constraint', ...place, value: `'${printed}'`, constraint });
}

function visitMembers(
  walk: Walk,
  name: string,
  shape: ShapeDescriptor,
  value: unknown,
  place: Place,
): void {
  const from = value as Record<string, unknown>;
  const required = new Set(requiredOf(shape, name, walk.unchecked));
  for (const [memberName, reference] of Object.entries(shape.members ?? {})) {
    const found = from[memberName];
    const at = atMember(place, memberName);
    if (found !== undefined) {
      const { shape: target, enum: values } = member(reference);
      const isForeign = values && !walk.unchecked.enums && !values.includes(String(found));
      if (isForeign) fail(walk, at, String(found), enumSentence(values));
      visit(walk, target, found, at);
    } else if (required.has(memberName)) {
      const constraint = 'Member must not be null';
      walk.failures.push({ kind: 'missing', ...at, value: 'null', constraint });
    }
  }
}

const isNested = (shape: ShapeDescriptor) =>
  shape.type === 'structure' || shape.type === 'list' || shape.type === 'map';

/** Scalars of a list are not named one by one: the list is, with all that they must satisfy. */
function visitElements(
  walk: Walk,
  name: string,
  shape: ShapeDescriptor,
  value: unknown,
  place: Place,
): void {
  const target = member(shape.member).shape;
  const element = walk.model.shape(target);
  const list = value as readonly unknown[];
  if (isNested(element)) {
    for (const [at, found] of list.entries()) visit(walk, target, found, atEntry(place, at + 1));
  } else if (list.some((found) => broken(element, found, walk.unchecked).length > 0)) {
    const all = sentences(element, walk.unchecked).join(', ');
    const printed = print(walk.model, name, value);
    fail(walk, place, printed, `Member must satisfy constraint: [${all}]`);
  }
}

function visitEntries(
  walk: Walk,
  name: string,
  shape: ShapeDescriptor,
  value: unknown,
  place: Place,
): void {
  const from = value as Record<string, unknown>;
  const all = (reference: Reference | undefined, part: string, values: readonly unknown[]) => {
    const element = walk.model.shape(member(reference).shape);
    if (!values.some((found) => broken(element, found, walk.unchecked).length > 0)) return;
    const demands = sentences(element, walk.unchecked).join(', ');
    const printed = print(walk.model, name, value);
    fail(walk, place, printed, `${part} must satisfy constraint: [${demands}]`);
  };
  all(shape.key, 'Map keys', Object.keys(from));
  all(shape.value, 'Map value', Object.values(from));
  const target = member(shape.value).shape;
  const element = walk.model.shape(target);
  if (!isNested(element)) return;
  const within = { ...walk, failures: [] as Failure[] };
  for (const key of Object.keys(from)) visit(within, target, from[key], atEntry(place, key));
  const deeper = within.failures.filter((failure) => failure.steps.length > place.steps.length + 1);
  walk.failures.push(...deeper);
}

function enumSentence(values: readonly string[]): string {
  return `Member must satisfy enum value set: [${values.join(', ')}]`;
}

interface Demand {
  readonly holds: (value: unknown) => boolean;
  readonly sentence: string;
}

function demandsOf(shape: ShapeDescriptor, unchecked: Unchecked): Demand[] {
  const { type, min, max, pattern, enum: values } = shape;
  const isNumber = type === 'integer' || type === 'long' || type === 'float' || type === 'double';
  const what = isNumber ? 'value' : 'length';
  const demands: Demand[] = [];
  if (max !== undefined) {
    const sentence = `Member must have ${what} less than or equal to ${max}`;
    demands.push({ holds: (value) => measure(value) <= max, sentence });
  }
  if (min !== undefined) {
    const sentence = `Member must have ${what} greater than or equal to ${min}`;
    demands.push({ holds: (value) => measure(value) >= min, sentence });
  }
  if (pattern !== undefined) {
    const sentence = `Member must satisfy regular expression pattern: ${pattern}`;
    demands.push({ holds: (value) => matchesPattern(pattern, String(value)), sentence });
  }
  if (values && !unchecked.enums) {
    demands.push({
      holds: (value) => values.includes(String(value)),
      sentence: enumSentence(values),
    });
  }
  return demands;
}

function sentences(shape: ShapeDescriptor, unchecked: Unchecked): string[] {
  return demandsOf(shape, unchecked).map(({ sentence }) => sentence);
}

function broken(shape: ShapeDescriptor, value: unknown, unchecked: Unchecked): string[] {
  return demandsOf(shape, unchecked)
    .filter(({ holds }) => !holds(value))
    .map(({ sentence }) => sentence);
}

/** A value as AWS's framework, which is written in Java, prints it. */
function print(model: ServiceModel, name: string, value: unknown): string {
  const shape = model.shape(name);
  if (shape.sensitive) return '***Sensitive Data Redacted***';
  if (value instanceof Uint8Array) {
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  }
  if (shape.type === 'list') {
    const target = member(shape.member).shape;
    return `[${(value as unknown[]).map((found) => print(model, target, found)).join(', ')}]`;
  }
  if (shape.type === 'map') {
    const target = member(shape.value).shape;
    const entries = Object.entries(value as object);
    return `{${entries.map(([key, found]) => `${key}=${print(model, target, found)}`).join(', ')}}`;
  }
  return shape.type === 'structure' ? printStructure(model, name, shape, value) : String(value);
}

function printStructure(
  model: ServiceModel,
  name: string,
  shape: ShapeDescriptor,
  value: unknown,
): string {
  const from = value as Record<string, unknown>;
  const members = Object.entries(shape.members ?? {}).map(([memberName, reference]) => {
    const found = from[memberName];
    const printed = found === undefined ? 'null' : print(model, member(reference).shape, found);
    return `${lowerFirst(memberName)}=${printed}`;
  });
  return `${name}(${members.join(', ')})`;
}
