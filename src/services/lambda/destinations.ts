/**
 * What is sent where when an asynchronous event has come to its end: the record of the invocation
 * to the destination for its success or failure, and the event itself to the dead-letter queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
import { parseArn } from '../../core/arn.ts';
import { isJson } from '../../core/json-text.ts';
import type { Quotas } from '../../core/quotas.ts';
import type { Item } from '../../delivery/deliver.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Attribute } from '../../delivery/targets.ts';
import { LATEST, qualifiedArn } from './arns.ts';
import type { AsyncEvent, LastRun, Refusal } from './async-events.ts';
import type { Resolved } from './lookup.ts';
import type { Shape } from './origin.ts';

export type Condition =
  | 'Success'
  | 'RetriesExhausted'
  | 'EventAgeExceeded'
  | 'ZeroReservedConcurrency';

/** How an event has ended. */
export interface End {
  readonly condition: Condition;
  /** Runs that were begun. */
  readonly runs: number;
  /** Absent when the function was never run. */
  readonly lastRun?: LastRun | undefined;
  /** What dead-letter queues are told. */
  readonly failure?: Pick<Refusal, 'message'> & Partial<Refusal>;
}

/** The record for a destination. */
export function recordItem(
  stack: Stack,
  resolved: Resolved,
  event: AsyncEvent,
  end: End,
  destinationArn: string,
): Item {
  const functionArn = toldArn(resolved);
  const to = addressOf(destinationArn);
  const record = recordOf(stack, functionArn, event, end, LIMITS[to.kind]);
  const result = end.condition === 'Success' ? 'Success' : 'Failure';
  const forBus = {
    source: 'lambda',
    detailType: `Lambda Function Invocation Result - ${result}`,
    resources: [destinationArn, functionArn],
  };
  return item(stack, resolved, event, end, to, record, to.kind === 'events' ? { forBus } : {});
}

/** The event for a dead-letter queue or topic. */
export function deadLetterItem(
  stack: Stack,
  resolved: Resolved,
  event: AsyncEvent,
  end: End,
  deadLetterArn: string,
): Item {
  const { status, message = '' } = end.failure ?? {};
  const told = firstKilobyte(message);
  const attributes: Readonly<Record<string, Attribute>> = {
    RequestID: { DataType: 'String', StringValue: event.request.requestId },
    ...(status !== undefined && {
      ErrorCode: { DataType: 'Number', StringValue: String(status) },
    }),
    // An attribute is never empty.
    ...(told !== '' && { ErrorMessage: { DataType: 'String', StringValue: told } }),
  };
  const to = addressOf(deadLetterArn);
  return item(stack, resolved, event, end, to, event.request.payload, { attributes });
}

/** With `$LATEST` where no qualifier was asked for. */
export function toldArn({ address }: Pick<Resolved, 'address'>): string {
  return qualifiedArn(address, address.qualifier ?? LATEST);
}

/** Kinds of targets are named as the services are. */
function addressOf(arn: string) {
  return { kind: parseArn(arn)?.service ?? '', arn };
}

function item(
  stack: Stack,
  resolved: Resolved,
  { request }: AsyncEvent,
  { lastRun }: End,
  to: Item['delivery']['to'],
  body: string,
  shape: Shape,
): Item {
  const { address, version } = resolved;
  const traceHeader = lastRun?.traceHeader ?? request.traceHeader;
  const delivery = {
    origin: 'lambda',
    cause: request.requestId,
    sourceArn: toldArn(resolved),
    account: address.account,
    region: address.region,
    to,
    shape: { ...shape },
    roleArn: version.value.role,
    sinceMs: stack.clock.nowMs(),
    hops: 0,
    ...(traceHeader !== undefined && { traceHeader }),
  };
  return { delivery, body };
}

/** Most bytes of a record, by kind of target. */
const LIMITS: Readonly<Record<string, keyof Quotas>> = {
  sqs: 'sqs.messageBytes',
  sns: 'sns.messageBytes',
  lambda: 'lambda.asyncPayloadBytes',
  events: 'events.requestBytes',
};
/** What may be around a record in an event. */
const FRAME_BYTES = 1_024;

/**
 * The record as JSON. Payloads go in as they were written, so that their numbers keep their
 * digits, and are left out where the record would be too large. Programs of custom runtimes and
 * streams may answer with what is no JSON, which goes in as a string.
 * https://docs.aws.amazon.com/lambda/latest/api/API_OnFailure.html
 */
function recordOf(
  stack: Stack,
  functionArn: string,
  { request }: AsyncEvent,
  { condition, runs, lastRun }: End,
  limit: keyof Quotas | undefined,
): string {
  const timestamp = new Date(stack.clock.nowMs()).toISOString();
  const { requestId, payload } = request;
  const context = { requestId, functionArn, condition, approximateInvokeCount: runs };
  const head = `"version":"1.0","timestamp":"${timestamp}"`;
  const about = `${head},"requestContext":${JSON.stringify(context)}`;
  const response = lastRun && `"responseContext":${JSON.stringify(responseContext(lastRun))}`;
  const whole = [about, `"requestPayload":${payload}`];
  if (lastRun && response) whole.push(response, `"responsePayload":${asJson(lastRun.payload)}`);
  const record = `{${whole.join(',')}}`;
  const most = limit === undefined ? Number.POSITIVE_INFINITY : stack.settings.quotas[limit];
  if (Buffer.byteLength(record) <= most - FRAME_BYTES) return record;
  return `{${[about, ...(response ? [response] : [])].join(',')}}`;
}

function asJson(text: string): string {
  return isJson(text) ? text : JSON.stringify(text);
}

function responseContext({ executedVersion, functionError }: LastRun) {
  return { statusCode: 200, executedVersion, ...(functionError && { functionError }) };
}

const MOST_BYTES = 1_024;
/** What no attribute of a message may contain. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

function firstKilobyte(text: string): string {
  const bytes = Buffer.from(text.replace(FORBIDDEN, '\uFFFD'));
  // Half a character at the cut is left out.
  return new TextDecoder().decode(bytes.subarray(0, MOST_BYTES), { stream: true });
}
