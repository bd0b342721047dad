/**
 * Who of another account may use a stream or a consumer: whom its resource policy lets in. The
 * owner's account may do everything.
 * https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html
 */
import { decide, type Principal, parsePolicy } from '../../core/policy.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Call } from '../call.ts';
import { denied } from './errors.ts';

/** What is asked for: a resource with its policy, if it has one. */
export interface Guarded {
  readonly arn: string;
  readonly account: string;
  readonly policy: string | undefined;
}

/** Operations that a policy may allow to other accounts. */
const SHARED = new Set([
  'DescribeStream',
  'DescribeStreamSummary',
  'DescribeStreamConsumer',
  'GetRecords',
  'GetShardIterator',
  'ListShards',
  'PutRecord',
  'PutRecords',
  'SubscribeToShard',
]);

/** Refuses a caller of another account whom the policy does not let in. */
export function checkAccess(call: Call, resource: Guarded): void {
  if (resource.account === call.account || !call.stack.settings.enforcePolicies) return;
  const action = `kinesis:${call.operation}`;
  const principal = { arn: call.principalArn, account: call.account };
  const isShared = SHARED.has(call.operation);
  if (isShared && decisionOf(call.stack, resource, principal, action) === 'allow') return;
  throw denied(call.principalArn, action, resource.arn);
}

export function decisionOf(
  stack: Stack,
  { arn, policy }: Guarded,
  principal: Principal,
  action: string,
  context: Readonly<Record<string, string>> = {},
) {
  if (policy === undefined) return 'silent';
  return decide(parsePolicy(policy), {
    principal,
    action,
    resource: arn,
    context: { 'aws:CurrentTime': new Date(stack.clock.nowMs()).toISOString(), ...context },
  });
}
