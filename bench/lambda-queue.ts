/**
 * Claim: an event source mapping feeds a function from a queue, ten messages at a time, with at
 * least 15,000 messages in a second of CPU time when the handler is one of this process, and 5,000
 * when it is a Node.js process; from the taking of a message to its durable delete.
 *
 * The stack runs in this process, on a disk; what function processes cost stands beside.
 */
import { rmSync } from 'node:fs';
import { createStack, type RunningStack } from '../src/app.ts';
import { allServices } from '../src/services/all.ts';
import { registerFunction } from '../src/services/lambda/registered-functions.ts';
import { openSqlite } from '../src/storage/sqlite/open.ts';
import { functionInput } from './functions.ts';
import { childrenCpuSeconds } from './process.ts';
import { alone, atLeast, type Bench, type Report, range } from './report.ts';
import { randomText } from './requests.ts';
import { type Options, spread } from './rounds.ts';
import { newDataFolder } from './servers.ts';

const FORMS = [
  { form: 'in this process', goal: 15_000, messages: 60_000 },
  { form: 'in processes', goal: 5_000, messages: 30_000 },
] as const;
const BODY_BYTES = 1_024;
const AS = {
  account: '000000000000',
  region: 'us-east-1',
  principalArn: 'arn:aws:iam::000000000000:root',
};
const NAME = 'consumer';
const CONSUMER = 'export const handler = async ({ Records }) => { Records.length; };\n';

export const lambdaQueue: Bench = { name: 'lambda-queue', run };

interface Drained {
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly functionMicros: number;
}

async function run(options: Options): Promise<Report> {
  const rows: string[][] = [];
  const checks = [];
  for (const { form, goal, messages } of FORMS) {
    const drained: Drained[] = [];
    for (let round = 0; round < options.rounds; round++) {
      drained.push(await drain(form, options.quick ? 2_000 : messages));
    }
    const perCpuSecond = spread(drained.map((one) => one.perCpuSecond));
    const functions = spread(drained.map((one) => one.functionMicros));
    rows.push([
      `handler ${form}`,
      range(perCpuSecond, 0),
      range(spread(drained.map((one) => one.perSecond)), 0),
      form === 'in processes' ? range(functions, 0) : '',
    ]);
    checks.push(atLeast(`messages per CPU second, ${form}`, perCpuSecond.median, goal));
  }
  return {
    bench: lambdaQueue.name,
    claim: `messages of ${BODY_BYTES} bytes from a queue through a function, in batches of ten`,
    columns: ['', 'per CPU second (min-max)', 'per second (min-max)', 'CPU µs of the functions'],
    rows,
    checks,
  };
}

async function drain(form: (typeof FORMS)[number]['form'], messages: number): Promise<Drained> {
  const data = newDataFolder();
  const storage = await openSqlite({ path: data });
  const stack = await createStack({ storage, services: allServices });
  try {
    if (form === 'in processes') await upload(stack);
    else await registerFunction(stack, { ...AS, name: NAME }, async () => {});
    const created = await stack.invoke('sqs', 'CreateQueue', { QueueName: 'bench' }, AS);
    const QueueUrl = String((created as { readonly QueueUrl?: string }).QueueUrl);
    await fill(stack, QueueUrl, messages);
    const before = { cpu: process.cpuUsage(), children: childrenCpuSeconds(process.pid) };
    const startedAtMs = performance.now();
    const EventSourceArn = `arn:aws:sqs:${AS.region}:${AS.account}:bench`;
    const mapping = { FunctionName: NAME, EventSourceArn, BatchSize: 10 };
    await stack.invoke('lambda', 'CreateEventSourceMapping', mapping, AS);
    await empty(stack, QueueUrl);
    const seconds = (performance.now() - startedAtMs) / 1000;
    const { user, system } = process.cpuUsage(before.cpu);
    const functions = childrenCpuSeconds(process.pid) - before.children;
    return {
      perCpuSecond: messages / ((user + system) / 1e6),
      perSecond: messages / seconds,
      functionMicros: (functions / messages) * 1e6,
    };
  } finally {
    await stack.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** A mapping may be made of a function that is not ready yet, but it would begin with failures. */
async function upload(stack: RunningStack): Promise<void> {
  await stack.invoke('lambda', 'CreateFunction', functionInput(NAME, CONSUMER), AS);
  await stack.quiet();
}

async function fill(stack: RunningStack, QueueUrl: string, messages: number): Promise<void> {
  let sent = 0;
  const lane = async () => {
    while (sent < messages) {
      sent += 10;
      const Entries = Array.from({ length: 10 }, (_, i) => ({
        Id: `m${i}`,
        MessageBody: randomText(BODY_BYTES),
      }));
      await stack.invoke('sqs', 'SendMessageBatch', { QueueUrl, Entries }, AS);
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
}

/** Resolves when nothing waits and nothing is in flight: every delete is committed then. */
async function empty(stack: RunningStack, QueueUrl: string): Promise<void> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  for (;;) {
    const asked = { QueueUrl, AttributeNames };
    const answer = await stack.invoke('sqs', 'GetQueueAttributes', asked, AS);
    const { Attributes } = answer as { readonly Attributes: Readonly<Record<string, string>> };
    const left = AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
    if (left === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

if (import.meta.main) await alone(lambdaQueue);
