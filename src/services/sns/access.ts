/**
 * Who may use a topic: its own account always, unless its policy denies it; other accounts and
 * AWS services as the policy allows.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
import { decide } from '../../core/policy.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Parcel, Refused } from '../../delivery/targets.ts';
import type { Call } from '../call.ts';
import { topicArn } from './arns.ts';
import { fault } from './errors.ts';
import type { Topic } from './store.ts';
import { factsOf } from './topic.ts';

/** The answer to a caller who may not do `action`, such as `SNS:Publish`, with the topic. */
export function checkAccess(
  call: Call,
  topic: Topic,
  action: string,
  context: Readonly<Record<string, string | undefined>> = {},
): void {
  if (!call.stack.settings.enforcePolicies) return;
  const resource = topicArn(topic);
  const decision = decide(factsOf(topic).policy, {
    principal: { arn: call.principalArn, account: call.account },
    action,
    resource,
    context: {
      'aws:SourceOwner': call.account,
      'aws:RequestedRegion': call.region,
      'aws:SecureTransport': String(call.endpoint.startsWith('https:')),
      'aws:CurrentTime': new Date(call.stack.clock.nowMs()).toISOString(),
      ...context,
    },
  });
  if (decision === 'allow') return;
  if (decision === 'silent' && call.account === topic.account) return;
  const because =
    decision === 'deny'
      ? 'with an explicit deny in a resource-based policy'
      : `because no resource-based policy allows the ${action} action`;
  const who = `User: ${call.principalArn} is not authorized to perform: ${action}`;
  throw fault('AuthorizationError', `${who} on resource: ${resource} ${because}`);
}

/** Refuses a service, or its customer's role, that publishes without the policy's leave. */
export function checkService(stack: Stack, topic: Topic, parcel: Parcel): void {
  if (!stack.settings.enforcePolicies) return;
  const { delivery, principal } = parcel;
  const { roleArn, account } = delivery;
  const decision = decide(factsOf(topic).policy, {
    principal: roleArn === undefined ? { service: principal } : { arn: roleArn, account },
    action: 'sns:Publish',
    resource: topicArn(topic),
    context: {
      'aws:SourceArn': delivery.policySourceArn ?? delivery.sourceArn,
      'aws:SourceAccount': account,
      'aws:CurrentTime': new Date(stack.clock.nowMs()).toISOString(),
    },
  });
  if (decision === 'allow') return;
  if (decision === 'silent' && roleArn !== undefined && account === topic.account) return;
  const what = `${roleArn ?? principal} may not publish to ${topicArn(topic)}.`;
  throw new Refused('NO_PERMISSIONS', what);
}
