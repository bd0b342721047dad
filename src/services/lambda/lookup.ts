/**
 * Finding the function, and the version of it, that a request or a delivery means.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Call } from '../call.ts';
import { LATEST, parseIdentifier, type Qualified, qualifiedArn } from './arns.ts';
import { fault } from './errors.ts';
import {
  type Alias,
  type FunctionRecord,
  type FunctionVersion,
  ofFunction,
  partitionOf,
  storeOf,
} from './store.ts';

/** A function as a request names it. */
export interface Found {
  readonly address: Qualified;
  readonly record: Stored<FunctionRecord>;
}

/** The version that is to be run. */
export interface Resolved extends Found {
  readonly version: Stored<FunctionVersion>;
  readonly alias: Alias | undefined;
  /** With the qualifier that was asked for; without one if there was none. */
  readonly invokedArn: string;
}

/** Reads the two members by which requests name a function and its qualifier. */
export function readIdentifier(
  call: Pick<Call, 'account' | 'region'>,
  input: {
    readonly FunctionName?: string | undefined;
    readonly Qualifier?: string | undefined;
  },
): Qualified {
  const { FunctionName: text = '', Qualifier: qualifier } = input;
  const address = parseIdentifier(text, call);
  if (!address) {
    throw fault('InvalidParameterValueException', `Invalid function name: ${text}`);
  }
  if (qualifier === undefined) return address;
  if (address.qualifier !== undefined && address.qualifier !== qualifier) {
    const why =
      'The derived qualifier from the function name does not match the specified qualifier.';
    throw fault('InvalidParameterValueException', why);
  }
  return { ...address, qualifier };
}

/** The function at an address, whatever the qualifier. */
export async function findFunction(stack: Stack, address: Qualified): Promise<Found | undefined> {
  const record = await storeOf(stack).functions.get(partitionOf(address), address.name);
  return record && { address, record };
}

/** The function that a request names; throws AWS's error when there is none. */
export async function knownFunction(stack: Stack, address: Qualified): Promise<Found> {
  const found = await findFunction(stack, address);
  if (!found) throw notFound(address, address.qualifier);
  return found;
}

/** The version that a qualifier stands for; undefined when there is none. */
export async function resolve(stack: Stack, address: Qualified): Promise<Resolved | undefined> {
  const found = await findFunction(stack, address);
  if (!found) return undefined;
  const { versions, aliases } = storeOf(stack);
  const { qualifier = LATEST } = address;
  const partition = ofFunction(address);
  const invokedArn = qualifiedArn(address, address.qualifier);
  const version = await versions.get(partition, qualifier);
  if (version) return { ...found, version, alias: undefined, invokedArn };
  const alias = (await aliases.get(partition, qualifier))?.value;
  const chosen = alias && (await versions.get(partition, choose(stack, alias)));
  return chosen && { ...found, version: chosen, alias, invokedArn };
}

/** As `resolve`, for requests: throws AWS's error when there is nothing. */
export async function resolveKnown(stack: Stack, address: Qualified): Promise<Resolved> {
  const resolved = await resolve(stack, address);
  if (resolved) return resolved;
  throw notFound(address, address.qualifier ?? LATEST);
}

/** The alias's own version takes what its weights leave. */
function choose({ ids }: Stack, { version, weights = {} }: Alias): string {
  let drawn = ids.random();
  for (const [other, weight] of Object.entries(weights)) {
    drawn -= weight;
    if (drawn < 0) return other;
  }
  return version;
}

const ALIAS = /[^0-9]/;

/** In AWS's words; a qualifier that is no number is taken for an alias. */
export function notFound(address: Qualified, qualifier: string | undefined) {
  const arn = qualifiedArn(address, qualifier);
  const isAlias = qualifier !== undefined && qualifier !== LATEST && ALIAS.test(qualifier);
  const message = isAlias ? `Cannot find alias arn: ${arn}` : `Function not found: ${arn}`;
  return fault('ResourceNotFoundException', message, { fields: { Type: 'User' } });
}
