/**
 * Other code for a function, and on demand a version of it at once. The code is read and checked
 * before anything is planned; what is planned is read again, since that takes its time.
 */
import type { Operations, UpdateFunctionCodeRequest } from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import type { FunctionAddress } from './arns.ts';
import { change } from './change.ts';
import { recount, zipsOf } from './code.ts';
import { type GivenCode, readGivenCode } from './code-source.ts';
import { configuration } from './configuration.ts';
import { invalid, notBuilt } from './errors.ts';
import { changeable, idleLatest, updated, updating } from './latest.ts';
import { publish } from './publishing.ts';
import { retire } from './running.ts';
import { becomeReady } from './states.ts';
import { checkTogether } from './used-layers.ts';

export const UpdateFunctionCode: Operation<Operations['UpdateFunctionCode']> = async (
  call,
  input,
) => {
  if (input.PublishTo !== undefined) throw notBuilt('publishing to $LATEST.PUBLISHED');
  const address = await changeable(call, input);
  const before = await idleLatest(call.stack, address, input.RevisionId);
  const given = await readGivenCode(call.stack, input);
  const { layers, runtime, handler } = before.latest.value;
  await checkTogether(call, given.zip?.unzippedBytes ?? 0, layers);
  if (runtime === undefined || handler === undefined) {
    throw invalid('Set a runtime before the code of a function that was registered in a process.');
  }
  const answer = await change(call.stack, () => planUpdate(call, input, address, given));
  await becomeReady(call.stack, address);
  await retire(call.stack, address);
  return answer;
};

async function planUpdate(
  { stack }: Call,
  input: UpdateFunctionCodeRequest,
  address: FunctionAddress,
  { code, codeSha256, codeBytes, zip }: GivenCode,
) {
  const before = await idleLatest(stack, address, input.RevisionId);
  const { latest } = before;
  const architectures = input.Architectures ?? latest.value.architectures;
  const changed = updating(stack, before, { code, codeSha256, codeBytes, architectures });
  if (input.DryRun) return { writes: [], answer: configuration(address, changed) };
  const published = input.Publish ? await publish(stack, before, changed) : undefined;
  const begun = [...zipsOf(changed), ...(published?.begun ?? [])];
  const writes = [
    ...updated(stack, before, changed),
    ...(published?.writes ?? []),
    ...(await recount(stack, { begun, ended: zipsOf(latest.value) }, zip)),
  ];
  const shown = published?.version;
  return { writes, answer: configuration(address, shown ?? changed, shown?.version) };
}
