/**
 * Claim: a burst of 10,000 messages through a topic, a queue and a Node.js function of which at
 * most ten run at once loses nothing, and is drained within 10 s of its first publish.
 *
 * The function writes down the messages that it got; only when all are there and the queue is
 * empty is the burst drained. Server and functions have the whole machine, as a user's have.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { allow, call, callLambda, callSns, createQueue, type Queue } from './api.ts';
import { Connection } from './connection.ts';
import { createFunction } from './functions.ts';
import { cpuSeconds } from './process.ts';
import { alone, atMost, type Bench, figure, type Report, range } from './report.ts';
import { numbered } from './requests.ts';
import { type Options, spread } from './rounds.ts';
import { MARK, publishRequest } from './scenarios.ts';
import { newDataFolder, type Server, startMillrace } from './servers.ts';

const GOAL_SECONDS = 10;
const CONCURRENCY = 10;
const CONNECTIONS = 32;
const PATIENCE_MS = 60_000;

/** One short line for each message, appended at once: lines of several processes do not mix. */
const RECORDER = `
import { appendFileSync } from 'node:fs';
export const handler = async ({ Records }) => {
  const lines = Records.map(({ body }) => JSON.parse(body).MessageId + '\\n');
  appendFileSync(process.env.RECORD, lines.join(''));
};
`;

export const lambdaBurst: Bench = { name: 'lambda-burst', run };

interface Burst {
  readonly publishedSeconds: number;
  readonly drainedSeconds: number;
  readonly serverCpuSeconds: number;
  readonly lost: number;
  readonly again: number;
}

async function run(options: Options): Promise<Report> {
  const messages = options.quick ? 500 : 10_000;
  const bursts: Burst[] = [];
  for (let i = 0; i < options.rounds; i++) bursts.push(await burst(messages));
  const of = (pick: (one: Burst) => number) => spread(bursts.map(pick));
  const drained = of((one) => one.drainedSeconds);
  const lost = of((one) => one.lost);
  return {
    bench: lambdaBurst.name,
    claim: `${figure(messages, 0)} messages, SNS to SQS to a function, ${CONCURRENCY} at once`,
    columns: ['', 'median (min-max)'],
    rows: [
      [
        'published after, s',
        range(
          of((one) => one.publishedSeconds),
          2,
        ),
      ],
      ['drained after, s', range(drained, 2)],
      [
        "the server's CPU time, s",
        range(
          of((one) => one.serverCpuSeconds),
          2,
        ),
      ],
      ['lost', range(lost, 0)],
      [
        'handed over more than once',
        range(
          of((one) => one.again),
          0,
        ),
      ],
    ],
    checks: [
      atMost('messages lost, worst round', lost.max, 0),
      atMost('s until drained', drained.median, GOAL_SECONDS),
    ],
  };
}

async function burst(messages: number): Promise<Burst> {
  const folder = newDataFolder();
  const record = join(folder, 'record');
  try {
    await using server = await startMillrace({ data: join(folder, 'data'), anyCore: true });
    const { topic, queue } = await wire(server, record);
    const cpu = cpuSeconds(server.pid);
    const startedAtMs = performance.now();
    const seconds = () => (performance.now() - startedAtMs) / 1000;
    const published = await publish(server, topic, messages);
    const publishedSeconds = seconds();
    const received = await drained(server, queue, record, messages);
    const drainedSeconds = seconds();
    const serverCpuSeconds = cpuSeconds(server.pid) - cpu;
    const different = new Set(received);
    const lost = published.filter((id) => !different.has(id)).length;
    const again = received.length - different.size;
    return { publishedSeconds, drainedSeconds, serverCpuSeconds, lost, again };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function wire({ port }: Server, record: string): Promise<{ topic: string; queue: Queue }> {
  const topic = await callSns(port, 'CreateTopic', { Name: 'burst' }, 'TopicArn');
  const queue = await createQueue(port, 'burst', { VisibilityTimeout: '60' });
  await allow(port, queue, 'sns.amazonaws.com');
  const subscription = { TopicArn: topic, Protocol: 'sqs', Endpoint: queue.arn };
  await callSns(port, 'Subscribe', subscription, 'SubscriptionArn');
  await createFunction(port, 'recorder', RECORDER, { variables: { RECORD: record } });
  await callLambda(port, 'POST /2015-03-31/event-source-mappings', {
    FunctionName: 'recorder',
    EventSourceArn: queue.arn,
    BatchSize: 10,
    ScalingConfig: { MaximumConcurrency: CONCURRENCY },
  });
  return { topic, queue };
}

/** Publishes over a few connections; resolves with the ids of the messages. */
async function publish({ port }: Server, topic: string, messages: number): Promise<string[]> {
  const ids: string[] = [];
  let begun = 0;
  const lane = () => {
    const next = numbered(publishRequest({ to: topic }), MARK);
    return new Promise<void>((done, failed) => {
      const connection = new Connection(port, {
        answered: ({ status, body }) => {
          const [, id] = /<MessageId>([^<]+)</.exec(body.toString()) ?? [];
          if (status !== 200 || id === undefined) return failed(new Error(body.toString()));
          ids.push(id);
          more();
        },
        lost: () => failed(new Error('the connection was lost')),
      });
      const more = () => {
        begun += 1;
        if (begun <= messages) return connection.send(next());
        connection.close();
        done();
      };
      more();
    });
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return ids;
}

/** Resolves with all that was received, in the order of its handling. */
async function drained(
  { port }: Server,
  { url }: Queue,
  record: string,
  messages: number,
): Promise<readonly string[]> {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const lines = existsSync(record) ? readFileSync(record, 'utf8').split('\n') : [];
    const received = lines.filter((line) => line !== '');
    const late = performance.now() > giveUpAtMs;
    if (late || (received.length >= messages && (await left(port, url)) === 0)) return received;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function left(port: number, QueueUrl: string): Promise<number> {
  const wanted = { QueueUrl, AttributeNames: ['All'] };
  const { Attributes } = await call(port, 'sqs', 'GetQueueAttributes', wanted);
  const counts = Attributes as Readonly<Record<string, string>>;
  const waiting = Number(counts.ApproximateNumberOfMessages);
  return waiting + Number(counts.ApproximateNumberOfMessagesNotVisible);
}

if (import.meta.main) await alone(lambdaBurst);
