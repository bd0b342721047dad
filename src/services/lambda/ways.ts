/** From a queue or stream on: the mappings that feed functions from it. */
import type { Content } from '../../admin-api/index.ts';
import { parseArn } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type DeclaredWay, notKnown, notMatched, notThen, off } from '../way-parts.ts';
import { parseFunctionArn } from './arns.ts';
import { allMappings, isPulling, type Mapping, mappingArn } from './mapping.ts';
import { functionOf } from './mapping-consumer.ts';
import { mismatchOf } from './mapping-mismatch.ts';
import { recordLike } from './published-records.ts';

export async function ways(stack: Stack, published: Content): Promise<readonly DeclaredWay[]> {
  const { arn } = published;
  const all = await allMappings(stack);
  const fed = all.filter(({ value }) => isFrom(value, arn));
  return Promise.all(fed.map(({ value }) => wayOf(stack, value, published)));
}

/** Under its own name, or under that of a consumer. */
function isFrom({ sourceArn }: Mapping, arn: string): boolean {
  return sourceArn === arn || sourceArn.startsWith(`${arn}/consumer/`);
}

async function wayOf(stack: Stack, mapping: Mapping, published: Content): Promise<DeclaredWay> {
  const { functionArn, filters, state } = mapping;
  const about = {
    arn: mappingArn(mapping),
    name: parseFunctionArn(functionArn)?.name ?? functionArn,
    kind: 'mapping' as const,
    targets: [functionArn],
  };
  const record = recordLike(published);
  const mismatch = record && mismatchOf(filters, record);
  if (!isPulling(mapping)) {
    return off(about, 'disabled', `The mapping takes nothing: it is ${state}.`, mismatch);
  }
  if (!(await functionOf(stack, mapping))) {
    return off(about, 'disabled', `The function ${functionArn} does not exist.`, mismatch);
  }
  if (mismatch) return notMatched(about, mismatch);
  if (!record && filters && filters.length > 0) return notKnown(about);
  return waiting(about, mapping, published);
}

/** Nobody has seen it come through yet; the caller knows whether it has gone elsewhere. */
function waiting(
  about: Parameters<typeof notThen>[0],
  { stream, modifiedAtMs }: Mapping,
  { arn, atMs }: Content,
): DeclaredWay {
  if (!stream) {
    const what = parseArn(arn)?.resource ?? arn;
    return { ...about, verdict: 'retrying', because: `It waits in ${what} to be received.` };
  }
  if (atMs < modifiedAtMs && stream.start.at !== 'TRIM_HORIZON') {
    const when = 'it was made or changed after the record had been written';
    return notThen(about, `The mapping would take it, and has not: ${when}.`);
  }
  const where = 'it may stand behind a batch that fails again and again';
  return { ...about, verdict: 'retrying', because: `The mapping has not come to it: ${where}.` };
}
