/**
 * Another configuration for a function: what is not given stays as it was, and what is given
 * empty is taken away.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Operations } from '../../wire/types/lambda.ts';
import type { Operation } from '../service.ts';
import { type FunctionAddress, LATEST } from './arns.ts';
import { change } from './change.ts';
import { recount, unzippedBytesOf, zipsOf } from './code.ts';
import { configuration } from './configuration.ts';
import { invalid } from './errors.ts';
import { settingsFrom } from './function-settings.ts';
import { changeable, idleLatest, updated, updating } from './latest.ts';
import { retire } from './running.ts';
import { becomeReady } from './states.ts';
import { ofFunction, storeOf } from './store.ts';
import { checkTogether } from './used-layers.ts';

export const UpdateFunctionConfiguration: Operation<
  Operations['UpdateFunctionConfiguration']
> = async (call, input) => {
  const { stack } = call;
  const address = await changeable(call, input);
  const answer = await change(stack, async () => {
    const before = await idleLatest(stack, address, input.RevisionId);
    const { value } = before.latest;
    if (input.Runtime !== undefined && input.Runtime !== value.runtime) {
      await checkRuntimeFree(stack, address);
    }
    const settings = await settingsFrom(call, input, value);
    const own = zipsOf({ code: value.code, layers: [] });
    await checkTogether(call, await unzippedBytesOf(stack, own), settings.layers);
    const changed = updating(stack, before, settings);
    const writes = [
      ...updated(stack, before, changed),
      ...(await recount(stack, { begun: zipsOf(changed), ended: zipsOf(value) })),
    ];
    return { writes, answer: configuration(address, changed) };
  });
  await becomeReady(stack, address);
  await retire(stack, address);
  return answer;
};

/** Observed: https://github.com/hashicorp/terraform-provider-aws/issues/42699 */
async function checkRuntimeFree(stack: Stack, address: FunctionAddress): Promise<void> {
  const choice = await storeOf(stack).runtimeManagement.get(ofFunction(address), LATEST);
  if (choice?.value.updateOn !== 'Manual') return;
  throw invalid(
    "Cannot change runtime identifier when runtime management configuration is set to 'Manual'. " +
      "Change the runtime management configuration to 'Auto' or 'FunctionUpdate', then retry.",
  );
}
