/**
 * When a function takes a new version of its runtime. This machine has one of each, so the
 * choice is kept and told, and changes nothing.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html
 */
import type { Operations } from '../../wire/types/lambda.ts';
import type { Operation } from '../service.ts';
import { addressed } from './access.ts';
import { qualifiedArn } from './arns.ts';
import { change, unchanged } from './change.ts';
import { invalid } from './errors.ts';
import { resolveKnown } from './lookup.ts';
import { ofFunction, storeOf } from './store.ts';

export const PutRuntimeManagementConfig: Operation<
  Operations['PutRuntimeManagementConfig']
> = async (call, input) => {
  const { stack } = call;
  const address = await addressed(call, input);
  const { UpdateRuntimeOn: updateOn, RuntimeVersionArn: runtimeVersionArn } = input;
  if ((updateOn === 'Manual') !== (runtimeVersionArn !== undefined)) {
    throw invalid(
      'RuntimeVersionArn must be given with Manual updates of the runtime, and only then.',
    );
  }
  return change(stack, async () => {
    const found = await resolveKnown(stack, address);
    const choice = { updateOn, runtimeVersionArn };
    const { runtimeManagement } = storeOf(stack);
    const put = runtimeManagement.put(ofFunction(address), found.version.key, choice);
    const answer = {
      UpdateRuntimeOn: updateOn,
      FunctionArn: qualifiedArn(address, found.version.key),
      ...(runtimeVersionArn !== undefined && { RuntimeVersionArn: runtimeVersionArn }),
    };
    return { writes: [put, unchanged(stack, found)], answer };
  });
};

export const GetRuntimeManagementConfig: Operation<
  Operations['GetRuntimeManagementConfig']
> = async (call, input) => {
  const address = await addressed(call, input);
  const { version } = await resolveKnown(call.stack, address);
  const { runtimeManagement } = storeOf(call.stack);
  const row = await runtimeManagement.get(ofFunction(address), version.key);
  const { updateOn = 'Auto', runtimeVersionArn } = row?.value ?? {};
  return {
    UpdateRuntimeOn: updateOn,
    FunctionArn: qualifiedArn(address, version.key),
    ...(runtimeVersionArn !== undefined && { RuntimeVersionArn: runtimeVersionArn }),
  };
};
