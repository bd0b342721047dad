/** Changing `$LATEST`: who may, when, and what it looks like while it is under way. */
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Write } from '../../storage/storage.ts';
import type { Call } from '../call.ts';
import { addressed } from './access.ts';
import { type FunctionAddress, LATEST } from './arns.ts';
import { invalid, outdated } from './errors.ts';
import { type Found, knownFunction, notFound } from './lookup.ts';
import { checkIdle, readySoon } from './states.ts';
import { type FunctionVersion, ofFunction, storeOf } from './store.ts';

export interface Latest extends Found {
  readonly latest: Stored<FunctionVersion>;
}

/** The function whose `$LATEST` a request changes; no other version can be changed. */
export async function changeable(
  call: Call,
  input: { readonly FunctionName: string },
): Promise<FunctionAddress> {
  const { qualifier, ...address } = await addressed(call, input);
  if (qualifier === undefined || qualifier === LATEST) return address;
  throw invalid('The operation applies to the $LATEST version of a function only.');
}

/** `$LATEST`, unless it is being changed or was since the caller looked. */
export async function idleLatest(
  stack: Stack,
  address: FunctionAddress,
  revisionId: string | undefined,
): Promise<Latest> {
  const found = await knownFunction(stack, address);
  const latest = await storeOf(stack).versions.get(ofFunction(address), LATEST);
  if (!latest) throw notFound(address, LATEST);
  if (revisionId !== undefined && revisionId !== latest.value.revisionId) throw outdated();
  checkIdle(address, latest.value);
  return { ...found, latest };
}

/** `$LATEST` as it becomes, with an update under way. */
export function updating(
  { clock, ids }: Stack,
  { latest }: Latest,
  changes: Partial<FunctionVersion>,
): FunctionVersion {
  const now = {
    revisionId: ids.uuid(),
    modifiedAtMs: clock.nowMs(),
    update: 'InProgress',
  } as const;
  return { ...latest.value, ...changes, ...now };
}

/** The writes of an update, and of its end. */
export function updated(
  stack: Stack,
  { address, latest }: Latest,
  changed: FunctionVersion,
): readonly Write[] {
  const { versions } = storeOf(stack);
  const put = versions.put(ofFunction(address), LATEST, changed, latest.version);
  return [put, readySoon(stack, address)];
}
