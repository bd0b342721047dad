/**
 * Whether a caller may do what it asks: its own policies, the policy of the session, and the
 * policy of the resource together.
 *
 * An explicit deny anywhere wins. Within one account either side may allow; across accounts both
 * must. A resource's policy that names the account as a whole leaves it to the caller's own
 * policies. The root of the resource's account may do everything.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { parseArn } from '../core/arn.ts';
import { type Grant, grantOf, type Policy, parsePolicy, type Question } from '../core/policy.ts';
import type { Identity } from './identity.ts';

export interface Wish {
  /** Such as `sqs:SendMessage`. */
  readonly action: string;
  /** The ARN, or `*` for what concerns no resource. */
  readonly resource: string;
  /** Condition keys and values besides those that follow from the caller. */
  readonly context?: Question['context'];
  /** Condition keys that AWS would know for this action and we do not. */
  readonly isUnknown?: (key: string) => boolean;
}

export interface Policies {
  /** The caller's own, as text. */
  readonly identity: readonly string[];
  /** Those of the resource that bear on the wish. */
  readonly resource: readonly string[];
  /** The account that owns the resource. */
  readonly owner: string;
}

/** `because` ends AWS's sentence: "… with an explicit deny in …", "… because no … allows …". */
export type Verdict = { readonly allowed: true } | Denied;
export interface Denied {
  readonly allowed: false;
  readonly explicit: boolean;
  readonly because: string;
}

export function judge(who: Identity, wish: Wish, policies: Policies): Verdict {
  if (who.kind === 'root' && who.account === policies.owner && !who.session?.policy) {
    return { allowed: true };
  }
  const question = questionOf(who, wish);
  const session = who.session?.policy;
  const own = who.kind === 'root' ? 'direct' : together(policies.identity, 'identity', question);
  const bound = session === undefined ? 'direct' : together([session], 'identity', question);
  const shared = together(policies.resource, 'resource', question);
  if (own === 'deny') return explicitly('an identity-based policy');
  if (shared === 'deny') return explicitly('a resource-based policy');
  if (bound === 'deny') return explicitly('a session policy');
  if (who.account === policies.owner) {
    // A grant to the very session passes its policy by; one to the user or role does not.
    if (shared === 'direct' && bound === 'direct') return { allowed: true };
    if (own === 'silent') return silently('identity-based', wish);
  } else {
    if (own === 'silent') return silently('identity-based', wish);
    if (shared === 'silent') return silently('resource-based', wish);
  }
  return bound === 'silent' ? silently('session', wish) : { allowed: true };
}

function explicitly(where: string): Denied {
  return { allowed: false, explicit: true, because: `with an explicit deny in ${where}` };
}

function silently(kind: string, { action }: Wish): Denied {
  const because = `because no ${kind} policy allows the ${action} action`;
  return { allowed: false, explicit: false, because };
}

/** Whether the caller's own policies allow it. No condition key of a service is known here. */
export function isAllowed(
  who: Identity,
  identity: readonly string[],
  action: string,
  resource: string,
  nowMs: number,
): boolean {
  const isUnknown = (key: string) => !key.startsWith('aws:') || key.startsWith('aws:resourcetag/');
  const wish = { action, resource, context: timeContext(nowMs), isUnknown };
  return judge(who, wish, { identity, resource: [], owner: who.account }).allowed;
}

export function timeContext(nowMs: number): Readonly<Record<string, string>> {
  return {
    'aws:CurrentTime': new Date(nowMs).toISOString(),
    'aws:EpochTime': String(Math.floor(nowMs / 1000)),
  };
}

const TYPES = { root: 'Account', user: 'User', role: 'AssumedRole' } as const;

function questionOf(who: Identity, { action, resource, context, isUnknown }: Wish): Question {
  const { account, arn, userId, name, session } = who;
  return {
    principal: { arn, account },
    action,
    resource,
    context: {
      ...context,
      'aws:userid': userId,
      'aws:username': name,
      'aws:PrincipalType': TYPES[who.kind],
      'aws:ResourceAccount': parseArn(resource)?.account || account,
      'aws:TokenIssueTime': session && new Date(session.issuedAtMs).toISOString(),
      'aws:MultiFactorAuthPresent': session && 'false',
      'aws:ViaAWSService': 'false',
    },
    ...(isUnknown && { isUnknown }),
  };
}

type Kind = 'identity' | 'resource';

/** What all of them say together. */
function together(texts: readonly string[], kind: Kind, question: Question): Grant {
  let best: Grant = 'silent';
  for (const text of texts) {
    const grant = grantOf(parsed(text, kind), question);
    if (grant === 'deny') return 'deny';
    if (grant === 'direct' || best === 'silent') best = grant;
  }
  return best;
}

/** Policies kept parsed; past it the memory starts anew. */
const MOST_PARSED = 1_000;
const known = new Map<string, Policy>();

function parsed(text: string, kind: Kind): Policy {
  const key = `${kind} ${text}`;
  let policy = known.get(key);
  if (!policy) {
    policy = parsePolicy(text, kind);
    if (known.size >= MOST_PARSED) known.clear();
    known.set(key, policy);
  }
  return policy;
}
