/**
 * IAM at the gate: before an operation sees its input, each resource that the input names is held
 * against the caller's policies and the resource's own.
 *
 * Policies of resources are read as their owners would read them, through the operations that
 * show them, so no service knows of this. What services do inside the server on somebody's behalf
 * does not pass here; they check resource policies themselves.
 */
import { accessOf } from '../access/access.ts';
import { type Denied, judge, type Policies, timeContext, type Wish } from '../access/evaluate.ts';
import { wishesOf } from '../access/wishes/all.ts';
import type { Input } from '../access/wishes/wish.ts';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/errors.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Call } from '../services/call.ts';
import { readIterator } from '../services/kinesis/iterators.ts';
import { modelOf } from '../wire/models.ts';
import type { Routed } from '../wire/wire.ts';
import type { Principal } from './auth.ts';
import { contextOf, isUnknown } from './auth-context.ts';
import { resourcePolicies } from './auth-resource-policies.ts';
import type { Request } from './request.ts';

export const IAM_MODES = ['off', 'log', 'enforce'] as const;
export type IamMode = (typeof IAM_MODES)[number];

export interface Asked {
  readonly request: Request;
  readonly routed: Routed;
  readonly call: Call;
  readonly input: object;
  readonly who: Principal;
}

/** Throws `AwsError` for what may not be; undefined for what may without looking further. */
export type Authorize = (asked: Asked) => Promise<void> | undefined;

/** Undefined where everybody may do everything. */
export function authorizer(mode: IamMode, stack: Stack): Authorize | undefined {
  if (mode === 'off') return undefined;
  return (asked) => {
    const { routed, call, who } = asked;
    if (!who.signed || FOR_EVERYBODY.has(`${routed.service}:${routed.operation}`)) return undefined;
    const input = withIterator(routed, asked.input as Input);
    const wishes = wishesOf(routed.service, routed.operation, input, call);
    const { identity } = who;
    const isOwn = (wish: Wish) => ownerOf(wish, identity.account) === identity.account;
    if (identity.kind === 'root' && !identity.session?.policy && wishes.every(isOwn)) {
      return undefined;
    }
    return check(mode, stack, asked, input, wishes);
  };
}

/** "No permissions are required": https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const FOR_EVERYBODY = new Set(['sts:GetCallerIdentity', 'sts:GetSessionToken']);

async function check(
  mode: IamMode,
  stack: Stack,
  asked: Asked,
  input: Input,
  wishes: readonly Wish[],
): Promise<void> {
  const { identity } = asked.who;
  const own = (await accessOf(stack).policiesOf(identity)).map(({ document }) => document);
  const about = { ...timeContext(stack.clock.nowMs()), ...contextOf(asked, input) };
  for (const wish of wishes) {
    const owner = ownerOf(wish, identity.account);
    const resource = await resourcePolicies(stack, wish.resource);
    const policies: Policies = { identity: own, resource, owner };
    const context = { ...about, ...wish.context };
    const verdict = judge(identity, { ...wish, context, isUnknown: isUnknown(context) }, policies);
    if (verdict.allowed) continue;
    const error = denied(asked, wish, verdict);
    if (mode === 'enforce') throw error;
    stack.log.warn(`IAM would refuse this: ${error.message}`, { requestId: asked.call.requestId });
  }
}

/** The account in the resource's ARN; what has none is the caller's own. */
function ownerOf({ resource }: Wish, caller: string): string {
  return parseArn(resource)?.account || caller;
}

/** An iterator stands for the stream that it was made of. */
function withIterator({ service, operation }: Routed, input: Input): Input {
  const { ShardIterator: iterator } = input;
  if (operation !== 'GetRecords' || typeof iterator !== 'string') return input;
  const arn = service === 'kinesis' ? streamOf(iterator) : iterator.split('|')[0];
  return arn === undefined ? input : { ...input, IteratorArn: arn };
}

function streamOf(iterator: string): string | undefined {
  try {
    const { account, region, name } = readIterator(iterator).address;
    return `arn:aws:kinesis:${region}:${account}:stream/${name}`;
  } catch {
    return undefined; // No iterator: the operation says so to whoever may use every stream.
  }
}

/** SQS writes actions in lower case in its sentences, SNS its own name in capitals (observed). */
function shown(service: string, text: string): string {
  if (service === 'sqs') return text.replaceAll(/sqs:\w+/g, (action) => action.toLowerCase());
  return service === 'sns' ? text.replaceAll('sns:', 'SNS:') : text;
}

function denied({ routed, who }: Asked, { action, resource }: Wish, why: Denied): AwsError {
  const { service, protocol } = routed;
  const does = `is not authorized to perform: ${shown(service, action)} on resource: ${resource}`;
  const message = `User: ${who.identity.arn} ${does} ${shown(service, why.because)}`;
  return new AwsError(codeOf(service, protocol), message, { status: statusOf(service, protocol) });
}

function codeOf(service: string, protocol: Routed['protocol']): string {
  if (service === 'sns') return 'AuthorizationError';
  return service === 'sqs' || protocol === 'query' ? 'AccessDenied' : 'AccessDeniedException';
}

function statusOf(service: string, protocol: Routed['protocol']): number {
  const isJson = modelOf(service).facts.protocols.includes('json') && protocol !== 'query';
  return isJson && service !== 'sqs' ? 400 : 403;
}
