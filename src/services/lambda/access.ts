/**
 * Who may do what with a function: its own account everything, everybody else what the policy of
 * the very qualifier allows that was asked for.
 * https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
import { decide, type Policy, parsePolicy } from '../../core/policy.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Call } from '../call.ts';
import { type FunctionAddress, LATEST, type Qualified, qualifiedArn } from './arns.ts';
import { denied, invalid, missing } from './errors.ts';
import { type Resolved, readIdentifier } from './lookup.ts';
import { ofFunction, type StoredPolicy, storeOf } from './store.ts';

export type Asker =
  /** A service that acts for its customer, such as `sns.amazonaws.com`. */
  | {
      readonly service: string;
      readonly sourceArn?: string | undefined;
      readonly sourceAccount?: string | undefined;
    }
  /** A user, role or account. */
  | { readonly arn: string; readonly account: string };

export interface Wish {
  readonly action: string;
  /** Condition keys besides those that follow from the asker. */
  readonly context?: Readonly<Record<string, string | undefined>>;
}

const INVOKE: Wish = { action: 'lambda:InvokeFunction' };

/** Why `asker` may not do what it wishes, by default invoke; undefined when it may. */
export async function denial(
  stack: Stack,
  { address }: Pick<Resolved, 'address'>,
  asker: Asker,
  wish: Wish = INVOKE,
): Promise<string | undefined> {
  if (!stack.settings.enforcePolicies) return undefined;
  if ('arn' in asker && asker.account === address.account) return undefined;
  if (await allows(stack, address, asker, wish)) return undefined;
  const who = 'service' in asker ? asker.service : asker.arn;
  return denied(who, wish.action, qualifiedArn(address, address.qualifier)).message;
}

/** Whether the policy speaks for it, whoever asks. */
export async function allows(
  stack: Stack,
  address: Qualified,
  asker: Asker,
  { action, context }: Wish,
): Promise<boolean> {
  const policy = await policyOf(stack, address);
  if (!policy) return false;
  const isService = 'service' in asker;
  const decision = decide(policy, {
    principal: isService ? { service: asker.service } : asker,
    action,
    resource: qualifiedArn(address, policyKey(address.qualifier) || undefined),
    context: {
      'aws:CurrentTime': new Date(stack.clock.nowMs()).toISOString(),
      ...(isService && {
        'aws:SourceArn': asker.sourceArn,
        'aws:SourceAccount': asker.sourceAccount,
      }),
      ...context,
    },
  });
  return decision === 'allow';
}

/** `$LATEST` is what the policy of the function itself is about. */
export function policyKey(qualifier: string | undefined): string {
  return qualifier === undefined || qualifier === LATEST ? '' : qualifier;
}

const parsed = new WeakMap<StoredPolicy, Policy>();

async function policyOf(stack: Stack, address: Qualified): Promise<Policy | undefined> {
  const row = await storeOf(stack).policies.get(ofFunction(address), policyKey(address.qualifier));
  if (!row) return undefined;
  let policy = parsed.get(row.value);
  if (!policy) {
    policy = parsePolicy(JSON.stringify({ Statement: row.value.statements }));
    parsed.set(row.value, policy);
  }
  return policy;
}

/** The function that a request names, which must be in the caller's Region and reach. */
export async function addressed(
  call: Call,
  input: Parameters<typeof readIdentifier>[1],
): Promise<Qualified> {
  const address = readIdentifier(call, input);
  if (address.region !== call.region) {
    const here = `('${call.region}')`;
    throw missing(`Functions from '${address.region}' are not reachable in this region ${here}`);
  }
  const asker = { arn: call.principalArn, account: call.account };
  const action = `lambda:${call.operation}`;
  if (await denial(call.stack, { address }, asker, { action })) {
    throw denied(call.principalArn, action, qualifiedArn(address, address.qualifier));
  }
  return address;
}

/** As `addressed`, for operations that concern a function as a whole. */
export async function unqualified(
  call: Call,
  input: { readonly FunctionName: string },
): Promise<FunctionAddress> {
  const { qualifier, ...address } = await addressed(call, { FunctionName: input.FunctionName });
  if (qualifier === undefined) return address;
  throw invalid(`This operation takes functions, not versions or aliases: ${input.FunctionName}`);
}
