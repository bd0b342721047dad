/**
 * Aliases: names for versions, which may send a share of invocations to a second one.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type {
  AliasConfiguration,
  AliasRoutingConfiguration,
  Operations,
} from '../../wire/types/lambda.ts';
import type { Operation } from '../service.ts';
import { unqualified } from './access.ts';
import { type FunctionAddress, LATEST, qualifiedArn } from './arns.ts';
import { change, listed, unchanged } from './change.ts';
import { conflict, invalid, missing, outdated } from './errors.ts';
import { knownFunction, notFound } from './lookup.ts';
import { type Alias, ofFunction, storeOf } from './store.ts';

export const CreateAlias: Operation<Operations['CreateAlias']> = async (call, input) => {
  const { stack } = call;
  const address = await unqualified(call, input);
  return change(stack, async () => {
    const found = await knownFunction(stack, address);
    const { aliases } = storeOf(stack);
    const partition = ofFunction(address);
    if (await aliases.get(partition, input.Name)) {
      throw conflict(`Alias already exists: ${qualifiedArn(address, input.Name)}`);
    }
    const alias: Alias = {
      name: input.Name,
      version: input.FunctionVersion,
      description: input.Description ?? '',
      weights: weightsOf(input.RoutingConfig),
      revisionId: stack.ids.uuid(),
    };
    await checkVersions(stack, address, alias);
    const writes = [aliases.put(partition, alias.name, alias, 0), unchanged(stack, found)];
    return { writes, answer: answerOf(address, alias) };
  });
};

/** An empty map takes the weights away. */
function weightsOf(routing: AliasRoutingConfiguration | undefined): Alias['weights'] {
  const weights = routing?.AdditionalVersionWeights ?? {};
  return Object.keys(weights).length > 0 ? { ...weights } : undefined;
}

async function checkVersions(
  stack: Stack,
  address: FunctionAddress,
  { version, weights = {} }: Alias,
): Promise<void> {
  const others = Object.keys(weights);
  if (others.length > 1) {
    throw invalid('Number of items in AdditionalVersionWeights cannot be greater than 1');
  }
  if (others.length > 0 && version === LATEST) {
    throw invalid('$LATEST is not supported for an alias pointing to more than 1 version');
  }
  if (others.includes(version)) {
    throw invalid(
      `Invalid function version ${version}. ` +
        `Function version ${version} is already included in routing configuration.`,
    );
  }
  const { versions } = storeOf(stack);
  for (const wanted of [version, ...others]) {
    if (!(await versions.get(ofFunction(address), wanted))) throw notFound(address, wanted);
  }
}

function answerOf(address: FunctionAddress, alias: Alias): AliasConfiguration {
  const { name, version, description, weights, revisionId } = alias;
  return {
    AliasArn: qualifiedArn(address, name),
    Name: name,
    FunctionVersion: version,
    Description: description,
    ...(weights && { RoutingConfig: { AdditionalVersionWeights: { ...weights } } }),
    RevisionId: revisionId,
  };
}

export const GetAlias: Operation<Operations['GetAlias']> = async (call, input) => {
  const address = await unqualified(call, input);
  const alias = await storeOf(call.stack).aliases.get(ofFunction(address), input.Name);
  if (!alias) throw missing(`Cannot find alias arn: ${qualifiedArn(address, input.Name)}`);
  return answerOf(address, alias.value);
};

export const UpdateAlias: Operation<Operations['UpdateAlias']> = async (call, input) => {
  const { stack } = call;
  const address = await unqualified(call, input);
  return change(stack, async () => {
    const found = await knownFunction(stack, address);
    const { aliases } = storeOf(stack);
    const partition = ofFunction(address);
    const row = await aliases.get(partition, input.Name);
    if (!row) throw missing(`Alias not found: ${qualifiedArn(address, input.Name)}`);
    const { value, version } = row;
    if (input.RevisionId !== undefined && input.RevisionId !== value.revisionId) throw outdated();
    const alias: Alias = {
      ...value,
      version: input.FunctionVersion ?? value.version,
      description: input.Description ?? value.description,
      weights: input.RoutingConfig ? weightsOf(input.RoutingConfig) : value.weights,
      revisionId: stack.ids.uuid(),
    };
    await checkVersions(stack, address, alias);
    const writes = [aliases.put(partition, alias.name, alias, version), unchanged(stack, found)];
    return { writes, answer: answerOf(address, alias) };
  });
};

/** An alias that is not there needs no removal; what hangs on one goes with it. */
export const DeleteAlias: Operation<Operations['DeleteAlias']> = async (call, input) => {
  const { stack } = call;
  const address = await unqualified(call, input);
  return change(stack, async () => {
    await knownFunction(stack, address);
    const store = storeOf(stack);
    const { aliases, policies, invokeConfigs, urls, provisioned, urlPointers } = store;
    const partition = ofFunction(address);
    const row = await aliases.get(partition, input.Name);
    if (!row) return { writes: [], answer: {} };
    const url = await urls.get(partition, input.Name);
    const hanging = [policies, invokeConfigs, urls, provisioned];
    const writes = [
      aliases.remove(partition, input.Name, row.version),
      ...hanging.map((rows) => rows.remove(partition, input.Name)),
      ...(url ? [urlPointers.remove('', url.value.urlId)] : []),
    ];
    return { writes, answer: {} };
  });
};

export const ListAliases: Operation<Operations['ListAliases']> = async (call, input) => {
  const address = await unqualified(call, input);
  await knownFunction(call.stack, address);
  const rows = await storeOf(call.stack).aliases.list(ofFunction(address));
  const { FunctionVersion: only } = input;
  const wanted = rows.filter(
    ({ value }) =>
      only === undefined || value.version === only || value.weights?.[only] !== undefined,
  );
  const filters = [address.name, only];
  const { items, NextMarker } = listed(call, wanted, ({ key }) => key, input, filters);
  return { Aliases: items.map(({ value }) => answerOf(address, value)), NextMarker };
};
