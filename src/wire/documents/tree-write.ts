/**
 * Compiles the shapes of a service into writers of tree documents. A shape in which nothing is
 * renamed or converted has no writer: its values are documents as they are, which is why most
 * answers in JSON cost one `JSON.stringify` and nothing else.
 */

import type { ShapeDescriptor } from '../descriptor.ts';
import { member, reaches, type ServiceModel } from '../models.ts';
import { dictionary } from './dictionary.ts';
import type { Convert, TreeFormat } from './tree-formats.ts';
import { bodyMembers } from './tree-read.ts';

/** Gives the writer of a shape by its name, or undefined when its values need none. */
export function treeWriters(
  model: ServiceModel,
  format: TreeFormat,
): (name: string) => Convert | undefined {
  const compiled = new Map<string, Convert | undefined>();
  const writerOf = (name: string): Convert | undefined => {
    if (compiled.has(name)) return compiled.get(name);
    if (!reaches(model, name, (shape) => converts(shape, format))) {
      compiled.set(name, undefined);
      return undefined;
    }
    compiled.set(name, (value) => compiled.get(name)?.(value));
    const writer = compile(model.shape(name), format, writerOf);
    compiled.set(name, writer);
    return writer;
  };
  return writerOf;
}

/** Whether a shape itself is written otherwise than it is held. */
function converts(shape: ShapeDescriptor, format: TreeFormat): boolean {
  if (shape.type === 'list' || shape.type === 'map') return false;
  if (shape.type === 'timestamp') return true;
  if (shape.type !== 'structure') return format.write[shape.type] !== undefined;
  return Object.values(shape.members ?? {}).some((reference) => {
    const { name, location } = member(reference);
    return !format.whole && (name !== undefined || location !== undefined);
  });
}

function compile(
  shape: ShapeDescriptor,
  format: TreeFormat,
  writerOf: (name: string) => Convert | undefined,
): Convert | undefined {
  if (shape.type === 'structure') return structureWriter(shape, format, writerOf);
  if (shape.type === 'list') return listWriter(writerOf(member(shape.member).shape));
  if (shape.type === 'map') return mapWriter(writerOf(member(shape.value).shape));
  if (shape.type === 'timestamp') return format.writeTimestamp(shape.timestampFormat);
  return format.write[shape.type];
}

function structureWriter(
  shape: ShapeDescriptor,
  format: TreeFormat,
  writerOf: (name: string) => Convert | undefined,
): Convert {
  const { whole } = format;
  const members = bodyMembers(shape, whole).map(([name, reference]) => ({
    name,
    wireName: whole ? name : (reference.name ?? name),
    write: reference.timestampFormat
      ? format.writeTimestamp(reference.timestampFormat)
      : writerOf(reference.shape),
  }));
  return (value) => {
    const from = value as Record<string, unknown>;
    const to: Record<string, unknown> = {};
    for (const { name, wireName, write } of members) {
      const found = from[name];
      if (found !== undefined && found !== null) to[wireName] = write ? write(found) : found;
    }
    return to;
  };
}

function listWriter(write: Convert | undefined): Convert | undefined {
  return write && ((value) => (value as unknown[]).map((element) => write(element)));
}

function mapWriter(write: Convert | undefined): Convert | undefined {
  if (!write) return undefined;
  return (value) => {
    const from = value as Record<string, unknown>;
    const to = dictionary<unknown>();
    for (const key of Object.keys(from)) if (from[key] !== undefined) to[key] = write(from[key]);
    return to;
  };
}
