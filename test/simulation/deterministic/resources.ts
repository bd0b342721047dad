/** What the clients of a simulation use, made before anything goes wrong. */
import type { QueueFacts } from '../history.ts';
import { streamArnOf } from './changes.ts';
import { topicArn } from './publish-work.ts';
import { type Queue, type Scene, sceneOf } from './scene.ts';
import { STREAM } from './stream-work.ts';
import { COUNTED, ITEMS, LISTS } from './table-work.ts';
import type { World } from './world.ts';

const ACCOUNT = '000000000000';

interface Plan extends QueueFacts {
  readonly leaseSeconds?: number;
  readonly unwrap?: Queue['unwrap'];
}

const DETAIL = (body: string) =>
  JSON.stringify((JSON.parse(body) as { readonly detail: object }).detail);

const MAX_RECEIVES = 3;

/** A queue before those whose dead letters it takes. */
const QUEUES: readonly Plan[] = [
  { name: 'jobs' },
  { name: 'orders.fifo', ordered: true },
  { name: 'work-dead' },
  { name: 'work', deadLetters: { queue: 'work-dead', maxReceives: MAX_RECEIVES } },
  { name: 'dead.fifo', ordered: true },
  {
    ...{ name: 'steps.fifo', ordered: true },
    deadLetters: { queue: 'dead.fifo', maxReceives: MAX_RECEIVES },
  },
  { name: 'rule-a', unwrap: DETAIL },
  { name: 'rule-b', unwrap: DETAIL },
  { name: 'rule-both', unwrap: DETAIL },
  { name: 'news' },
  { name: 'news-a' },
  { name: 'ledger.fifo', ordered: true },
  { name: 'ticks' },
  { name: 'calls', leaseSeconds: 20 },
  { name: 'called.fifo', ordered: true },
  { name: 'invoked.fifo', ordered: true },
  { name: 'changes.fifo', ordered: true },
  { name: 'records.fifo', ordered: true },
];

const LEASE_SECONDS = 10;

export const queueArn = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;

export async function makeScene(world: World, tick: Queue['unwrap']): Promise<Scene> {
  const [node] = world.nodes;
  if (!node) throw new Error('A simulation has one node at least.');
  const make = async (service: string, operation: string, input: object): Promise<object> => {
    const asked = node.ask(service, operation, input);
    await world.until(asked, 60_000);
    const { outcome, answer, code } = await asked;
    if (outcome !== 'ok') throw new Error(`${operation} failed: ${code ?? world.complaints[0]}`);
    return answer;
  };
  const queues: Queue[] = [];
  for (const plan of QUEUES) {
    const unwrap = plan.name === 'ticks' ? tick : (plan.unwrap ?? ((body: string) => body));
    queues.push(await makeQueue(make, { ...plan, unwrap }));
  }
  await makeRoutes(make);
  await makeTables(make);
  await make('kinesis', 'CreateStream', { StreamName: STREAM, ShardCount: 2 });
  await world.pass(5_000);
  const scene = sceneOf(world, queues);
  await makeMappings(make, scene);
  await world.pass(5_000);
  return scene;
}

type Make = (service: string, operation: string, input: object) => Promise<object>;

async function makeQueue(make: Make, plan: Plan & Pick<Queue, 'unwrap'>): Promise<Queue> {
  const { name, ordered, deadLetters, leaseSeconds = LEASE_SECONDS, ...facts } = plan;
  const redrive = deadLetters && {
    deadLetterTargetArn: queueArn(deadLetters.queue),
    maxReceiveCount: deadLetters.maxReceives,
  };
  const Attributes = {
    VisibilityTimeout: String(leaseSeconds),
    ...(ordered && { FifoQueue: 'true' }),
    ...(redrive && { RedrivePolicy: JSON.stringify(redrive) }),
  };
  const answer = await make('sqs', 'CreateQueue', { QueueName: name, Attributes });
  const { QueueUrl: url } = answer as { readonly QueueUrl: string };
  return {
    ...{ ...facts, name, url, arn: queueArn(name), leaseMs: leaseSeconds * 1000 },
    ...(ordered && { ordered }),
    ...(deadLetters && { deadLetters }),
  };
}

async function makeRoutes(make: Make): Promise<void> {
  const rule = async (Name: string, rule: object, queue: string) => {
    await make('events', 'PutRule', { Name, ...rule });
    const Targets = [{ Id: 'queue', Arn: queueArn(queue) }];
    await make('events', 'PutTargets', { Rule: Name, Targets });
  };
  const pattern = (of: object) => ({ EventPattern: JSON.stringify(of) });
  await rule('a', pattern({ 'detail-type': ['a'] }), 'rule-a');
  await rule('b', pattern({ 'detail-type': ['b'] }), 'rule-b');
  await rule('both', pattern({ source: ['simulation'] }), 'rule-both');
  await rule('every-minute', { ScheduleExpression: 'rate(1 minute)' }, 'ticks');
  const topic = (Name: string, Attributes = {}) => make('sns', 'CreateTopic', { Name, Attributes });
  const subscribe = (name: string, queue: string, more: object = {}) =>
    make('sns', 'Subscribe', {
      ...{ TopicArn: topicArn(name), Protocol: 'sqs', Endpoint: queueArn(queue) },
      Attributes: { RawMessageDelivery: 'true', ...more },
    });
  await topic('news');
  await topic('ledger.fifo', { FifoTopic: 'true' });
  await subscribe('news', 'news');
  await subscribe('news', 'news-a', { FilterPolicy: JSON.stringify({ kind: ['a'] }) });
  await subscribe('ledger.fifo', 'ledger.fifo');
}

async function makeTables(make: Make): Promise<void> {
  const table = (TableName: string, more: object = {}) =>
    make('dynamodb', 'CreateTable', {
      ...{ TableName, BillingMode: 'PAY_PER_REQUEST', ...more },
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    });
  await table(ITEMS);
  await table(LISTS);
  const stream = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' };
  await table(COUNTED, { StreamSpecification: stream });
}

async function makeMappings(make: Make, scene: Scene): Promise<void> {
  const map = (FunctionName: string, EventSourceArn: string, more: object = {}) =>
    make('lambda', 'CreateEventSourceMapping', { FunctionName, EventSourceArn, ...more });
  const fromOldest = { StartingPosition: 'TRIM_HORIZON', BatchSize: 5, ParallelizationFactor: 2 };
  await map('carry-calls', queueArn('calls'), { BatchSize: 5 });
  const described = streamArnOf(scene);
  await scene.world.until(described, 60_000);
  await map('carry-changes', await described, fromOldest);
  const stream = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/${STREAM}`;
  await map('carry-records', stream, fromOldest);
}
