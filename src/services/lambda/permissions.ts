/**
 * Who but the owner may use a function, one statement at a time. Each qualifier has a policy of
 * its own.
 * https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
import type { AddPermissionRequest, Operations } from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { addressed, policyKey } from './access.ts';
import { LATEST, type Qualified, qualifiedArn } from './arns.ts';
import { change, unchanged } from './change.ts';
import { invalid, missing } from './errors.ts';
import { type Found, knownFunction, resolveKnown } from './lookup.ts';
import {
  policyText,
  principalOf,
  type Statement,
  withoutStatement,
  withStatement,
} from './policy-statements.ts';
import { ofFunction, storeOf } from './store.ts';

export const AddPermission: Operation<Operations['AddPermission']> = async (call, input) => {
  const { stack } = call;
  const address = await governed(call, input);
  const statement = statementOf(input, qualifiedArn(address, address.qualifier));
  const most = stack.settings.quotas['lambda.policyBytes'];
  return change(stack, async () => {
    const found = await knownQualifier(call, address);
    const { policies } = storeOf(stack);
    const [partition, key] = [ofFunction(address), policyKey(address.qualifier)];
    const row = await policies.get(partition, key);
    const revision = { policy: row?.value, revisionId: input.RevisionId };
    const statements = withStatement(revision, statement, most);
    const policy = { statements, revisionId: stack.ids.uuid() };
    const put = policies.put(partition, key, policy, row?.version ?? 0);
    const answer = { Statement: JSON.stringify(statement) };
    return { writes: [put, unchanged(stack, found)], answer };
  });
};

/** Observed: https://github.com/terraform-aws-modules/terraform-aws-lambda/issues/36 */
async function governed(
  call: Call,
  input: { readonly FunctionName: string; readonly Qualifier?: string | undefined },
): Promise<Qualified> {
  const address = await addressed(call, input);
  if (address.qualifier !== LATEST) return address;
  throw invalid('We currently do not support adding policies for $LATEST.');
}

async function knownQualifier(call: Call, address: Qualified): Promise<Found> {
  if (address.qualifier === undefined) return knownFunction(call.stack, address);
  return resolveKnown(call.stack, address);
}

function statementOf(input: AddPermissionRequest, resource: string): Statement {
  const { SourceAccount, SourceArn, EventSourceToken, PrincipalOrgID } = input;
  const { FunctionUrlAuthType, InvokedViaFunctionUrl } = input;
  const equals = present({
    'aws:PrincipalOrgID': PrincipalOrgID,
    'AWS:SourceAccount': SourceAccount,
    'lambda:EventSourceToken': EventSourceToken,
    'lambda:FunctionUrlAuthType': FunctionUrlAuthType,
  });
  const condition = present({
    StringEquals: equals,
    ArnLike: present({ 'AWS:SourceArn': SourceArn }),
    Bool: present({ 'lambda:InvokedViaFunctionUrl': InvokedViaFunctionUrl?.toString() }),
  });
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principalOf(input.Principal),
    Action: input.Action,
    Resource: resource,
    ...(condition && { Condition: condition }),
  };
}

/** The members that are there; undefined when none is. */
function present(members: Readonly<Record<string, unknown>>): object | undefined {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

export const RemovePermission: Operation<Operations['RemovePermission']> = async (call, input) => {
  const { stack } = call;
  const address = await addressed(call, input);
  return change(stack, async () => {
    await knownQualifier(call, address);
    const { policies } = storeOf(stack);
    const [partition, key] = [ofFunction(address), policyKey(address.qualifier)];
    const row = await policies.get(partition, key);
    const revision = { policy: row?.value, revisionId: input.RevisionId };
    const statements = withoutStatement(revision, input.StatementId);
    const policy = { statements, revisionId: stack.ids.uuid() };
    const write =
      statements.length === 0
        ? policies.remove(partition, key, row?.version)
        : policies.put(partition, key, policy, row?.version);
    return { writes: [write], answer: {} };
  });
};

export const GetPolicy: Operation<Operations['GetPolicy']> = async (call, input) => {
  const address = await addressed(call, input);
  await knownQualifier(call, address);
  const { policies } = storeOf(call.stack);
  const row = await policies.get(ofFunction(address), policyKey(address.qualifier));
  if (!row) throw missing('The resource you requested does not exist.');
  const { statements, revisionId } = row.value;
  return { Policy: policyText(statements), RevisionId: revisionId };
};
