/**
 * Resource policies of tables, by which other accounts may use them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
 */
import { validatePolicy } from '../../core/policy.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Operations } from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change } from './change.ts';
import { fault, invalid, notBuilt } from './errors.ts';
import { knownTable } from './lookup.ts';
import { partitionOf, storeOf, type TableRecord } from './store.ts';

/** Said in place of a revision by who wants there to be no policy yet. */
const NO_POLICY = 'NO_POLICY';

function guardedTable(call: Call, arn: string): Promise<Stored<TableRecord>> {
  if (arn.includes('/stream/')) throw notBuilt('resource policies of streams');
  if (!arn.startsWith('arn:')) throw invalid(`Invalid ResourceArn: ${arn}`);
  return knownTable(call, arn);
}

export function newPolicy({ stack }: Call, text: string): NonNullable<TableRecord['policy']> {
  const reason = validatePolicy(text);
  if (reason !== undefined) throw invalid(`Invalid policy document: ${reason}`);
  return { text, revisionId: stack.ids.uuid() };
}

export const PutResourcePolicy: Operation<Operations['PutResourcePolicy']> = (call, input) =>
  change(call.stack, async () => {
    const { value: table, version } = await guardedTable(call, input.ResourceArn);
    checkRevision(table, input.ResourceArn, input.ExpectedRevisionId);
    const policy = newPolicy(call, input.Policy);
    const { tables } = storeOf(call.stack);
    return {
      writes: [tables.put(partitionOf(table), table.name, { ...table, policy }, version)],
      answer: { RevisionId: policy.revisionId },
    };
  });

export const DeleteResourcePolicy: Operation<Operations['DeleteResourcePolicy']> = (call, input) =>
  change<{ readonly RevisionId?: string }>(call.stack, async () => {
    const { value, version } = await guardedTable(call, input.ResourceArn);
    checkRevision(value, input.ResourceArn, input.ExpectedRevisionId);
    const { policy, ...table } = value;
    if (!policy) return { writes: [], answer: {} };
    const { tables } = storeOf(call.stack);
    return {
      writes: [tables.put(partitionOf(table), table.name, table, version)],
      answer: { RevisionId: policy.revisionId },
    };
  });

export const GetResourcePolicy: Operation<Operations['GetResourcePolicy']> = async (
  call,
  { ResourceArn: arn },
) => {
  const { policy } = (await guardedTable(call, arn)).value;
  if (!policy) throw policyMissing(arn);
  return { Policy: policy.text, RevisionId: policy.revisionId };
};

function checkRevision({ policy }: TableRecord, arn: string, expected: string | undefined): void {
  if (expected === undefined || expected === (policy?.revisionId ?? NO_POLICY)) return;
  throw policyMissing(arn);
}

function policyMissing(arn: string) {
  return fault(
    'PolicyNotFoundException',
    `Resource-based policy not found for the provided ResourceArn: ${arn}`,
  );
}
