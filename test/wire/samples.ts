/**
 * Values made up from the models: every member, lists and maps of two, structures that contain
 * themselves once. The same shape gives the same value on every run.
 */
import fc from 'fast-check';
import type { Reference, ShapeDescriptor } from '../../src/wire/descriptor.ts';
import { member, type ServiceModel } from '../../src/wire/models.ts';
import { matchesPattern } from '../../src/wire/validation/patterns.ts';

const MOMENT_MS = 1_700_000_000_000;

/** A value as operations see it. */
export function sampleOf(
  model: ServiceModel,
  name: string,
  within: readonly string[] = [],
): unknown {
  const shape = model.shape(name);
  const deeper = [...within, name];
  const of = (reference: Reference | undefined) => sampleOf(model, member(reference).shape, deeper);
  switch (shape.type) {
    case 'structure':
      return structureSample(model, shape, name, within);
    case 'list':
      return listSample(model, shape, deeper);
    case 'map':
      return mapSample(model, shape, of(shape.value));
    case 'string':
      return stringSample(shape);
    case 'boolean':
      return true;
    case 'timestamp':
      return MOMENT_MS;
    case 'blob':
      return Buffer.from('a blob, éà'.padEnd(shape.min ?? 0, '.'));
    default:
      return numberSample(shape);
  }
}

function numberSample({ type, min = -1e9, max = 1e9 }: ShapeDescriptor): number {
  const wanted = type === 'float' || type === 'double' ? 2.5 : 7;
  return wanted < min ? min : wanted > max ? max : wanted;
}

function structureSample(
  model: ServiceModel,
  shape: ShapeDescriptor,
  name: string,
  within: readonly string[],
): object {
  const sample: Record<string, unknown> = {};
  for (const [memberName, reference] of Object.entries(shape.members ?? {})) {
    const { shape: target, enum: values, idempotencyToken } = member(reference);
    const isRequired = shape.required?.includes(memberName) === true;
    if (within.length > 6 && !isRequired) continue;
    if (within.filter((outer) => outer === target || outer === name).length > 1) continue;
    if (isEventStream(model, target)) continue;
    const value = sampleOf(model, target, [...within, name]);
    sample[memberName] = values ? values[0] : value;
    if (idempotencyToken && value === 'a text') sample[memberName] = 'a-token';
    if (shape.union) break;
  }
  return sample;
}

export function isEventStream(model: ServiceModel, name: string): boolean {
  return model.shape(name).eventstream === true;
}

function listSample(
  model: ServiceModel,
  shape: ShapeDescriptor,
  within: readonly string[],
): readonly unknown[] {
  const target = member(shape.member).shape;
  if (within.filter((outer) => outer === target).length > 1) return [];
  const length = Math.max(shape.min ?? 0, Math.min(2, shape.max ?? 2));
  const element = sampleOf(model, target, within);
  return Array.from({ length }, () => element);
}

function mapSample(model: ServiceModel, { key, min = 0 }: ShapeDescriptor, value: unknown): object {
  const shape = model.shape(member(key).shape);
  const count = Math.max(min, 1);
  const keys =
    shape.enum?.slice(0, count) ??
    Array.from({ length: count }, (_, at) => stringSample(shape) + (at === 0 ? '' : at));
  return Object.fromEntries(keys.map((name) => [name, value]));
}

/** Texts that satisfy patterns which cannot be turned round. */
const CANDIDATES = [
  'a text',
  'text',
  'a-name',
  'aName',
  'a/b',
  '/a/',
  '12',
  '123456789012',
  '2026-11-21',
  '2026-11-21T10:00:00Z',
  'https://example.com/path',
  'arn:aws:lambda:eu-west-1:123456789012:function:a',
  'arn:aws:iam::123456789012:role/a',
  'arn:aws:sqs:eu-west-1:123456789012:a',
  'arn:aws:kinesis:eu-west-1:123456789012:stream/a',
  '0123456789abcdef0123456789abcdef',
  '01234567-89ab-4cde-8fab-0123456789ab',
  '{}',
  'jdbc:redshift://a.b.redshift.amazonaws.com:5439/c',
];

const made = new Map<ShapeDescriptor, string>();

function stringSample(shape: ShapeDescriptor): string {
  const known = made.get(shape);
  if (known !== undefined) return known;
  const text = shape.enum?.[0] ?? textFor(shape);
  made.set(shape, text);
  return text;
}

function textFor({ pattern, min = 0, max = 1e6 }: ShapeDescriptor): string {
  const fits = (text: string) => text.length >= min && text.length <= max;
  if (pattern === undefined) {
    const text = 'a text'.slice(0, max);
    return text.padEnd(min, '.');
  }
  const candidates = [...CANDIDATES, ...'aA1'.split('').map((one) => one.repeat(Math.max(min, 1)))];
  const found = candidates.find((text) => fits(text) && matchesPattern(pattern, text));
  return found ?? generated(pattern, fits) ?? 'nothing fits';
}

function generated(pattern: string, fits: (text: string) => boolean): string | undefined {
  try {
    const texts = fc.stringMatching(new RegExp(`^(?:${pattern})$`));
    const printable = (text: string) => /^[\x21-\x7e]+$/.test(text);
    const runs = fc.sample(texts, { seed: 1, numRuns: 200 });
    return runs.find((text) => fits(text) && printable(text) && matchesPattern(pattern, text));
  } catch {
    return undefined;
  }
}
