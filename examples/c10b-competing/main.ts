/**
 * C-10b: a burst waits in a queue, and two functions at a time write it to a database that would
 * not bear more.
 */
import { CreateEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { check } from '../check.ts';
import { startLocal } from '../local.ts';
import { makeFunction } from '../make-function.ts';
import { countOf, makeQueue } from '../make-queue.ts';
import { startDatabase } from './database.ts';

const BURST = 300;

await using local = await startLocal();
const database = await startDatabase();
const sqs = new SQSClient({});
const lambda = new LambdaClient({});

const queue = await makeQueue(sqs, 'c10b-measurements', { VisibilityTimeout: '30' });
const measurements = Array.from({ length: BURST }, (_, index) => `measurement ${index}`);
for (let first = 0; first < BURST; first += 10) {
  const Entries = measurements
    .slice(first, first + 10)
    .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
}
console.log(`${await countOf(sqs, queue)} measurements wait; now somebody works on them:`);

await makeFunction(lambda, {
  FunctionName: 'c10b-store',
  Handler: 'store.handler',
  folder: import.meta.dirname,
  variables: { DATABASE_URL: database.url },
});
await lambda.send(
  new CreateEventSourceMappingCommand({
    FunctionName: 'c10b-store',
    EventSourceArn: queue.arn,
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 2 },
  }),
);
await local.settled();

const { peak, refused } = database.load;
check('measurements stored', new Set(database.rows).size, BURST);
check('stored twice', database.rows.length - new Set(database.rows).size, 0);
check('waiting', await countOf(sqs, queue), 0);
check('writes that the database sent away', refused, 0);
check(`at most 20 writes at once (${peak})`, peak <= 20, true);
database.close();
