/**
 * What the workload works on: one of every path a message can take through the server.
 */
import { readFileSync } from 'node:fs';
import { allow, call, callLambda, callSns, createQueue } from '../../../bench/api.ts';
import { createFunction } from '../../../bench/functions.ts';
import type { QueueFacts } from '../history.ts';
import type { Queue } from './notebook.ts';
import { makeStreams } from './streams.ts';

export const MAX_RECEIVES = 3;
const LEASE_SECONDS = 3;
const SHORT_LEASE_SECONDS = 1;
const FIFO = { FifoQueue: 'true' };

export interface Resources {
  readonly jobs: Queue;
  readonly orders: Queue;
  readonly work: Queue;
  readonly buried: Queue;
  /** Fed by rules, by topics, and by a schedule; absent when only SQS is tortured. */
  readonly fed?: Fed;
}

export interface Fed {
  readonly ruleA: Queue;
  readonly ruleB: Queue;
  readonly ruleBoth: Queue;
  readonly raw: Queue;
  readonly enveloped: Queue;
  readonly filtered: Queue;
  readonly ledger: Queue;
  readonly ticks: Queue;
  /** A function takes from the one what it puts into the other. */
  readonly calls: Queue;
  readonly called: Queue;
  /** Functions put into these what streams feed them: changes of a table, and records. */
  readonly changes: Queue;
  readonly records: Queue;
  readonly topicArn: string;
  readonly ledgerArn: string;
}

const asIs = (body: string) => body;
const ofEvent = (body: string) => JSON.stringify(JSON.parse(body).detail);
const ofEnvelope = (body: string) => String(JSON.parse(body).Message);
/** A schedule's event has no key of ours; its time is what matters. */
const ofTick = (body: string) => {
  const { time, id } = JSON.parse(body);
  return JSON.stringify({ key: `tick ${time} ${id}` });
};

export function factsOf(resources: Resources): readonly QueueFacts[] {
  const { work, buried, orders, jobs, fed } = resources;
  const plain = [jobs, buried];
  if (fed) {
    plain.push(fed.ruleA, fed.ruleB, fed.ruleBoth, fed.raw, fed.enveloped, fed.filtered, fed.ticks);
    plain.push(fed.called);
  }
  const ordered = fed ? [orders, fed.ledger, fed.changes, fed.records] : [orders];
  return [
    ...plain.map(({ name }) => ({ name })),
    ...ordered.map(({ name }) => ({ name, ordered: true })),
    { name: work.name, deadLetters: { queue: buried.name, maxReceives: MAX_RECEIVES } },
  ];
}

export function queuesOf({ fed, ...plain }: Resources): readonly Queue[] {
  const {
    topicArn: _topic,
    ledgerArn: _ledger,
    ...queues
  } = fed ?? { topicArn: '', ledgerArn: '' };
  return [...Object.values(plain), ...Object.values(queues)] as Queue[];
}

export async function makeSqs(port: number): Promise<Resources> {
  const buried = await queue(port, 'work-buried', LEASE_SECONDS);
  const redrive = { deadLetterTargetArn: buried.arn, maxReceiveCount: MAX_RECEIVES };
  return {
    buried,
    jobs: await queue(port, 'jobs', LEASE_SECONDS),
    orders: await queue(port, 'orders.fifo', LEASE_SECONDS, { attributes: FIFO }),
    work: await queue(port, 'work', SHORT_LEASE_SECONDS, {
      attributes: { RedrivePolicy: JSON.stringify(redrive) },
    }),
  };
}

export async function makeFed(port: number, endpoint: string): Promise<Fed> {
  const topicArn = await callSns(port, 'CreateTopic', { Name: 'news' }, 'TopicArn');
  const fifo = { 'Attributes.entry.1.key': 'FifoTopic', 'Attributes.entry.1.value': 'true' };
  const ledgerTopic = { Name: 'ledger.fifo', ...fifo };
  const ledgerArn = await callSns(port, 'CreateTopic', ledgerTopic, 'TopicArn');
  const fed: Fed = {
    topicArn,
    ledgerArn,
    ruleA: await fedQueue(port, 'rule-a', ofEvent, 'events'),
    ruleB: await fedQueue(port, 'rule-b', ofEvent, 'events'),
    ruleBoth: await fedQueue(port, 'rule-both', ofEvent, 'events'),
    raw: await fedQueue(port, 'news-raw', asIs, 'sns'),
    enveloped: await fedQueue(port, 'news-enveloped', ofEnvelope, 'sns'),
    filtered: await fedQueue(port, 'news-filtered', asIs, 'sns'),
    ledger: await fedQueue(port, 'ledger.fifo', asIs, 'sns', FIFO),
    ticks: await fedQueue(port, 'ticks', ofTick, 'events'),
    calls: await queue(port, 'calls', LEASE_SECONDS),
    called: await queue(port, 'called.fifo', LEASE_SECONDS, { attributes: FIFO }),
    changes: await queue(port, 'changes.fifo', LEASE_SECONDS, { attributes: FIFO }),
    records: await queue(port, 'records.fifo', LEASE_SECONDS, { attributes: FIFO }),
  };
  await makeCarrier(port, fed);
  await makeStreams(port, fed.changes, fed.records);
  await rule(port, 'a', { 'detail-type': ['a'] }, fed.ruleA);
  await rule(port, 'b', { 'detail-type': ['b'] }, fed.ruleB);
  await rule(port, 'both', { source: ['torture'] }, fed.ruleBoth);
  await subscribe(port, topicArn, 'sqs', fed.raw.arn, { RawMessageDelivery: 'true' });
  await subscribe(port, topicArn, 'sqs', fed.enveloped.arn, {});
  await subscribe(port, topicArn, 'sqs', fed.filtered.arn, {
    RawMessageDelivery: 'true',
    FilterPolicy: JSON.stringify({ kind: ['a'] }),
  });
  await subscribe(port, ledgerArn, 'sqs', fed.ledger.arn, { RawMessageDelivery: 'true' });
  await subscribe(port, topicArn, 'http', endpoint, { DeliveryPolicy: patientPolicy() });
  return fed;
}

async function makeCarrier(port: number, { calls, called }: Pick<Fed, 'calls' | 'called'>) {
  const source = readFileSync(new URL('carrier.mjs', import.meta.url), 'utf8');
  const settings = { variables: { TO: called.url }, timeoutSeconds: LEASE_SECONDS };
  await createFunction(port, 'carrier', source, settings);
  await callLambda(port, 'POST /2015-03-31/event-source-mappings', {
    ...{ FunctionName: 'carrier', EventSourceArn: calls.arn, BatchSize: 5 },
    ScalingConfig: { MaximumConcurrency: 2 },
  });
}

/** Puts a rule that fires each minute into `ticks`. */
export async function startTicking(port: number, ticks: Queue): Promise<void> {
  const input = { Name: 'every-minute', ScheduleExpression: 'rate(1 minute)' };
  await call(port, 'events', 'PutRule', input);
  const Targets = [{ Id: 'queue', Arn: ticks.arn }];
  await call(port, 'events', 'PutTargets', { Rule: 'every-minute', Targets });
}

async function queue(
  port: number,
  name: string,
  leaseSeconds: number,
  options: {
    readonly attributes?: Readonly<Record<string, string>>;
    readonly unwrap?: Queue['unwrap'];
  } = {},
): Promise<Queue> {
  const attributes = { VisibilityTimeout: String(leaseSeconds), ...options.attributes };
  const made = await createQueue(port, name, attributes);
  return { ...made, name, leaseMs: leaseSeconds * 1000, unwrap: options.unwrap ?? asIs };
}

async function fedQueue(
  port: number,
  name: string,
  unwrap: Queue['unwrap'],
  feeder: 'events' | 'sns',
  attributes: Readonly<Record<string, string>> = {},
): Promise<Queue> {
  const made = await queue(port, name, LEASE_SECONDS, { unwrap, attributes });
  await allow(port, made, `${feeder}.amazonaws.com`);
  return made;
}

async function rule(port: number, Name: string, pattern: object, to: Queue): Promise<void> {
  await call(port, 'events', 'PutRule', { Name, EventPattern: JSON.stringify(pattern) });
  await call(port, 'events', 'PutTargets', { Rule: Name, Targets: [{ Id: 'q', Arn: to.arn }] });
}

async function subscribe(
  port: number,
  TopicArn: string,
  Protocol: string,
  Endpoint: string,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  const entries = Object.entries(attributes).flatMap(([key, value], i) => [
    [`Attributes.entry.${i + 1}.key`, key],
    [`Attributes.entry.${i + 1}.value`, value],
  ]);
  const input = { TopicArn, Protocol, Endpoint, ...Object.fromEntries(entries) };
  await callSns(port, 'Subscribe', input, 'SubscriptionArn');
}

/** Many tries a second or two apart: the endpoint fails for seconds, never for good. */
function patientPolicy(): string {
  return JSON.stringify({
    healthyRetryPolicy: {
      minDelayTarget: 1,
      maxDelayTarget: 2,
      numRetries: 100,
      numNoDelayRetries: 0,
      numMinDelayRetries: 50,
      numMaxDelayRetries: 10,
      backoffFunction: 'linear',
    },
  });
}
