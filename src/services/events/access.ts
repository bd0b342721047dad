/**
 * Who may put events on a bus: its own account unless the bus's policy denies it, others as the
 * policy allows.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html
 */
import { arnOf } from '../../core/arn.ts';
import { decide, type Policy, parsePolicy, type Question } from '../../core/policy.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { BusAddress } from './arns.ts';
import { busArn } from './arns.ts';
import type { Bus } from './store.ts';

/** An event as policies see it. */
export interface Asked {
  readonly source: string;
  readonly detailType: string;
  /** Account that created the event. */
  readonly account: string;
  /** The rule that forwards it, when one does. */
  readonly ruleArn?: string;
}

export interface Denial {
  readonly code:
    | 'AccessDeniedException'
    | 'NotAuthorizedForSourceException'
    | 'NotAuthorizedForDetailTypeException';
  readonly message: string;
}

/** Why `account` may not put the event on the bus; undefined when it may. */
export function denial(
  stack: Stack,
  address: BusAddress,
  bus: Bus,
  account: string,
  asked: Asked,
): Denial | undefined {
  const isOwn = account === address.account;
  if ((isOwn && bus.policy === undefined) || !stack.settings.enforcePolicies) return undefined;
  const principal = { arn: arnOf('iam', '', account, 'root'), account };
  const question: Question = {
    principal,
    action: 'events:PutEvents',
    resource: busArn(address),
    context: {
      'events:source': asked.source,
      'events:detail-type': asked.detailType,
      'events:creatorAccount': asked.account,
      'events:eventBusInvocation': String(asked.ruleArn !== undefined),
      'aws:SourceArn': asked.ruleArn,
      'aws:SourceAccount': asked.ruleArn === undefined ? undefined : account,
    },
  };
  const policy = policyOf(bus);
  const decision = policy ? decide(policy, question) : 'silent';
  if (decision === 'allow' || (isOwn && decision === 'silent')) return undefined;
  if (policy && !isOwn && allowedBut('events:source', policy, question)) {
    const message = 'Not authorized for the source.';
    return { code: 'NotAuthorizedForSourceException', message };
  }
  if (policy && !isOwn && allowedBut('events:detail-type', policy, question)) {
    const message = 'Not authorized for the detail type.';
    return { code: 'NotAuthorizedForDetailTypeException', message };
  }
  const { action, resource } = question;
  const because =
    decision === 'deny'
      ? 'with an explicit deny in a resource-based policy'
      : `because no resource-based policy allows the ${action} action`;
  const who = `User: ${principal.arn} is not authorized to perform: ${action}`;
  return { code: 'AccessDeniedException', message: `${who} on resource: ${resource} ${because}` };
}

/** Whether conditions on `key` are all that keeps the policy from allowing it. */
function allowedBut(key: string, policy: Policy, question: Question): boolean {
  const statements = policy.statements.flatMap((statement) => {
    const others = statement.conditions.filter((condition) => condition.key !== key);
    if (others.length === statement.conditions.length) return [statement];
    return statement.effect === 'allow' ? [{ ...statement, conditions: others }] : [];
  });
  return decide({ statements }, question) === 'allow';
}

const policies = new WeakMap<Bus, Policy>();

function policyOf(bus: Bus): Policy | undefined {
  if (bus.policy === undefined) return undefined;
  let policy = policies.get(bus);
  if (!policy) {
    policy = parsePolicy(bus.policy);
    policies.set(bus, policy);
  }
  return policy;
}
