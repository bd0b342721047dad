/**
 * Invoke runs a function and waits (RequestResponse), or takes the event and answers at once
 * (Event), or only says whether it would (DryRun). An event that was taken is stored.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import { isUtf8 } from 'node:buffer';
import { isJson } from '../../core/json-text.ts';
import { causesOf } from '../../core/trace-header.ts';
import type * as Lambda from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { denial } from './access.ts';
import { enqueueEvent } from './async-events.ts';
import { fault } from './errors.ts';
import { type Resolved, readIdentifier, resolveKnown } from './lookup.ts';
import { keep, type Ran, type RunRequest, run } from './run.ts';

export const Invoke: Operation<Lambda.Operations['Invoke']> = async (call, input) => {
  const { InvocationType: type = 'RequestResponse', LogType: logType } = input;
  const resolved = await invocable(call, input);
  const request = requestOf(call, type, input.Payload, input.ClientContext);
  if (type === 'DryRun') return { StatusCode: 204 };
  if (type === 'Event') {
    await call.stack.storage.commit(enqueueEvent(call.stack, resolved, request));
    return { StatusCode: 202 };
  }
  const ran = await run(call.stack, resolved, request);
  keep(call.stack, ran.facts);
  return answerOf(ran, logType);
};

/** The older way to invoke with an event. */
export const InvokeAsync: Operation<Lambda.Operations['InvokeAsync']> = async (call, input) => {
  const resolved = await invocable(call, input);
  const request = requestOf(call, 'Event', input.InvokeArgs, undefined);
  await call.stack.storage.commit(enqueueEvent(call.stack, resolved, request));
  return { Status: 202 };
};

/** The version that a request means, if the caller may invoke it. */
export async function invocable(
  call: Call,
  input: { readonly FunctionName: string; readonly Qualifier?: string | undefined },
): Promise<Resolved> {
  const resolved = await resolveKnown(call.stack, readIdentifier(call, input));
  const asker = { arn: call.principalArn, account: call.account };
  if ((await denial(call.stack, resolved, asker)) === undefined) return resolved;
  const why = 'because no resource-based policy allows the lambda:InvokeFunction action';
  throw fault(
    'AccessDeniedException',
    `User: ${call.principalArn} is not authorized to perform: lambda:InvokeFunction on ` +
      `resource: ${resolved.invokedArn} ${why}`,
    { status: 403 },
  );
}

/** Checks what is to be run with; throws AWS's error for what no function gets. */
export function requestOf(
  call: Call,
  type: Lambda.InvocationType,
  bytes: Uint8Array | undefined,
  clientContext: string | undefined,
): RunRequest {
  const { causes = [] } = causesOf(call.traceHeader, call.again);
  return {
    requestId: call.requestId,
    payload: readPayload(call, type, bytes),
    traceHeader: call.traceHeader,
    causes,
    ...(clientContext !== undefined && { clientContext: readClientContext(clientContext) }),
  };
}

/** Functions that are invoked with nothing get an empty object. */
const NOTHING = '{}';

function readPayload(
  { stack }: Call,
  type: Lambda.InvocationType,
  bytes: Uint8Array | undefined,
): string {
  if (!bytes || bytes.byteLength === 0) return NOTHING;
  const { quotas } = stack.settings;
  const most = quotas[type === 'Event' ? 'lambda.asyncPayloadBytes' : 'lambda.syncPayloadBytes'];
  if (bytes.byteLength > most) {
    const what = `${bytes.byteLength} byte payload is too large for the ${type} invocation type`;
    const sentence = `${what} (limit ${most} bytes)`;
    // The model's name for it is never seen: https://github.com/ASFHyP3/hyp3/issues/2241
    const code = 'RequestEntityTooLargeException';
    throw fault(code, sentence, { status: 413, fields: { Type: 'User' } });
  }
  if (!isUtf8(bytes)) throw unparsable('Invalid UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (isJson(text)) return text;
  throw unparsable(why(text));
}

/** As close to the words of Lambda's own JSON parser as another parser comes. */
function why(text: string): string {
  try {
    JSON.parse(text);
    return 'it is nested too deeply';
  } catch (cause) {
    return (cause as Error).message;
  }
}

function unparsable(reason: string) {
  const what = 'Could not parse request body into json: Could not parse payload into json';
  const fields = { Type: 'User' };
  return fault('InvalidRequestContentException', `${what}: ${reason}`, { fields });
}

const MOST_CONTEXT_BYTES = 3_583;

/** The client context comes as base64 of a JSON object. */
function readClientContext(base64: string): string {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  if (Buffer.byteLength(text) > MOST_CONTEXT_BYTES || !isJson(text)) {
    const sentence = 'Client context must be a valid Base64-encoded JSON object.';
    throw fault('InvalidRequestContentException', sentence, { fields: { Type: 'User' } });
  }
  return text;
}

function answerOf(ran: Ran, logType: Lambda.LogType | undefined): Lambda.InvocationResponse {
  return {
    StatusCode: 200,
    ExecutedVersion: ran.executedVersion,
    Payload: Buffer.from(ran.payload),
    ...(ran.functionError && { FunctionError: ran.functionError }),
    ...(logType === 'Tail' && { LogResult: Buffer.from(ran.logTail).toString('base64') }),
  };
}
