/**
 * Policies: who may do what with a queue, topic or bus (of a resource), and what a user or a
 * session may do (of an identity).
 *
 * Pure. A policy is parsed once and asked often. `decide` says what the policy itself says, and
 * an explicit deny wins; what silence means is the caller's business: the owner's account may do
 * everything to its own resource, everybody else nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { parseArn } from './arn.ts';
import { globMatches } from './glob.ts';
import { type Condition, type Context, expand, holds, readOperator } from './policy-conditions.ts';

export type Principal =
  /** A service that acts for its customer, such as `sns.amazonaws.com`. */
  | { readonly service: string }
  /** A user, role or account, such as `arn:aws:iam::111111111111:root`. */
  | { readonly arn: string; readonly account: string };

export interface Question {
  readonly principal: Principal;
  /** `sqs:SendMessage`; compared without regard to case. */
  readonly action: string;
  /** ARN of the resource. */
  readonly resource: string;
  /**
   * Condition keys and their values, such as `aws:SourceArn`. The keys that follow from the
   * principal (`aws:PrincipalArn`, `aws:PrincipalAccount` …) are added.
   */
  readonly context?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /**
   * Condition keys that AWS would know here and we do not. A statement with one of them allows
   * nothing, and denies as if the condition held.
   */
  readonly isUnknown?: (key: string) => boolean;
}

/** `silent`: no statement speaks of it. */
export type Decision = 'allow' | 'deny' | 'silent';

/**
 * `account`: allowed to the account as a whole, which leaves it to the account's own policies who
 * of it may. `direct`: allowed to the very user, role or session, or to everyone.
 */
export type Grant = 'deny' | 'direct' | 'account' | 'silent';

export interface Policy {
  readonly statements: readonly Statement[];
}

interface Statement {
  readonly effect: 'allow' | 'deny';
  readonly principals: Principals;
  readonly actions: Names;
  /** Undefined where the statement names none: it then speaks of the policy's own resource. */
  readonly resources: Names | undefined;
  readonly conditions: readonly Condition[];
  /** Whether `${aws:username}` and the like stand for something: since Version 2012-10-17. */
  readonly hasVariables: boolean;
}

/** `except`: all but the named. */
interface Names {
  readonly except: boolean;
  readonly patterns: readonly string[];
}

interface Principals {
  readonly except: boolean;
  readonly aws: readonly string[];
  readonly services: readonly string[];
  readonly everyone: boolean;
}

/** The text is no policy. The message says why, for people. */
export class InvalidPolicy extends Error {
  override readonly name = 'InvalidPolicy';
}

/** Whether the policy allows or denies, or says nothing of what is asked. */
export function decide(policy: Policy, question: Question): Decision {
  const grant = grantOf(policy, question);
  return grant === 'direct' || grant === 'account' ? 'allow' : grant;
}

/** As `decide`, and to whom the policy allows it. */
export function grantOf(policy: Policy, question: Question): Grant {
  const context = contextOf(question);
  const action = question.action.toLowerCase();
  let grant: Grant = 'silent';
  for (const statement of policy.statements) {
    const meant = speaksOf(statement, question, action, context);
    if (meant === 'nobody') continue;
    if (statement.effect === 'deny') return 'deny';
    if (grant !== 'direct') grant = meant;
  }
  return grant;
}

/** Why `text` is no policy; undefined when it is one. */
export function validatePolicy(text: string): string | undefined {
  try {
    parsePolicy(text);
    return undefined;
  } catch (cause) {
    if (cause instanceof InvalidPolicy) return cause.message;
    throw cause;
  }
}

/** Whose policy it is: of a resource, which names principals, or of an identity. */
export type PolicyKind = 'resource' | 'identity';

const WITH_VARIABLES = '2012-10-17';

/** Throws `InvalidPolicy`. */
export function parsePolicy(text: string, kind: PolicyKind = 'resource'): Policy {
  const document = object(json(text), 'The policy');
  const version = document.Version;
  if (version !== undefined && version !== WITH_VARIABLES && version !== '2008-10-17') {
    throw new InvalidPolicy(`The policy's Version ${JSON.stringify(version)} is unknown.`);
  }
  if (document.Statement === undefined) throw new InvalidPolicy('The policy has no Statement.');
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  const hasVariables = version === WITH_VARIABLES;
  const parsed = statements.map((statement) => ({
    ...parseStatement(object(statement, 'A Statement'), kind),
    hasVariables,
  }));
  const sids = statements.map((statement) => statement.Sid).filter((sid) => sid !== undefined);
  if (new Set(sids).size < sids.length) throw new InvalidPolicy('Two statements have one Sid.');
  return { statements: parsed };
}

function parseStatement(
  statement: Readonly<Record<string, unknown>>,
  kind: PolicyKind,
): Omit<Statement, 'hasVariables'> {
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new InvalidPolicy('Effect must be Allow or Deny.');
  }
  const actions = names(statement, 'Action');
  if (!actions) throw new InvalidPolicy('A Statement has neither Action nor NotAction.');
  const resources = names(statement, 'Resource');
  if (kind === 'identity' && !resources) {
    throw new InvalidPolicy('A Statement has neither Resource nor NotResource.');
  }
  return {
    effect: effect === 'Allow' ? 'allow' : 'deny',
    principals: kind === 'identity' ? noPrincipals(statement) : principals(statement),
    actions: { ...actions, patterns: actions.patterns.map((name) => name.toLowerCase()) },
    resources,
    conditions: conditions(statement.Condition),
  };
}

/** What stands under `name` or `Not…`; undefined when neither does. */
function names(
  statement: Readonly<Record<string, unknown>>,
  name: 'Action' | 'Resource',
): Names | undefined {
  const [given, not] = [statement[name], statement[`Not${name}`]];
  if (given !== undefined && not !== undefined) {
    throw new InvalidPolicy(`${name} and Not${name} exclude each other.`);
  }
  if (given === undefined && not === undefined) return undefined;
  return { except: not !== undefined, patterns: texts(given ?? not, name) };
}

/** The policy of an identity is about whoever has it. */
function noPrincipals(statement: Readonly<Record<string, unknown>>): Principals {
  if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) {
    throw new InvalidPolicy('The policy of an identity names no Principal.');
  }
  return { except: false, aws: [], services: [], everyone: true };
}

function principals(statement: Readonly<Record<string, unknown>>): Principals {
  const { Principal: given, NotPrincipal: not } = statement;
  if ((given === undefined) === (not === undefined)) {
    throw new InvalidPolicy('A Statement needs either Principal or NotPrincipal.');
  }
  const except = not !== undefined;
  const value = given ?? not;
  if (value === '*') return { except, aws: [], services: [], everyone: true };
  const byType = object(value, 'A Principal');
  for (const type of Object.keys(byType)) {
    if (!['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(type)) {
      throw new InvalidPolicy(`${type} is no type of principal.`);
    }
  }
  const aws = texts(byType.AWS ?? [], 'Principal');
  const services = texts(byType.Service ?? [], 'Principal');
  return { except, aws, services, everyone: aws.includes('*') };
}

function conditions(block: unknown): readonly Condition[] {
  if (block === undefined) return [];
  return Object.entries(object(block, 'A Condition')).flatMap(([operator, keys]) => {
    const read = readOperator(operator, object(keys, `The condition ${operator}`));
    if (!read) throw new InvalidPolicy(`${operator} is no condition operator.`);
    return read;
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidPolicy('The policy is not JSON.');
  }
}

function object(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidPolicy(`${what} must be a JSON object.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function texts(value: unknown, what: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one !== 'string') throw new InvalidPolicy(`${what} must be a text or texts.`);
    return one;
  });
}

type Meant = 'direct' | 'account' | 'nobody';

function speaksOf(
  statement: Statement,
  question: Question,
  action: string,
  context: Context,
): Meant {
  const { actions, resources, hasVariables } = statement;
  const variables = hasVariables ? context : undefined;
  const ofResource = (pattern: string) =>
    globMatches(expand(pattern, variables, true), question.resource);
  if (actions.patterns.some((pattern) => globMatches(pattern, action)) === actions.except) {
    return 'nobody';
  }
  if (resources && resources.patterns.some(ofResource) === resources.except) return 'nobody';
  const holdsAll = statement.conditions.every((condition) => {
    if (question.isUnknown?.(condition.key)) return statement.effect === 'deny';
    return holds(condition, context, hasVariables);
  });
  return holdsAll ? meant(statement.principals, question.principal) : 'nobody';
}

function meant(principals: Principals, principal: Principal): Meant {
  const means = whoIsMeant(principals, principal);
  if (!principals.except) return means;
  return means === 'nobody' ? 'direct' : 'nobody';
}

/**
 * `{"AWS": "*"}` is everyone, services included: AWS's own examples let SNS and S3 send to a
 * queue that way, with a condition on `aws:SourceArn`.
 */
function whoIsMeant(principals: Principals, principal: Principal): Meant {
  if (principals.everyone) return 'direct';
  if ('service' in principal) {
    const isNamed = principals.services.some((one) => globMatches(one, principal.service));
    return isNamed ? 'direct' : 'nobody';
  }
  const role = roleOf(principal.arn);
  if (principals.aws.some((named) => named === principal.arn || named === role)) return 'direct';
  const isOfAccount = principals.aws.some(
    (named) =>
      named === principal.account ||
      (named.endsWith(`:${principal.account}:root`) && parseArn(named)?.service === 'iam'),
  );
  return isOfAccount ? 'account' : 'nobody';
}

/** The role behind a session, `…:assumed-role/name/session`; a policy may name either. */
function roleOf(arn: string): string | undefined {
  const parts = parseArn(arn);
  const [kind, role] = parts?.resource.split('/') ?? [];
  if (parts?.service !== 'sts' || kind !== 'assumed-role' || !role) return undefined;
  return `arn:${parts.partition}:iam::${parts.account}:role/${role}`;
}

function contextOf({ principal, context = {} }: Question): Context {
  const known = new Map<string, readonly string[]>();
  const isService = 'service' in principal;
  known.set('aws:principalisawsservice', [String(isService)]);
  if (isService) {
    known.set('aws:principalservicename', [principal.service]);
  } else {
    known.set('aws:principalarn', [roleOf(principal.arn) ?? principal.arn]);
    known.set('aws:principalaccount', [principal.account]);
  }
  for (const [key, value] of Object.entries(context)) {
    if (value === undefined) continue;
    known.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  return known;
}
