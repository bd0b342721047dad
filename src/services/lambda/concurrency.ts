/**
 * Reserved concurrency: what a function may use of the account's, and nobody else may. Zero
 * stops it.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
import type { Operations } from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { unqualified } from './access.ts';
import { change } from './change.ts';
import { reservedIn } from './concurrency-ledger.ts';
import { invalid } from './errors.ts';
import { type Found, knownFunction } from './lookup.ts';
import { type FunctionRecord, ofFunction, partitionOf, storeOf } from './store.ts';

export const PutFunctionConcurrency: Operation<Operations['PutFunctionConcurrency']> = (
  call,
  { FunctionName, ReservedConcurrentExecutions: reserved },
) =>
  changeRecord(call, FunctionName, async (found) => {
    await checkUnreserved(call, found, reserved);
    return [{ reservedConcurrency: reserved }, { ReservedConcurrentExecutions: reserved }];
  });

async function checkUnreserved(
  { stack }: Call,
  { address, record }: Found,
  reserved: number,
): Promise<void> {
  const { quotas } = stack.settings;
  const least = quotas['lambda.minUnreservedConcurrency'];
  const others = (await reservedIn(stack, address)) - (record.value.reservedConcurrency ?? 0);
  if (quotas['lambda.concurrentExecutions'] - others - reserved < least) {
    throw invalid(
      "Specified ReservedConcurrentExecutions for function decreases account's " +
        `UnreservedConcurrentExecution below its minimum value of [${least}].`,
    );
  }
  const rows = await storeOf(stack).provisioned.list(ofFunction(address));
  const provisioned = rows.reduce((sum, { value }) => sum + value.requested, 0);
  if (reserved < provisioned) {
    throw invalid(
      ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total ` +
        `provisioned concurrency [${provisioned}].`,
    );
  }
}

export const GetFunctionConcurrency: Operation<Operations['GetFunctionConcurrency']> = async (
  call,
  input,
) => {
  const address = await unqualified(call, input);
  const { reservedConcurrency } = (await knownFunction(call.stack, address)).record.value;
  return reservedConcurrency === undefined
    ? {}
    : { ReservedConcurrentExecutions: reservedConcurrency };
};

export const DeleteFunctionConcurrency: Operation<Operations['DeleteFunctionConcurrency']> = (
  call,
  input,
) => changeRecord(call, input.FunctionName, async () => [{ reservedConcurrency: undefined }, {}]);

async function changeRecord<Answer>(
  call: Call,
  name: string,
  revise: (found: Found) => Promise<readonly [Partial<FunctionRecord>, Answer]>,
): Promise<Answer> {
  const { stack } = call;
  const address = await unqualified(call, { FunctionName: name });
  return change(stack, async () => {
    const found = await knownFunction(stack, address);
    const { value, version } = found.record;
    const [changes, answer] = await revise(found);
    const { functions } = storeOf(stack);
    const changed = { ...value, ...changes };
    const writes = [functions.put(partitionOf(address), address.name, changed, version)];
    return { writes, answer };
  });
}
