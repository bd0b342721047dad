/** Random inputs that have the shape of an operation's, as its model tells it. */
import type { Ids } from '../../src/core/ids.ts';
import type { Reference, ShapeDescriptor } from '../../src/wire/descriptor.ts';
import { member, modelOf, type ServiceModel } from '../../src/wire/models.ts';
import { textsFor } from './victim.ts';

const DEEPEST = 5;

export function randomInput({ random }: Pick<Ids, 'random'>, service: string, operation: string) {
  const model = modelOf(service);
  const input = model.operation(operation)?.input;
  if (input === undefined) return {};
  return structure(model, model.shape(input), random, 0);
}

function structure(
  model: ServiceModel,
  shape: ShapeDescriptor,
  random: () => number,
  depth: number,
): object {
  const required = new Set(shape.required);
  const members = Object.entries(shape.members ?? {}).filter(
    ([name]) => required.has(name) || random() < (depth < 2 ? 0.35 : 0.15),
  );
  return Object.fromEntries(
    members.map(([name, part]) => [name, value(model, name, part, random, depth + 1)]),
  );
}

function value(
  model: ServiceModel,
  name: string,
  part: Reference,
  random: () => number,
  depth: number,
): unknown {
  const shape = model.shape(member(part).shape);
  const pick = <T>(among: readonly T[]): T | undefined =>
    among[Math.floor(random() * among.length)];
  switch (shape.type) {
    case 'structure':
      return depth > DEEPEST ? {} : structure(model, shape, random, depth);
    case 'list':
      if (depth > DEEPEST || !shape.member) return [];
      return [value(model, name, shape.member, random, depth + 1)];
    case 'map':
      if (depth > DEEPEST || !shape.value) return {};
      return { [pick(textsFor(name)) ?? 'a']: value(model, name, shape.value, random, depth + 1) };
    case 'boolean':
      return random() < 0.5;
    case 'blob':
      return Buffer.from('{}');
    case 'timestamp':
      return Date.parse('2026-01-15T10:00:00Z');
    case 'string':
      return pick(shape.enum && random() < 0.8 ? shape.enum : textsFor(name));
    default:
      // No long polls: whoever waits, waits on the machine's clock.
      return name === 'WaitTimeSeconds' ? 0 : (shape.min ?? 0) + Math.floor(random() * 3);
  }
}
