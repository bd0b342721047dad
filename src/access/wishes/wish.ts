/**
 * What a request wishes to do: the actions and the resources that it must be allowed, read from
 * its input. Each resource that the input names is asked for, so that none is authorised in the
 * place of another.
 *
 * A resource that cannot be told is `*`, which only a policy for `*` allows.
 */
import { arnOf } from '../../core/arn.ts';
import type { Wish } from '../evaluate.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Account and Region that names without an ARN are in. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export type Wishes = (operation: string, input: Input, place: Place) => readonly Wish[];

/** How a member of an input names a resource; undefined when it names none. */
export type Finder = (value: string, place: Place, input: Input) => string | undefined;

export const EVERYTHING = '*';

/** A wish for each resource that the input names, by any member that `finders` knows. */
export function named(
  action: string,
  finders: Readonly<Record<string, Finder>>,
  input: Input,
  place: Place,
): readonly Wish[] {
  const resources = new Set<string>();
  for (const [member, find] of Object.entries(finders)) {
    const value = input[member];
    if (typeof value !== 'string') continue;
    const found = find(value, place, input);
    if (found !== undefined) resources.add(found);
  }
  if (resources.size === 0) resources.add(EVERYTHING);
  return [...resources].map((resource) => ({ action, resource }));
}

/** A name or, where it is one already, the ARN. */
export function nameOrArn(service: string, type: string): Finder {
  return (value, { region, account }) =>
    value.startsWith('arn:') ? value : arnOf(service, region, account, type + value);
}

/** A member that is an ARN of the service; others are no resource of its. */
export function itself(service: string): Finder {
  return (value) => (value.split(':')[2] === service ? value : undefined);
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function objects(value: unknown): readonly Input[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is Input => typeof one === 'object' && one !== null);
}
