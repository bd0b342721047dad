/**
 * Lets a Java consumer, whose command line is given, follow a table through three shards of its
 * stream, and says whether it saw every change once and in order. Time between the shards is
 * virtual; see streams-adapter.sh.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startAws } from '../../src/testing/index.ts';
import type { CreateTableOutput } from '../../src/wire/types/dynamodb.ts';

const PER_SHARD = 50;
const PHASES = ['a', 'b', 'c'];

const [command = 'java', ...flags] = process.argv.slice(2);
const aws = await startAws();
const { account, region } = aws.stack.settings;
const as = { account, region, principalArn: `arn:aws:iam::${account}:root` };
const call = (operation: string, input: object) =>
  aws.stack.invoke('dynamodb', operation, input, as);

const made = (await call('CreateTable', {
  TableName: 'orders',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
})) as CreateTableOutput;
await aws.settled();

const idsOf = (phase: string) => Array.from({ length: PER_SHARD }, (_, at) => `${phase}${at}`);

async function put(phase: string): Promise<void> {
  for (const id of idsOf(phase)) {
    await call('PutItem', { TableName: 'orders', Item: { id: { S: id } } });
  }
}

const seen: string[] = [];
const shards: string[] = [];
await put('a');
const arn = made.TableDescription?.LatestStreamArn ?? '';
const consumer = spawn(command, [...flags, aws.endpoint, arn], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
for await (const line of createInterface({ input: consumer.stdout })) {
  const [what, name = ''] = line.split(' ');
  if (what === 'begin') shards.push(name);
  if (what === 'record') seen.push(name);
  const phase = PHASES[Math.floor(seen.length / PER_SHARD)];
  if (what !== 'record' || seen.length % PER_SHARD > 0) continue;
  if (phase === undefined) break;
  await aws.clock.advance('4h');
  await put(phase);
}
consumer.kill('SIGKILL');
await aws[Symbol.asyncDispose]();

const wanted = PHASES.flatMap(idsOf);
const isRight = seen.join() === wanted.join() && new Set(shards).size === PHASES.length;
const told = `${seen.length} changes in ${new Set(shards).size} shards`;
console.log(`Streams adapter: ${told}, ${isRight ? 'once and in order' : 'NOT once and in order'}`);
process.exit(isRight ? 0 : 1);
