/**
 * Compiles the shapes of a service into readers of tree documents.
 *
 * A reader answers fresh objects that hold modelled members only; null and absent are the same.
 * Shapes are compiled once, on first use.
 */

import type { Reference, ScalarType, ShapeDescriptor } from '../descriptor.ts';
import { notReadable } from '../errors/framework-errors.ts';
import { member, type ServiceModel } from '../models.ts';
import { dictionary } from './dictionary.ts';
import type { Convert, TreeFormat } from './tree-formats.ts';

interface ReadMember {
  readonly name: string;
  readonly wireName: string;
  readonly read: Convert;
}

/** Gives the reader of a shape, by its name. */
export function treeReaders(model: ServiceModel, format: TreeFormat): (name: string) => Convert {
  const compiled = new Map<string, Convert>();
  const readerOf = (name: string): Convert => {
    const known = compiled.get(name);
    if (known) return known;
    // A shape that contains itself finds this stand-in while it is being compiled.
    compiled.set(name, (value) => readerOf(name)(value));
    const reader = compile(model.shape(name), format, readerOf);
    compiled.set(name, reader);
    return reader;
  };
  return readerOf;
}

function compile(
  shape: ShapeDescriptor,
  format: TreeFormat,
  readerOf: (name: string) => Convert,
): Convert {
  const of = (reference: Reference | undefined) => readerOf(member(reference).shape);
  if (shape.type === 'structure') return structureReader(shape, format, readerOf);
  if (shape.type === 'list') return listReader(of(shape.member));
  if (shape.type === 'map') return mapReader(of(shape.value));
  return format.read[shape.type as ScalarType];
}

/** The members of a structure that travel in the document. */
export function bodyMembers(
  shape: ShapeDescriptor,
  whole = false,
): [string, ReturnType<typeof member>][] {
  return Object.entries(shape.members ?? {})
    .map(([name, reference]): [string, ReturnType<typeof member>] => [name, member(reference)])
    .filter(([, { location }]) => whole || location === undefined);
}

function structureReader(
  shape: ShapeDescriptor,
  { whole }: TreeFormat,
  readerOf: (name: string) => Convert,
): Convert {
  const members: readonly ReadMember[] = bodyMembers(shape, whole).map(([name, reference]) => ({
    name,
    wireName: whole ? name : (reference.name ?? name),
    read: readerOf(reference.shape),
  }));
  const known = whole && new Set(members.map(({ name }) => name));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unexpected(value);
    }
    const from = value as Record<string, unknown>;
    if (known) refuseUnknown(from, known);
    const to: Record<string, unknown> = {};
    for (const { name, wireName, read } of members) {
      const found = from[wireName];
      if (found !== undefined && found !== null) to[name] = read(found);
    }
    return to;
  };
}

function refuseUnknown(from: object, known: ReadonlySet<string>): void {
  const other = Object.keys(from).find((name) => !known.has(name));
  if (other === undefined) return;
  const names = known.size > 0 ? `It may have: ${[...known].join(', ')}.` : 'It has no members.';
  throw notReadable(`There is no member ${JSON.stringify(other)}. ${names}`);
}

function listReader(read: Convert): Convert {
  return (value) => {
    if (!Array.isArray(value)) throw unexpected(value);
    const to: unknown[] = new Array(value.length);
    for (let at = 0; at < value.length; at += 1) to[at] = read(present(value[at]));
    return to;
  };
}

function mapReader(read: Convert): Convert {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unexpected(value);
    }
    const from = value as Record<string, unknown>;
    const to = dictionary<unknown>();
    for (const key of Object.keys(from)) to[key] = read(present(from[key]));
    return to;
  };
}

function present(value: unknown): unknown {
  if (value === null) throw notReadable('Null is no element of a list or map.');
  return value;
}

function unexpected(value: unknown) {
  if (Array.isArray(value)) return notReadable('Start of list found where not expected.');
  const isObject = typeof value === 'object' && value !== null;
  return notReadable(
    isObject
      ? 'Start of structure or map found where not expected.'
      : 'Unexpected value type in payload',
  );
}
