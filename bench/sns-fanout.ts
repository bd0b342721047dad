/**
 * Claim: one publish to ten queues amounts to at least 40,000 deliveries per second of CPU time,
 * raw or in the SNS envelope. All ten copies are durable before the publish is answered.
 */
import { allow, callSns, createQueue } from './api.ts';
import { alone, atLeast, type Bench, LOAD_COLUMNS, loadRow, type Report } from './report.ts';
import { type Contender, compare, type Options } from './rounds.ts';
import type { Server } from './servers.ts';
import { openStage } from './stage.ts';

const SUBSCRIBERS = 10;
const GOAL = 40_000;
const ANSWER_BYTES = 290;
const FORMS = ['raw', 'enveloped'] as const;

export const snsFanout: Bench = { name: 'sns-fanout', run };

async function run(options: Options): Promise<Report> {
  await using stage = await openStage(ANSWER_BYTES, { ...options, withoutPeer: true });
  const { floor, millrace } = stage;
  const contenders: Contender[] = [];
  for (const form of FORMS) {
    const to = await makeTopic(millrace, form);
    const scenario = { kind: 'publish' as const, to, weight: SUBSCRIBERS };
    contenders.push({ server: millrace, scenario });
  }
  contenders.push({ server: floor, scenario: { kind: 'publish', to: 'none', weight: 1 } });
  const results = await compare(contenders, 32, options);
  const labels = [...FORMS.map((form) => `millrace, ${form}`), 'node:http, calls'];
  return {
    bench: snsFanout.name,
    claim: `deliveries from one topic to ${SUBSCRIBERS} queues, 1 KiB, 32 in flight`,
    columns: LOAD_COLUMNS,
    rows: results.map((result, i) => loadRow(labels[i] ?? result.name, result)),
    checks: FORMS.map((form, i) =>
      atLeast(`deliveries per CPU second, ${form}`, results[i]?.perCpuSecond.median ?? 0, GOAL),
    ),
  };
}

async function makeTopic(server: Server, form: (typeof FORMS)[number]): Promise<string> {
  const topic = await callSns(server.port, 'CreateTopic', { Name: form }, 'TopicArn');
  for (let i = 0; i < SUBSCRIBERS; i++) {
    const queue = await createQueue(server.port, `${form}-${i}`);
    const subscription = { TopicArn: topic, Protocol: 'sqs', Endpoint: queue.arn };
    const raw = {
      'Attributes.entry.1.key': 'RawMessageDelivery',
      'Attributes.entry.1.value': String(form === 'raw'),
    };
    await callSns(server.port, 'Subscribe', { ...subscription, ...raw }, 'SubscriptionArn');
    await allow(server.port, queue, 'sns.amazonaws.com');
  }
  return topic;
}

if (import.meta.main) await alone(snsFanout);
