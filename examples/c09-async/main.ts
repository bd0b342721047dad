/**
 * C-09: events that nobody waits for. Lambda tries them again, gives up after a while, and tells
 * whoever wants to know.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { check } from '../check.ts';
import { startLocal } from '../local.ts';
import { drain, type Queue } from '../make-queue.ts';
import type { Charge } from './charge.ts';
import { deploy, lambda, sqs } from './deploy.ts';

await using local = await startLocal();
const table = join(local.folder, 'charges.db');
const { succeeded, failed, dead } = await deploy(table);

/** What Lambda tells a destination. */
interface InvocationRecord {
  readonly requestContext: {
    readonly requestId: string;
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: Charge;
  readonly responseContext?: { readonly functionError?: string };
  readonly responsePayload?: { readonly charged?: number; readonly errorMessage?: string };
}

/** Hands the event over, and runs time until all that comes of it has come. */
async function charge(FunctionName: string, charge: Charge): Promise<string> {
  console.log(`\n${FunctionName} is given ${JSON.stringify(charge)}:`);
  const startedMs = await local.elapsedMs();
  const command = new InvokeCommand({
    FunctionName,
    InvocationType: 'Event',
    Payload: JSON.stringify(charge),
  });
  const { StatusCode, $metadata } = await lambda.send(command);
  check('answered at once', StatusCode, 202);
  await local.settled();
  const seconds = Math.round(((await local.elapsedMs()) - startedMs) / 1000);
  console.log(`  … ${seconds} s of virtual time`);
  return $metadata.requestId ?? '';
}

async function recordIn(queue: Queue): Promise<InvocationRecord> {
  const [message, ...others] = await drain(sqs, queue);
  check('others told', others.length, 0);
  const body = JSON.parse(message?.Body ?? '{}');
  // Through a bus the record is an event's detail.
  return body.detail ?? body;
}

async function endsWith(queue: Queue, condition: string, count: number | undefined) {
  const { requestContext: context, ...record } = await recordIn(queue);
  check('condition', context.condition, condition);
  if (count !== undefined) check('invocations', context.approximateInvokeCount, count);
  return { ...record, ...context };
}

const fails = (id: string, failures: number): Charge => ({ id, amount: 20, failures });

const requestId = await charge('c09-charge', fails('twice', 2));
const success = await endsWith(succeeded, 'Success', 3);
check('the same request', success.requestId, requestId);
check('answer', success.responsePayload, { charged: 20 });

await charge('c09-charge', fails('always', 9));
const exhausted = await endsWith(failed, 'RetriesExhausted', 3);
check('last error', exhausted.responsePayload?.errorMessage, 'The bank is busy: attempt 3.');
check('kind of error', exhausted.responseContext?.functionError, 'Unhandled');

await charge('c09-hasty', fails('late', 9));
const late = await endsWith(failed, 'EventAgeExceeded', 1);
check('for', late.requestPayload.id, 'late');

await charge('c09-closed', fails('closed', 0));
const closed = await endsWith(failed, 'ZeroReservedConcurrency', undefined);
check('was it run?', closed.responsePayload !== undefined, false);

const plain = await charge('c09-plain', fails('plain', 9));
const [letter] = await drain(sqs, dead);
check('dead letter', letter?.Body, JSON.stringify(fails('plain', 9)));
const { RequestID, ErrorCode, ErrorMessage } = letter?.MessageAttributes ?? {};
check('RequestID', RequestID?.StringValue, plain);
check('ErrorCode', ErrorCode?.StringValue, '200');
check('ErrorMessage', ErrorMessage?.StringValue, 'The bank is busy: attempt 3.');

console.log('\nIn the end:');
const rows = new DatabaseSync(table).prepare('SELECT id FROM charges WHERE amount = 20').all();
check('charged, once', JSON.stringify(rows.map(({ id }) => id)), '["twice"]');
