/**
 * How asynchronous invocations of a function, a version or an alias are retried, and who hears
 * of their end.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
import { parseArn } from '../../core/arn.ts';
import type {
  DestinationConfig,
  FunctionEventInvokeConfig,
  Operations,
  PutFunctionEventInvokeConfigRequest,
} from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { addressed, policyKey, unqualified } from './access.ts';
import { LATEST, parseFunctionArn, type Qualified, qualifiedArn } from './arns.ts';
import { change, listed, unchanged } from './change.ts';
import { invalid, missing, notBuilt } from './errors.ts';
import { findFunction, resolve } from './lookup.ts';
import { type InvokeConfig, ofFunction, storeOf } from './store.ts';

type Given = PutFunctionEventInvokeConfigRequest;

export const PutFunctionEventInvokeConfig: Operation<Operations['PutFunctionEventInvokeConfig']> = (
  call,
  input,
) => changeConfig(call, input, () => undefined);

export const UpdateFunctionEventInvokeConfig: Operation<
  Operations['UpdateFunctionEventInvokeConfig']
> = (call, input) => changeConfig(call, input, (before, address) => before ?? none(address));

/** Lays what is given over what `baseOf` says was there. */
async function changeConfig(
  call: Call,
  input: Given,
  baseOf: (before: InvokeConfig | undefined, address: Qualified) => InvokeConfig | undefined,
): Promise<FunctionEventInvokeConfig> {
  const { stack } = call;
  const address = await addressed(call, input);
  checkGiven(address, input);
  return change(stack, async () => {
    const found = await known(call, address);
    const { invokeConfigs } = storeOf(stack);
    const [partition, key] = [ofFunction(address), policyKey(address.qualifier)];
    const row = await invokeConfigs.get(partition, key);
    const base = baseOf(row?.value, address);
    const config: InvokeConfig = {
      maximumRetryAttempts: input.MaximumRetryAttempts ?? base?.maximumRetryAttempts,
      maximumEventAgeSeconds: input.MaximumEventAgeInSeconds ?? base?.maximumEventAgeSeconds,
      destinations: { ...base?.destinations, ...shownDestinations(input.DestinationConfig) },
      modifiedAtMs: stack.clock.nowMs(),
    };
    const put = invokeConfigs.put(partition, key, config, row?.version ?? 0);
    return { writes: [put, unchanged(stack, found)], answer: answerOf(address, config) };
  });
}

async function known({ stack }: Call, address: Qualified) {
  const found = address.qualifier
    ? await resolve(stack, address)
    : await findFunction(stack, address);
  if (!found) throw missing("The function doesn't exist.");
  return found;
}

function checkGiven(address: Qualified, input: Given): void {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
  const isEmpty = [MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig].every(
    (member) => member === undefined,
  );
  if (isEmpty) {
    throw invalid('You must specify at least one of error handling or destination setting.');
  }
  for (const end of ['OnSuccess', 'OnFailure'] as const) {
    const arn = DestinationConfig?.[end]?.Destination;
    if (arn) checkDestination(address, arn, end);
  }
}

/**
 * Standard queues and topics, functions and buses; a bucket may hear of failures. Observed:
 * https://github.com/serverless/serverless/issues/7507
 */
function checkDestination(address: Qualified, text: string, end: 'OnSuccess' | 'OnFailure'): void {
  const arn = parseArn(text);
  const isFifo = text.endsWith('.fifo');
  switch (arn?.service) {
    case 'sqs':
    case 'sns':
      if (!isFifo) return;
      break;
    case 'lambda':
      if (!parseFunctionArn(text)) break;
      if (!isSame(address, text)) return;
      throw invalid("You can't specify the function as a destination for itself.");
    case 'events':
      if (arn.resource.startsWith('event-bus/')) return;
      break;
    case 's3':
      if (end === 'OnFailure') throw notBuilt('S3 buckets as destinations');
      break;
  }
  throw invalid(`The destination ARN ${text} is invalid.`);
}

function isSame({ account, region, name }: Qualified, arn: string): boolean {
  const other = parseFunctionArn(arn);
  return other?.account === account && other.region === region && other.name === name;
}

/** An empty ARN takes a destination away. */
function shownDestinations({ OnSuccess, OnFailure }: DestinationConfig = {}): DestinationConfig {
  const shown = (end: { readonly Destination?: string | undefined }) =>
    end.Destination ? { Destination: end.Destination } : {};
  return {
    ...(OnSuccess && { OnSuccess: shown(OnSuccess) }),
    ...(OnFailure && { OnFailure: shown(OnFailure) }),
  };
}

function answerOf(address: Qualified, config: InvokeConfig): FunctionEventInvokeConfig {
  const { maximumRetryAttempts, maximumEventAgeSeconds, destinations, modifiedAtMs } = config;
  return {
    LastModified: modifiedAtMs,
    FunctionArn: qualifiedArn(address, address.qualifier ?? LATEST),
    ...(maximumRetryAttempts !== undefined && { MaximumRetryAttempts: maximumRetryAttempts }),
    ...(maximumEventAgeSeconds !== undefined && {
      MaximumEventAgeInSeconds: maximumEventAgeSeconds,
    }),
    DestinationConfig: { OnSuccess: {}, OnFailure: {}, ...destinations },
  };
}

function none(address: Qualified): never {
  const arn = qualifiedArn(address, address.qualifier ?? LATEST);
  throw missing(`The function ${arn} doesn't have an EventInvokeConfig`);
}

export const GetFunctionEventInvokeConfig: Operation<
  Operations['GetFunctionEventInvokeConfig']
> = async (call, input) => {
  const address = await addressed(call, input);
  await known(call, address);
  const { invokeConfigs } = storeOf(call.stack);
  const row = await invokeConfigs.get(ofFunction(address), policyKey(address.qualifier));
  return row ? answerOf(address, row.value) : none(address);
};

export const DeleteFunctionEventInvokeConfig: Operation<
  Operations['DeleteFunctionEventInvokeConfig']
> = async (call, input) => {
  const address = await addressed(call, input);
  return change(call.stack, async () => {
    await known(call, address);
    const { invokeConfigs } = storeOf(call.stack);
    const [partition, key] = [ofFunction(address), policyKey(address.qualifier)];
    const row = await invokeConfigs.get(partition, key);
    if (!row) none(address);
    return { writes: [invokeConfigs.remove(partition, key, row.version)], answer: {} };
  });
};

export const ListFunctionEventInvokeConfigs: Operation<
  Operations['ListFunctionEventInvokeConfigs']
> = async (call, input) => {
  const address = await unqualified(call, input);
  await known(call, address);
  const rows = await storeOf(call.stack).invokeConfigs.list(ofFunction(address));
  const { items, NextMarker } = listed(call, rows, ({ key }) => key, input, [address.name]);
  const FunctionEventInvokeConfigs = items.map(({ key, value }) =>
    answerOf({ ...address, ...(key !== '' && { qualifier: key }) }, value),
  );
  return { FunctionEventInvokeConfigs, NextMarker };
};
