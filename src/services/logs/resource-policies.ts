/**
 * Resource policies, by which services such as EventBridge may write into log groups: those of
 * the account and Region, which have names, and those of one log group.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
 */
import { decide, type Policy, parsePolicy, validatePolicy } from '../../core/policy.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Operations, ResourcePolicy } from '../../wire/types/logs.ts';
import type { Operation } from '../service.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import { knownGroup } from './log-groups.ts';
import { type GroupAddress, groupArn, partitionOf, type StoredPolicy, storeOf } from './store.ts';

/** Of an account in a Region. */
const MOST_POLICIES = 10;

export const PutResourcePolicy: Operation<Operations['PutResourcePolicy']> = (call, input) =>
  change(call.stack, async () => {
    const { policyName: name, resourceArn, policyDocument: document } = input;
    if (resourceArn !== undefined) await knownGroup(call, resourceArn);
    if (document === undefined) throw invalid('policyDocument must be specified.');
    const reason = validatePolicy(document);
    if (reason !== undefined) throw invalid(reason);
    const { policies } = storeOf(call.stack);
    const partition = partitionOf(call);
    const key = keyOf(input);
    const before = await policies.get(partition, key);
    checkRevision(before?.value, input.expectedRevisionId);
    const others = await policies.list(partition);
    const ofAccount = others.filter(({ value }) => value.resourceArn === undefined);
    if (!before && resourceArn === undefined && ofAccount.length >= MOST_POLICIES) {
      throw fault('LimitExceededException', 'Resource limit exceeded.');
    }
    const policy: StoredPolicy = {
      name,
      resourceArn,
      document,
      updatedAtMs: call.stack.clock.nowMs(),
      revisionId: call.stack.ids.hex(16),
    };
    const answer = describe(policy);
    return {
      writes: [policies.put(partition, key, policy, before?.version ?? 0)],
      answer: { resourcePolicy: answer, revisionId: answer.revisionId },
    };
  });

export const DeleteResourcePolicy: Operation<Operations['DeleteResourcePolicy']> = (call, input) =>
  change(call.stack, async () => {
    const { policies } = storeOf(call.stack);
    const row = await policies.get(partitionOf(call), keyOf(input));
    if (!row) {
      throw fault('ResourceNotFoundException', 'Policy with the specified name does not exist.');
    }
    checkRevision(row.value, input.expectedRevisionId);
    return { writes: [policies.remove(partitionOf(call), row.key, row.version)], answer: {} };
  });

export const DescribeResourcePolicies: Operation<Operations['DescribeResourcePolicies']> = async (
  call,
  input,
) => {
  const { resourceArn, policyScope } = input;
  const scope = policyScope ?? (resourceArn === undefined ? 'ACCOUNT' : 'RESOURCE');
  const rows = await storeOf(call.stack).policies.list(partitionOf(call));
  const all = rows.filter(
    ({ value }) =>
      scopeOf(value) === scope && (resourceArn === undefined || value.resourceArn === resourceArn),
  );
  const { items, nextToken } = listed(call, all, ({ key }) => key, input);
  return { resourcePolicies: items.map(({ value }) => describe(value)), nextToken };
};

function keyOf(input: {
  readonly policyName?: string | undefined;
  readonly resourceArn?: string | undefined;
}): string {
  const key = input.resourceArn ?? input.policyName;
  if (key === undefined) throw invalid('Either policyName or resourceArn must be specified.');
  return key;
}

function invalid(message: string) {
  return fault('InvalidParameterException', message);
}

function checkRevision(policy: StoredPolicy | undefined, expected: string | undefined): void {
  if (expected === undefined || expected === policy?.revisionId) return;
  throw invalid('The expectedRevisionId is not that of the policy.');
}

function scopeOf({ resourceArn }: StoredPolicy): 'ACCOUNT' | 'RESOURCE' {
  return resourceArn === undefined ? 'ACCOUNT' : 'RESOURCE';
}

function describe(policy: StoredPolicy): ResourcePolicy {
  return {
    policyName: policy.name,
    policyDocument: policy.document,
    lastUpdatedTime: policy.updatedAtMs,
    policyScope: scopeOf(policy),
    resourceArn: policy.resourceArn,
    ...(policy.resourceArn !== undefined && { revisionId: policy.revisionId }),
  };
}

// ---------------------------------------------------------------- what they allow

const parsed = new WeakMap<StoredPolicy, Policy>();

function policyOf(stored: StoredPolicy): Policy {
  const policy = parsed.get(stored) ?? parsePolicy(stored.document);
  parsed.set(stored, policy);
  return policy;
}

/** What a service needs for writing into a group, each with the end of the resource's ARN. */
const NEEDED = [
  ['logs:CreateLogStream', ':*'],
  ['logs:PutLogEvents', ':log-stream:*'],
] as const;

/** Whether a service that acts for `sourceArn` may write into the group. */
export async function mayWrite(
  stack: Stack,
  group: GroupAddress,
  service: string,
  sourceArn: string,
): Promise<boolean> {
  const rows = await storeOf(stack).policies.list(partitionOf(group));
  const policies = rows
    .filter(({ value }) => value.resourceArn?.startsWith(groupArn(group)) ?? true)
    .map(({ value }) => policyOf(value));
  const context = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': group.account };
  return NEEDED.every(([action, end]) => {
    const resource = groupArn(group) + end;
    const question = { principal: { service }, action, resource, context };
    const decisions = policies.map((policy) => decide(policy, question));
    return decisions.includes('allow') && !decisions.includes('deny');
  });
}
