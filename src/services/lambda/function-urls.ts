/**
 * URLs of functions and of aliases: made, described, changed, deleted. What answers at them
 * stands elsewhere.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
 */
import type { FunctionUrlConfig, Operations } from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { addressed, policyKey, unqualified } from './access.ts';
import { type Qualified, qualifiedArn } from './arns.ts';
import { change, listed, unchanged } from './change.ts';
import { conflict, missing } from './errors.ts';
import { findFunction, resolveKnown } from './lookup.ts';
import { type FunctionUrl, ofFunction, storeOf, type UrlPointer } from './store.ts';

export const FUNCTION_URLS = '/_lambda-url/';

export const CreateFunctionUrlConfig: Operation<Operations['CreateFunctionUrlConfig']> = async (
  call,
  input,
) => {
  const { stack } = call;
  const address = await addressed(call, input);
  return change(stack, async () => {
    const found = await findFunction(stack, address);
    if (!found) throw missing('Function does not exist');
    if (address.qualifier !== undefined) await resolveKnown(stack, address);
    const { urls, urlPointers } = storeOf(stack);
    const [partition, qualifier] = [ofFunction(address), policyKey(address.qualifier)];
    if (await urls.get(partition, qualifier)) {
      throw conflict(
        `Failed to create function url config for [functionArn = ${arnOf(address)}]. ` +
          'Error message:  FunctionUrlConfig exists for this Lambda function',
      );
    }
    const nowMs = stack.clock.nowMs();
    const url: FunctionUrl = {
      urlId: stack.ids.hex(16),
      authType: input.AuthType,
      cors: input.Cors,
      invokeMode: input.InvokeMode ?? 'BUFFERED',
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    };
    const { account, region, name } = address;
    const pointer: UrlPointer = { account, region, name, qualifier };
    const writes = [
      urls.put(partition, qualifier, url, 0),
      urlPointers.put('', url.urlId, pointer, 0),
      unchanged(stack, found),
    ];
    const { LastModifiedTime: _, ...answer } = answerOf(call, address, url);
    return { writes, answer };
  });
};

/** A URL belongs to an alias or to the function itself, never to `$LATEST` by that name. */
function arnOf(address: Qualified): string {
  return qualifiedArn(address, policyKey(address.qualifier));
}

function answerOf({ endpoint }: Call, address: Qualified, url: FunctionUrl): FunctionUrlConfig {
  const { urlId, authType, cors, invokeMode, createdAtMs, modifiedAtMs } = url;
  return {
    FunctionUrl: `${endpoint}${FUNCTION_URLS}${urlId}/`,
    FunctionArn: arnOf(address),
    AuthType: authType,
    ...(cors && { Cors: cors }),
    CreationTime: new Date(createdAtMs).toISOString(),
    LastModifiedTime: new Date(modifiedAtMs).toISOString(),
    InvokeMode: invokeMode,
  };
}

async function knownUrl({ stack }: Call, address: Qualified) {
  const { urls } = storeOf(stack);
  const [partition, key] = [ofFunction(address), policyKey(address.qualifier)];
  const row = await urls.get(partition, key);
  if (!row) throw missing('The resource you requested does not exist.');
  return { partition, key, row };
}

export const GetFunctionUrlConfig: Operation<Operations['GetFunctionUrlConfig']> = async (
  call,
  input,
) => {
  const address = await addressed(call, input);
  return answerOf(call, address, (await knownUrl(call, address)).row.value);
};

export const UpdateFunctionUrlConfig: Operation<Operations['UpdateFunctionUrlConfig']> = async (
  call,
  input,
) => {
  const { stack } = call;
  const address = await addressed(call, input);
  return change(stack, async () => {
    const { partition, key, row } = await knownUrl(call, address);
    const { value, version } = row;
    const url: FunctionUrl = {
      ...value,
      authType: input.AuthType ?? value.authType,
      cors: input.Cors ?? value.cors,
      invokeMode: input.InvokeMode ?? value.invokeMode,
      modifiedAtMs: stack.clock.nowMs(),
    };
    const put = storeOf(stack).urls.put(partition, key, url, version);
    return { writes: [put], answer: answerOf(call, address, url) };
  });
};

export const DeleteFunctionUrlConfig: Operation<Operations['DeleteFunctionUrlConfig']> = async (
  call,
  input,
) => {
  const address = await addressed(call, input);
  return change(call.stack, async () => {
    const { partition, key, row } = await knownUrl(call, address);
    const { urls, urlPointers } = storeOf(call.stack);
    const writes = [
      urls.remove(partition, key, row.version),
      urlPointers.remove('', row.value.urlId),
    ];
    return { writes, answer: {} };
  });
};

export const ListFunctionUrlConfigs: Operation<Operations['ListFunctionUrlConfigs']> = async (
  call,
  input,
) => {
  const address = await unqualified(call, input);
  if (!(await findFunction(call.stack, address))) throw missing('Function does not exist');
  const rows = await storeOf(call.stack).urls.list(ofFunction(address));
  const { items, NextMarker } = listed(call, rows, ({ key }) => key, input, [address.name]);
  const FunctionUrlConfigs = items.map(({ key, value }) =>
    answerOf(call, { ...address, ...(key !== '' && { qualifier: key }) }, value),
  );
  return { FunctionUrlConfigs, NextMarker };
};
