/**
 * The models of the services, read from disk when a service is first called.
 *
 * Reading one costs a few milliseconds, reading all of them tens; a server that only ever hears
 * of queues loads only that one.
 */
import { readFileSync } from 'node:fs';
import type {
  ErrorTraits,
  MemberDescriptor,
  OperationDescriptor,
  Reference,
  ServiceDescriptor,
  ServiceFacts,
  ShapeDescriptor,
} from './descriptor.ts';
import index from './models/index.json' with { type: 'json' };

export interface ServiceModel {
  readonly facts: ServiceFacts;
  readonly operations: Readonly<Record<string, OperationDescriptor>>;
  readonly operation: (name: string) => OperationDescriptor | undefined;
  readonly shapes: Readonly<Record<string, ShapeDescriptor>>;
  readonly shape: (name: string) => ShapeDescriptor;
  /** The error shape of a code, by its code on the wire or by its name. */
  readonly error: (code: string) => ModelledError | undefined;
}

export interface ModelledError {
  readonly name: string;
  readonly shape: ShapeDescriptor;
  readonly traits: ErrorTraits;
}

/** Every service, in the order of `scripts/generate-models/services.ts`. */
export const SERVICES = index as readonly ServiceFacts[];

const loaded = new Map<string, ServiceModel>();

export function modelOf(service: string): ServiceModel {
  let model = loaded.get(service);
  if (!model) {
    model = load(service);
    loaded.set(service, model);
  }
  return model;
}

function load(service: string): ServiceModel {
  if (!SERVICES.some(({ name }) => name === service)) throw new Error(`No service ${service}.`);
  const file = new URL(`./models/${service}.json`, import.meta.url);
  const {
    service: facts,
    operations,
    shapes,
  }: ServiceDescriptor = JSON.parse(readFileSync(file, 'utf8'));
  let errors: Map<string, ModelledError> | undefined;
  return {
    facts,
    operations,
    shapes,
    operation: (name) => (Object.hasOwn(operations, name) ? operations[name] : undefined),
    shape: (name) =>
      Object.hasOwn(shapes, name)
        ? (shapes[name] as ShapeDescriptor)
        : { type: name as ShapeDescriptor['type'] },
    error: (code) => {
      errors ??= errorsOf(shapes);
      return errors.get(code);
    },
  };
}

function errorsOf(shapes: Readonly<Record<string, ShapeDescriptor>>): Map<string, ModelledError> {
  const errors = new Map<string, ModelledError>();
  for (const [name, shape] of Object.entries(shapes)) {
    if (!shape.error) continue;
    const error = { name, shape, traits: shape.error };
    errors.set(name, error);
    if (shape.error.code) errors.set(shape.error.code, error);
  }
  return errors;
}

/** Makes something once for each service, on first use. */
export function oncePerService<Made>(
  make: (model: ServiceModel) => Made,
): (model: ServiceModel) => Made {
  const made = new WeakMap<ServiceModel, Made>();
  return (model) => {
    let known = made.get(model);
    if (known === undefined) {
      known = make(model);
      made.set(model, known);
    }
    return known;
  };
}

/** A reference in full, whichever way it is written. */
export function member(reference: Reference | undefined): MemberDescriptor {
  if (reference === undefined) throw new Error('A list or map without its parts.');
  return typeof reference === 'string' ? { shape: reference } : reference;
}

/** Whether `test` holds of a shape or of anything within it. */
export function reaches(
  model: ServiceModel,
  name: string,
  test: (shape: ShapeDescriptor, name: string) => boolean,
  seen: Set<string> = new Set(),
): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  const shape = model.shape(name);
  if (test(shape, name)) return true;
  const parts = [shape.member, shape.key, shape.value, ...Object.values(shape.members ?? {})];
  return parts.some((part) => part && reaches(model, member(part).shape, test, seen));
}
