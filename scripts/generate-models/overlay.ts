/**
 * Three facts that botocore's models have lost and the schemas of AWS's JavaScript clients still
 * carry: the Query error codes of SQS, the Query names of SQS's members, and the names of S3's
 * root elements. https://github.com/smithy-lang/smithy-typescript describes the schema tuples.
 */
import { createRequire } from 'node:module';

export interface Overlay {
  readonly source: string;
  /** By error shape. */
  readonly errors: Record<string, { queryCode?: string; queryStatus?: number; fault?: string }>;
  /** By `Shape.member`. */
  readonly members: Record<string, { xmlName: string; flattened?: true }>;
  /** By structure. */
  readonly structures: Record<string, string>;
}

type Schema = readonly unknown[];

/** What each overlay takes, so that a new trait of a client changes nothing unasked. */
const TAKEN = {
  sqs: { client: '@aws-sdk/client-sqs', errors: true, members: true, structures: false },
  s3: { client: '@aws-sdk/client-s3', errors: false, members: false, structures: true },
} as const;

export type Overlaid = keyof typeof TAKEN;
export const OVERLAID = Object.keys(TAKEN) as Overlaid[];

export function readOverlay(service: Overlaid): Overlay {
  const { client, errors, members, structures } = TAKEN[service];
  const require = createRequire(import.meta.url);
  const exports: Record<string, unknown> = require(client);
  const { version } = require(`${client}/package.json`);
  const overlay: Overlay = {
    source: `${client}@${version}`,
    errors: {},
    members: {},
    structures: {},
  };
  for (const schema of reachable(exports)) {
    if (errors && schema[0] === -3) addError(overlay, schema);
    if (members) addMembers(overlay, schema);
    if (structures && schema[0] === 3) addStructure(overlay, schema);
  }
  return {
    source: overlay.source,
    errors: sorted(overlay.errors),
    members: sorted(overlay.members),
    structures: sorted(overlay.structures),
  };
}

function sorted<T>(facts: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function reachable(exports: Record<string, unknown>): Set<Schema> {
  const seen = new Set<Schema>();
  const visit = (reference: unknown): void => {
    const [target] = split(reference);
    if (!Array.isArray(target) || seen.has(target)) return;
    seen.add(target);
    const kind = target[0];
    if (kind === 3 || kind === -3) for (const member of target[5]) visit(member);
    if (kind === 1) visit(target[4]);
    if (kind === 2) visit(target[5]);
    if (kind === 9) for (const shape of [target[4], target[5]]) visit(shape);
  };
  for (const [name, value] of Object.entries(exports)) if (name.endsWith('$')) visit(value);
  return seen;
}

/** A reference is a schema, a function giving one, or a pair of that and its traits. */
function split(reference: unknown): [unknown, Record<string, unknown>] {
  if (typeof reference === 'function') return [reference(), {}];
  if (Array.isArray(reference) && reference.length === 2) {
    const [target, traits] = reference;
    const resolved = typeof target === 'function' ? target() : target;
    return [resolved, typeof traits === 'object' ? traits : {}];
  }
  return [reference, {}];
}

function addError(overlay: Overlay, schema: Schema): void {
  const traits = schema[3] as { awsQueryError?: [string, number]; error?: string };
  if (!traits?.awsQueryError) return;
  const [queryCode, queryStatus] = traits.awsQueryError;
  const name = String(schema[2]);
  overlay.errors[name] = { queryCode, queryStatus, ...(traits.error && { fault: traits.error }) };
}

function addMembers(overlay: Overlay, schema: Schema): void {
  const add = (member: string, reference: unknown): void => {
    const { xmlName, xmlFlattened } = split(reference)[1];
    const flattened = xmlFlattened ? ({ flattened: true } as const) : {};
    if (typeof xmlName === 'string') {
      overlay.members[`${String(schema[2])}.${member}`] = { xmlName, ...flattened };
    }
  };
  if (schema[0] === 3) {
    const references = schema[5] as unknown[];
    const names = schema[4] as string[];
    for (const [index, name] of names.entries()) add(name, references[index]);
  }
  if (schema[0] === 1) add('member', schema[4]);
  if (schema[0] === 2) {
    add('key', schema[4]);
    add('value', schema[5]);
  }
}

function addStructure(overlay: Overlay, schema: Schema): void {
  const { xmlName } = (schema[3] || {}) as { xmlName?: string };
  if (xmlName) overlay.structures[String(schema[2])] = xmlName;
}
