/**
 * Provisioned concurrency of versions and aliases. Environments here start in no time, so what
 * is asked for is there at once.
 * https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Operations } from '../../wire/types/lambda.ts';
import type { Operation } from '../service.ts';
import { addressed, unqualified } from './access.ts';
import { type FunctionAddress, LATEST, type Qualified, qualifiedArn } from './arns.ts';
import { change, listed, unchanged } from './change.ts';
import { reservedIn } from './concurrency-ledger.ts';
import { moment } from './configuration.ts';
import { conflict, fault, invalid } from './errors.ts';
import { type Found, knownFunction, notFound, resolveKnown } from './lookup.ts';
import { ofFunction, type ProvisionedConcurrency, storeOf } from './store.ts';

export const PutProvisionedConcurrencyConfig: Operation<
  Operations['PutProvisionedConcurrencyConfig']
> = async (call, input) => {
  const { stack } = call;
  const address = await addressed(call, input);
  const { Qualifier: qualifier, ProvisionedConcurrentExecutions: requested } = input;
  return change(stack, async () => {
    const found = await knownFunction(stack, address);
    await checkQualifier(stack, address, qualifier);
    await checkRoom(stack, found, qualifier, requested);
    const { provisioned } = storeOf(stack);
    const row = await provisioned.get(ofFunction(address), qualifier);
    const config = { requested, modifiedAtMs: stack.clock.nowMs() };
    const put = provisioned.put(ofFunction(address), qualifier, config, row?.version ?? 0);
    return { writes: [put, unchanged(stack, found)], answer: answerOf(config) };
  });
};

/** A published version or an alias, and not both for one version. */
async function checkQualifier(
  stack: Stack,
  address: FunctionAddress,
  qualifier: string,
): Promise<void> {
  if (qualifier === LATEST) {
    const what = 'cannot be applied to unpublished function versions.';
    throw invalid(`Provisioned Concurrency Configs ${what}`);
  }
  const { versions, aliases, provisioned } = storeOf(stack);
  const partition = ofFunction(address);
  const alias = (await aliases.get(partition, qualifier))?.value;
  if (!alias && !(await versions.get(partition, qualifier))) throw notFound(address, qualifier);
  if (alias?.version === LATEST) {
    throw invalid('Provisioned Concurrency Configs cannot be applied to unpublished versions.');
  }
  if (alias && (await provisioned.get(partition, alias.version))) {
    throw conflict(
      "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned " +
        'version',
    );
  }
  for (const { value } of await aliases.list(partition)) {
    if (value.version === qualifier && (await provisioned.get(partition, value.name))) {
      const what = 'Provisioned Concurrency configuration on an already Provisioned alias';
      throw conflict(`Version can't be used for ${what}`);
    }
  }
}

async function checkRoom(
  stack: Stack,
  { address, record }: Found,
  qualifier: string,
  requested: number,
): Promise<void> {
  const rows = await storeOf(stack).provisioned.list(ofFunction(address));
  const others = rows
    .filter(({ key }) => key !== qualifier)
    .reduce((sum, { value }) => sum + value.requested, 0);
  const { reservedConcurrency } = record.value;
  if (reservedConcurrency !== undefined) {
    if (others + requested <= reservedConcurrency) return;
    throw invalid(
      'Requested Provisioned Concurrency should not be greater than the ' +
        'reservedConcurrentExecution for function',
    );
  }
  const { quotas } = stack.settings;
  const free = quotas['lambda.concurrentExecutions'] - (await reservedIn(stack, address));
  const what = 'Specified ConcurrentExecutions for function';
  if (others + requested > free) {
    throw invalid(`${what} is greater than account's unreserved concurrency [${free}].`);
  }
  const least = quotas['lambda.minUnreservedConcurrency'];
  if (free - others - requested < least) {
    const below = `UnreservedConcurrentExecution below its minimum value of [${least}].`;
    throw invalid(`${what} decreases account's ${below}`);
  }
}

function answerOf({ requested, modifiedAtMs }: ProvisionedConcurrency) {
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: requested,
    AllocatedProvisionedConcurrentExecutions: requested,
    Status: 'READY',
    LastModified: moment(modifiedAtMs),
  } as const;
}

export const GetProvisionedConcurrencyConfig: Operation<
  Operations['GetProvisionedConcurrencyConfig']
> = async (call, input) => {
  const address = await addressed(call, input);
  await resolveConfigured(call.stack, address);
  const { provisioned } = storeOf(call.stack);
  const row = await provisioned.get(ofFunction(address), input.Qualifier);
  if (row) return answerOf(row.value);
  const message = 'No Provisioned Concurrency Config found for this function';
  throw fault('ProvisionedConcurrencyConfigNotFoundException', message, {
    fields: { Type: 'User' },
  });
};

async function resolveConfigured(stack: Stack, address: Qualified): Promise<void> {
  if (address.qualifier === LATEST) {
    throw invalid('The function resource provided must be an alias or a published version.');
  }
  await resolveKnown(stack, address);
}

/** A configuration that is not there needs no removal. */
export const DeleteProvisionedConcurrencyConfig: Operation<
  Operations['DeleteProvisionedConcurrencyConfig']
> = async (call, input) => {
  const address = await addressed(call, input);
  await resolveConfigured(call.stack, address);
  const { provisioned } = storeOf(call.stack);
  await call.stack.storage.commit([provisioned.remove(ofFunction(address), input.Qualifier)]);
  return {};
};

export const ListProvisionedConcurrencyConfigs: Operation<
  Operations['ListProvisionedConcurrencyConfigs']
> = async (call, input) => {
  const address = await unqualified(call, input);
  await knownFunction(call.stack, address);
  const rows = await storeOf(call.stack).provisioned.list(ofFunction(address));
  const { items, NextMarker } = listed(call, rows, ({ key }) => key, input, [address.name]);
  const ProvisionedConcurrencyConfigs = items.map(({ key, value }) => ({
    FunctionArn: qualifiedArn(address, key),
    ...answerOf(value),
  }));
  return { ProvisionedConcurrencyConfigs, NextMarker };
};
