/**
 * Who of another account may use a table: whom its resource policy lets in. The owner's account
 * may do everything.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
 */
import { decide, parsePolicy } from '../../core/policy.ts';
import type { Call } from '../call.ts';
import { fault } from './errors.ts';

export interface Guarded {
  readonly arn: string;
  readonly account: string;
  /** Undefined where there is no policy, or nothing at all. */
  readonly policy: string | undefined;
}

/** Refuses a caller of another account whom the policy does not let do `action`. */
export function checkAccess(call: Call, { arn, account, policy }: Guarded, action: string): void {
  const { stack, principalArn } = call;
  if (account === call.account || !stack.settings.enforcePolicies) return;
  const asked = {
    principal: { arn: principalArn, account: call.account },
    action: `dynamodb:${action}`,
    resource: arn,
    context: { 'aws:CurrentTime': new Date(stack.clock.nowMs()).toISOString() },
  };
  if (policy !== undefined && decide(parsePolicy(policy), asked) === 'allow') return;
  throw fault(
    'AccessDeniedException',
    `User: ${principalArn} is not authorized to perform: ${asked.action} on resource: ${arn} ` +
      `because no resource-based policy allows the ${asked.action} action`,
  );
}
