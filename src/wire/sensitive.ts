/**
 * What AWS's models mark as sensitive in an input: passwords, keys, payloads that are not to be
 * read by bystanders.
 */
import type { Reference } from './descriptor.ts';
import { member, modelOf, reaches, type ServiceModel } from './models.ts';

/** By service and operation; refused writes of tables ask often. */
const known = new Map<string, boolean>();

/** Whether the input of an operation of the model may hold anything sensitive. */
export function hasSensitive(service: string, operation: string): boolean {
  const name = `${service}:${operation}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  const model = modelOf(service);
  const input = model.operation(operation)?.input;
  const has = input !== undefined && reaches(model, input, (shape) => shape.sensitive === true);
  known.set(name, has);
  return has;
}

/** The texts of everything sensitive in `input`, however deep it stands. */
export function sensitiveTexts(service: string, operation: string, input: unknown): string[] {
  const model = modelOf(service);
  const name = model.operation(operation)?.input;
  const found: string[] = [];
  if (name !== undefined) visit(model, name, input, false, found);
  return found;
}

function visit(
  model: ServiceModel,
  name: string,
  value: unknown,
  within: boolean,
  found: string[],
): void {
  const shape = model.shape(name);
  const sensitive = within || shape.sensitive === true;
  const into = (reference: Reference | undefined, item: unknown) => {
    if (item !== undefined) visit(model, member(reference).shape, item, sensitive, found);
  };
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value);
    if (sensitive) found.push(bytes.toString(), bytes.toString('base64'));
  } else if (Array.isArray(value)) {
    for (const item of value) into(shape.member, item);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (shape.type === 'map') into(shape.key, key);
      into(shape.type === 'map' ? shape.value : shape.members?.[key], item);
    }
  } else if (sensitive && typeof value === 'string') {
    found.push(value);
  }
}
