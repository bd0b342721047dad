/**
 * Who may use a queue. The owner's account may do everything; others what the queue's policy
 * allows them, and never what concerns the queue itself.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-customer-managed-policy-examples.html
 */
import { type Decision, decide, type Policy, parsePolicy } from '../../core/policy.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Parcel, Refused } from '../../delivery/targets.ts';
import type { Call } from '../call.ts';
import { fault } from './errors.ts';
import type { Queue, QueueRow } from './queue.ts';

/** Cross-account permissions do not apply to these. */
const OWNERS_ONLY = new Set([
  'sqs:AddPermission',
  'sqs:CancelMessageMoveTask',
  'sqs:CreateQueue',
  'sqs:DeleteQueue',
  'sqs:ListMessageMoveTasks',
  'sqs:ListQueues',
  'sqs:ListQueueTags',
  'sqs:RemovePermission',
  'sqs:SetQueueAttributes',
  'sqs:StartMessageMoveTask',
  'sqs:TagQueue',
  'sqs:UntagQueue',
]);

const policies = new WeakMap<QueueRow, Policy | undefined>();

function policyOf({ row }: Queue): Policy | undefined {
  if (!policies.has(row)) {
    const text = row.attributes.Policy;
    policies.set(row, text ? parsePolicy(text) : undefined);
  }
  return policies.get(row);
}

/** What the queue has to say to the caller; undefined where nothing lets in another account. */
export function accessTo(call: Call, queue: Queue, action: string): Decision | undefined {
  const { settings, clock } = call.stack;
  if (queue.account === call.account || !settings.enforcePolicies) return 'allow';
  const policy = OWNERS_ONLY.has(action) ? undefined : policyOf(queue);
  return (
    policy &&
    decide(policy, {
      principal: { arn: call.principalArn, account: call.account },
      action,
      resource: queue.arn,
      context: {
        'aws:RequestedRegion': call.region,
        'aws:SecureTransport': String(call.endpoint.startsWith('https:')),
        'aws:CurrentTime': new Date(clock.nowMs()).toISOString(),
      },
    })
  );
}

/** Refuses a caller of another account whom the queue's policy does not let in. */
export function checkAccess(call: Call, queue: Queue, action: string): void {
  const decision = accessTo(call, queue, action);
  if (decision === 'allow') return;
  // AWS writes the action in lower case here: "… sqs:sendmessage on resource …" (observed).
  const what = action.toLowerCase();
  const because =
    decision === 'deny'
      ? 'with an explicit deny in a resource-based policy'
      : `because no resource-based policy allows the ${what} action`;
  const sentence = `is not authorized to perform: ${what} on resource: ${queue.arn} ${because}`;
  throw fault('AccessDenied', `User: ${call.principalArn} ${sentence}`, { status: 403 });
}

/** Refuses what is delivered to a queue whose policy does not let the sender send. */
export function checkService(stack: Stack, queue: Queue, parcel: Parcel): void {
  if (!stack.settings.enforcePolicies) return;
  const { delivery, principal } = parcel;
  const { roleArn, account } = delivery;
  const policy = policyOf(queue);
  const decision =
    policy &&
    decide(policy, {
      principal: roleArn === undefined ? { service: principal } : { arn: roleArn, account },
      action: 'sqs:SendMessage',
      resource: queue.arn,
      context: {
        'aws:SourceArn': delivery.policySourceArn ?? delivery.sourceArn,
        'aws:SourceAccount': account,
        'aws:SecureTransport': 'true',
        'aws:CurrentTime': new Date(stack.clock.nowMs()).toISOString(),
      },
    });
  if (decision === 'allow') return;
  if (decision !== 'deny' && roleArn !== undefined && account === queue.account) return;
  const sentence = `is not authorized to perform: sqs:sendmessage on ${queue.arn}`;
  throw new Refused('NO_PERMISSIONS', `${roleArn ?? principal} ${sentence}`);
}
