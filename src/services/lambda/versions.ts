/**
 * Versions that were published: copies of `$LATEST`, numbered from 1.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
import type { Operations } from '../../wire/types/lambda.ts';
import type { Operation } from '../service.ts';
import { unqualified } from './access.ts';
import { change, listed } from './change.ts';
import { recount } from './code.ts';
import { briefConfiguration, configuration } from './configuration.ts';
import { invalid, notBuilt } from './errors.ts';
import { versionsOf } from './functions.ts';
import { changeable, idleLatest } from './latest.ts';
import { knownFunction } from './lookup.ts';
import { publish } from './publishing.ts';

export const PublishVersion: Operation<Operations['PublishVersion']> = async (call, input) => {
  const { stack } = call;
  if (input.PublishTo !== undefined) throw notBuilt('publishing to $LATEST.PUBLISHED');
  const address = await changeable(call, input);
  return change(stack, async () => {
    const found = await idleLatest(stack, address, input.RevisionId);
    const { latest } = found;
    checkSame(input.CodeSha256, latest.value.codeSha256);
    const { version, writes, begun } = await publish(stack, found, latest.value, input.Description);
    const answer = configuration(address, version, version.version);
    return { writes: [...writes, ...(await recount(stack, { begun }))], answer };
  });
};

function checkSame(given: string | undefined, current: string): void {
  if (given === undefined || given === current) return;
  throw invalid(
    `CodeSHA256 (${given}) is different from current CodeSHA256 in $LATEST (${current}). ` +
      'Please try again with the CodeSHA256 in $LATEST.',
  );
}

export const ListVersionsByFunction: Operation<Operations['ListVersionsByFunction']> = async (
  call,
  input,
) => {
  const address = await unqualified(call, input);
  await knownFunction(call.stack, address);
  const all = await versionsOf(call.stack, address);
  const { items, NextMarker } = listed(call, all, ({ version }) => version, input, [address.name]);
  const Versions = items.map((version) => briefConfiguration(address, version, version.version));
  return { Versions, NextMarker };
};
