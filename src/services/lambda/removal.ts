/** What goes with a version, and what goes with a function. */
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { FunctionAddress } from './arns.ts';
import { unchanged } from './change.ts';
import { recount, zipsOf } from './code.ts';
import { conflict } from './errors.ts';
import type { Found } from './lookup.ts';
import { ofFunction, partitionOf, storeOf } from './store.ts';

/**
 * A version that is not there needs no removal. Observed:
 * https://github.com/floci-io/floci/pull/2824
 */
export async function versionRemoval(
  stack: Stack,
  found: Found,
  number: string,
): Promise<readonly Write[]> {
  const { versions, aliases, ...hanging } = storeOf(stack);
  const { policies, invokeConfigs, provisioned, runtimeManagement } = hanging;
  const partition = ofFunction(found.address);
  const row = await versions.get(partition, number);
  if (!row) return [];
  const referring = (await aliases.list(partition)).filter(
    ({ value }) => value.version === number || value.weights?.[number] !== undefined,
  );
  if (referring.length > 0) {
    const names = referring.map(({ key }) => key).join(', ');
    // Observed: https://github.com/alexcasalboni/aws-lambda-power-tuning/issues/124
    throw conflict(
      `Unable to delete version because the following aliases reference it: [${names}]`,
    );
  }
  return [
    versions.remove(partition, number, row.version),
    unchanged(stack, found),
    ...[policies, invokeConfigs, provisioned, runtimeManagement].map((of) =>
      of.remove(partition, number),
    ),
    ...(await recount(stack, { ended: zipsOf(row.value) })),
  ];
}

/** All but the event source mappings, which outlive their function as on AWS. */
export async function functionRemoval(
  stack: Stack,
  address: FunctionAddress,
  version: number,
): Promise<readonly Write[]> {
  const store = storeOf(stack);
  const partition = ofFunction(address);
  const { versions, aliases, policies, invokeConfigs, urls, urlPointers } = store;
  const rows = await versions.list(partition);
  const settings = [store.provisioned, store.runtimeManagement];
  const hanging = [aliases, policies, invokeConfigs, urls, ...settings];
  const removals = await Promise.all(
    hanging.map(async (of) =>
      (await of.list(partition)).map(({ key }) => of.remove(partition, key)),
    ),
  );
  const links = await urls.list(partition);
  return [
    store.functions.remove(partitionOf(address), address.name, version),
    ...rows.map((row) => versions.remove(partition, row.key, row.version)),
    ...removals.flat(),
    ...links.map(({ value }) => urlPointers.remove('', value.urlId)),
    ...(await recount(stack, { ended: rows.flatMap(({ value }) => zipsOf(value)) })),
  ];
}
