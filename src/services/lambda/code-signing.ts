/** Code signing: no function here has a configuration for it. */
import type { Operations } from '../../wire/types/lambda.ts';
import type { Operation } from '../service.ts';
import { unqualified } from './access.ts';
import { knownFunction } from './lookup.ts';

export const GetFunctionCodeSigningConfig: Operation<
  Operations['GetFunctionCodeSigningConfig']
> = async (call, input) => {
  const address = await unqualified(call, input);
  await knownFunction(call.stack, address);
  return { CodeSigningConfigArn: '', FunctionName: address.name };
};
