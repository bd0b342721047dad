/**
 * Who else may use a version of a layer.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html
 */
import { arnOf } from '../../core/arn.ts';
import type { AddLayerVersionPermissionRequest, Operations } from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change } from './change.ts';
import { invalid, missing } from './errors.ts';
import { type LayerVersion, layerArn, layersOf, ofLayer } from './layer-store.ts';
import { layerAddress } from './layers.ts';
import {
  policyText,
  type Revision,
  type Statement,
  withoutStatement,
  withStatement,
} from './policy-statements.ts';

interface Named {
  readonly LayerName: string;
  readonly VersionNumber: number;
}

async function knownVersion(call: Call, { LayerName, VersionNumber }: Named) {
  const address = layerAddress(call, LayerName);
  const arn = layerArn(address, VersionNumber);
  const { versions } = layersOf(call.stack);
  const row = await versions.get(ofLayer(address), String(VersionNumber));
  if (!row || row.value.deleted || address.account !== call.account) {
    throw missing(`Layer version ${arn} does not exist.`);
  }
  const put = (changed: LayerVersion) =>
    versions.put(ofLayer(address), row.key, changed, row.version);
  return { arn, layer: row.value, put };
}

function changePolicy<Answer>(
  call: Call,
  input: Named & { readonly RevisionId?: string | undefined },
  revise: (revision: Revision, arn: string) => readonly Statement[],
  answerOf: (statements: readonly Statement[], revisionId: string) => Answer,
): Promise<Answer> {
  const { stack } = call;
  return change(stack, async () => {
    const { arn, layer, put } = await knownVersion(call, input);
    const statements = revise({ policy: layer.policy, revisionId: input.RevisionId }, arn);
    const revisionId = stack.ids.uuid();
    const policy = statements.length > 0 ? { statements, revisionId } : undefined;
    return { writes: [put({ ...layer, policy })], answer: answerOf(statements, revisionId) };
  });
}

export const AddLayerVersionPermission: Operation<Operations['AddLayerVersionPermission']> = (
  call,
  input,
) => {
  const most = call.stack.settings.quotas['lambda.policyBytes'];
  return changePolicy(
    call,
    input,
    (revision, arn) => withStatement(revision, statementOf(input, arn), most),
    (statements, RevisionId) => ({ Statement: JSON.stringify(statements.at(-1)), RevisionId }),
  );
};

function statementOf(input: AddLayerVersionPermissionRequest, resource: string): Statement {
  const { Principal: principal, OrganizationId: organization } = input;
  if (organization !== undefined && principal !== '*') {
    throw invalid('OrganizationId can only be given for the principal *.');
  }
  const isAccount = /^\d{12}$/.test(principal);
  const arn = isAccount ? arnOf('iam', '', principal, 'root') : principal;
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : { AWS: arn },
    Action: input.Action,
    Resource: resource,
    ...(organization !== undefined && {
      Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } },
    }),
  };
}

export const RemoveLayerVersionPermission: Operation<Operations['RemoveLayerVersionPermission']> = (
  call,
  input,
) =>
  changePolicy(
    call,
    input,
    (revision) => withoutStatement(revision, input.StatementId),
    () => ({}),
  );

export const GetLayerVersionPolicy: Operation<Operations['GetLayerVersionPolicy']> = async (
  call,
  input,
) => {
  const { layer } = await knownVersion(call, input);
  if (!layer.policy) throw missing('No policy is associated with the given resource.');
  const { statements, revisionId } = layer.policy;
  return { Policy: policyText(statements), RevisionId: revisionId };
};
