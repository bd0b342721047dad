/**
 * Function URLs: any HTTP request becomes an invocation, and what the function answers becomes
 * the answer. Requests come by host or by path; the server makes one of the two (function-urls.ts).
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
import { AwsError } from '../../core/errors.ts';
import { causeOf, newRoot } from '../../core/trace-header.ts';
import type { Stack } from '../../delivery/stack.ts';
import { BrokenOff } from '../../delivery/targets.ts';
import { modelOf } from '../../wire/models.ts';
import type { Route, RouteAnswer, RouteRequest, Signer } from '../service.ts';
import { allows, type Wish } from './access.ts';
import { type Qualified, qualifiedArn } from './arns.ts';
import { FUNCTION_URLS } from './function-urls.ts';
import { type Resolved, resolve } from './lookup.ts';
import { keep, type RunRequest, run, stream } from './run.ts';
import { type FunctionUrl, ofFunction, storeOf } from './store.ts';
import { badGateway, bufferedAnswer, streamedAnswer } from './url-answer.ts';
import { preflightAnswer, withCors } from './url-cors.ts';
import { urlEvent } from './url-event.ts';

interface Found {
  readonly url: FunctionUrl;
  readonly resolved: Resolved;
}

export const urlRoutes: Readonly<Record<string, Route>> = {
  [FUNCTION_URLS]: async (stack, request) => {
    const { urlId, path } = placeOf(request);
    const found = await find(stack, urlId);
    if (!found) return refusal(403, 'AccessDeniedException', { Message: null });
    const { cors } = found.url;
    if (!cors) return answer(stack, request, found, path);
    const preflight = preflightAnswer(cors, request);
    return preflight ?? withCors(cors, request, await answer(stack, request, found, path));
  },
};

function placeOf({ path }: RouteRequest): { readonly urlId: string; readonly path: string } {
  const below = path.slice(FUNCTION_URLS.length);
  const slash = below.indexOf('/');
  if (slash < 0) return { urlId: below, path: '/' };
  return { urlId: below.slice(0, slash), path: below.slice(slash) };
}

async function find(stack: Stack, urlId: string): Promise<Found | undefined> {
  const { urls, urlPointers } = storeOf(stack);
  const pointer = (await urlPointers.get('', urlId))?.value;
  if (!pointer) return undefined;
  const { account, region, name, qualifier } = pointer;
  const address: Qualified = { account, region, name, ...(qualifier !== '' && { qualifier }) };
  const url = (await urls.get(ofFunction(address), qualifier))?.value;
  const resolved = await resolve(stack, address);
  return url && resolved && { url, resolved };
}

async function answer(
  stack: Stack,
  request: RouteRequest,
  { url, resolved }: Found,
  path: string,
): Promise<RouteAnswer> {
  const signer = url.authType === 'AWS_IAM' ? request.signer() : undefined;
  if (!(await mayCall(stack, url, resolved.address, signer))) {
    return refusal(403, 'AccessDeniedException', { Message: FORBIDDEN });
  }
  const asked = runRequest(stack, request, { url, resolved }, path, signer);
  const most = stack.settings.quotas['lambda.syncPayloadBytes'];
  if (Buffer.byteLength(asked.payload) > most) return tooLarge(most);
  try {
    const said = await invoked(stack, resolved, asked, url);
    const ids = { 'x-amzn-RequestId': asked.requestId, 'X-Amzn-Trace-Id': asked.traceHeader };
    return { ...said, headers: { ...said.headers, ...ids } };
  } catch (cause) {
    return refused(cause);
  }
}

async function invoked(
  stack: Stack,
  resolved: Resolved,
  asked: RunRequest,
  { invokeMode }: FunctionUrl,
): Promise<RouteAnswer> {
  if (invokeMode === 'RESPONSE_STREAM') {
    return streamedAnswer(await stream(stack, resolved, asked));
  }
  const ran = await run(stack, resolved, asked);
  keep(stack, ran.facts);
  return ran.functionError ? badGateway : bufferedAnswer(ran.payload);
}

function runRequest(
  { clock, ids }: Stack,
  request: RouteRequest,
  { url, resolved }: Found,
  path: string,
  signer: Signer | undefined,
): RunRequest & { readonly traceHeader: string } {
  const nowMs = clock.nowMs();
  const requestId = ids.uuid();
  const before = request.header('x-amzn-trace-id');
  const cause = causeOf(before);
  const traceHeader = before ?? `Root=${newRoot(ids, nowMs)}`;
  const { urlId } = url;
  const { region } = resolved.address;
  const host = request.header('host')?.replace(/:\d+$/, '');
  const isByHost = host?.toLowerCase().startsWith(`${urlId}.`);
  const domainName = host && isByHost ? host : `${urlId}.lambda-url.${region}.on.aws`;
  const asked = { request, urlId, path, domainName, requestId, traceHeader, signer, nowMs };
  const causes = cause === undefined ? [] : [cause];
  return { requestId, payload: urlEvent(asked), traceHeader, causes };
}

/** Nobody in particular, for policies. */
const ANONYMOUS = { arn: 'anonymous', account: 'anonymous' };

/**
 * A URL with the auth type AWS_IAM needs a signature. Policies must allow both actions; only the
 * function's own account needs no policy. URLs made before October 2025 needed the first only.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
async function mayCall(
  stack: Stack,
  { authType }: FunctionUrl,
  address: Qualified,
  signer: Signer | undefined,
): Promise<boolean> {
  if (authType === 'AWS_IAM' && !signer) return false;
  const isOwn = signer?.account === address.account;
  if (!stack.settings.enforcePolicies || (isOwn && !signer.may)) return true;
  const asker = signer ?? ANONYMOUS;
  const wishes: readonly Wish[] = [
    { action: 'lambda:InvokeFunctionUrl', context: { 'lambda:FunctionUrlAuthType': authType } },
    { action: 'lambda:InvokeFunction', context: { 'lambda:InvokedViaFunctionUrl': 'true' } },
  ];
  for (const wish of wishes) {
    const shared = await allows(stack, address, asker, wish);
    const own =
      (await signer?.may?.(wish.action, qualifiedArn(address, address.qualifier))) ?? true;
    if (isOwn ? !own && !shared : !own || !shared) return false;
  }
  return true;
}

const FORBIDDEN =
  'Forbidden. For troubleshooting Function URL authorization issues, see: ' +
  'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

function refusal(status: number, type: string, body: object): RouteAnswer {
  const headers = { 'Content-Type': 'application/json', 'x-amzn-ErrorType': type };
  return { status, headers, body: JSON.stringify(body) };
}

function tooLarge(most: number): RouteAnswer {
  const message = `Request must be smaller than ${most} bytes for the InvokeFunction operation`;
  return refusal(413, 'RequestEntityTooLargeException', { message });
}

/** What Lambda says instead of running the function. */
function refused(cause: unknown): RouteAnswer {
  if (cause instanceof BrokenOff) {
    return refusal(503, 'ServiceUnavailableException', { Message: 'Service Unavailable' });
  }
  if (!(cause instanceof AwsError)) throw cause;
  const { code, fields, message } = cause;
  const status = modelOf('lambda').error(code)?.traits.status ?? cause.status;
  return refusal(status, code, { ...fields, message });
}
