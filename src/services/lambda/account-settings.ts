/** What an account may use of Lambda in a Region, and uses. */
import type { Operations } from '../../wire/types/lambda.ts';
import type { Operation } from '../service.ts';
import { reservedIn } from './concurrency-ledger.ts';
import { versionsOf } from './functions.ts';
import { layersOf, ofLayer } from './layer-store.ts';
import { partitionOf, storeOf } from './store.ts';

export const GetAccountSettings: Operation<Operations['GetAccountSettings']> = async (call) => {
  const { stack, account, region } = call;
  const { quotas } = stack.settings;
  const most = quotas['lambda.concurrentExecutions'];
  const functions = await storeOf(stack).functions.list(partitionOf(call));
  const { layers, versions } = layersOf(stack);
  const ofFunctions = functions.map(async ({ key: name }) =>
    (await versionsOf(stack, { account, region, name })).map(({ codeBytes }) => codeBytes),
  );
  const ofLayers = (await layers.list(partitionOf(call))).map(async ({ key: name }) =>
    (await versions.list(ofLayer({ account, region, name })))
      .filter(({ value }) => !value.deleted)
      .map(({ value }) => value.bytes),
  );
  const sizes = (await Promise.all([...ofFunctions, ...ofLayers])).flat();
  return {
    AccountLimit: {
      TotalCodeSize: quotas['lambda.codeStorageBytes'],
      CodeSizeUnzipped: quotas['lambda.unzippedBytes'],
      CodeSizeZipped: quotas['lambda.zippedBytes'],
      ConcurrentExecutions: most,
      UnreservedConcurrentExecutions: most - (await reservedIn(stack, call)),
    },
    AccountUsage: {
      TotalCodeSize: sizes.reduce((sum, bytes) => sum + bytes, 0),
      FunctionCount: functions.length,
    },
  };
};
