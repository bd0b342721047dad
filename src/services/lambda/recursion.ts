/**
 * Whether a loop through a function is broken. The guard itself stands in run.ts.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
import type { Operations } from '../../wire/types/lambda.ts';
import type { Operation } from '../service.ts';
import { unqualified } from './access.ts';
import { change } from './change.ts';
import { knownFunction } from './lookup.ts';
import { partitionOf, storeOf } from './store.ts';

export const PutFunctionRecursionConfig: Operation<
  Operations['PutFunctionRecursionConfig']
> = async (call, input) => {
  const { stack } = call;
  const address = await unqualified(call, input);
  const { RecursiveLoop: recursion } = input;
  return change(stack, async () => {
    const { record } = await knownFunction(stack, address);
    const changed = { ...record.value, recursion };
    const { functions } = storeOf(stack);
    const put = functions.put(partitionOf(address), address.name, changed, record.version);
    return { writes: [put], answer: { RecursiveLoop: recursion } };
  });
};

export const GetFunctionRecursionConfig: Operation<
  Operations['GetFunctionRecursionConfig']
> = async (call, input) => {
  const address = await unqualified(call, input);
  const { record } = await knownFunction(call.stack, address);
  return { RecursiveLoop: record.value.recursion };
};
