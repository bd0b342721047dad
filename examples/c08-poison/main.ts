/**
 * C-08: a hundred jobs, seven of which cannot be done. The others are, once each; the seven rest
 * in the dead-letter queue, are looked at, and end where they belong.
 */
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { check } from '../check.ts';
import { startLocal } from '../local.ts';
import { countOf, drain, type Queue } from '../make-queue.ts';
import { ARCHIVE, deploy, lambda, logs, sqs } from './deploy.ts';
import { deployStream, type GivenUp, putJobs, readGivenUp } from './poisoned-stream.ts';
import { storyOf } from './story.ts';

await using local = await startLocal();
const { work, dead, done, bank } = await deploy();

const BAD = 13;
const COMMA = 42;
const REFUNDS = [50, 51, 52, 53, 54];

function bodyOf(job: number): string {
  if (job === BAD) return JSON.stringify({ bad: true });
  const kind = REFUNDS.includes(job) ? 'refund' : 'sale';
  return JSON.stringify({ job, amount: job === COMMA ? '12,50' : '12.50', kind });
}

/** In a stream all are sales: what waits for the bank would hold up all that is behind it. */
function streamedBody(job: number): string {
  return bodyOf(job === BAD ? BAD : 1).replace('"job":1', `"job":${job}`);
}

/** Sends the jobs 1 to `count`; answers with the id of the bad one. */
async function send({ url: QueueUrl }: Queue, count: number): Promise<string> {
  let bad = '';
  for (let first = 1; first <= count; first += 10) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({
      Id: String(first + index),
      MessageBody: bodyOf(first + index),
    }));
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    bad = answer.Successful?.find(({ Id }) => Id === String(BAD))?.MessageId ?? bad;
  }
  return bad;
}

/** The numbers of the jobs that were done. */
async function jobsDone(): Promise<readonly number[]> {
  const messages = await drain(sqs, done);
  return messages.map(({ Body = '' }) => (JSON.parse(Body) as { job: number }).job);
}

console.log('100 jobs, one of them garbage, one with a comma in its amount; the bank is down:');
const bad = await send(work, 100);
await local.settled();
const first = await jobsDone();
check('jobs done', first.length, 93);
check('each of them once', new Set(first).size, 93);
check('dead letters', await countOf(sqs, dead), 7);
const story = await storyOf(local.endpoint, bad);
const peek = new ReceiveMessageCommand({
  QueueUrl: dead.url,
  VisibilityTimeout: 0,
  MessageSystemAttributeNames: ['DeadLetterQueueSourceArn'],
});
const [letter] = (await sqs.send(peek)).Messages ?? [];
check('they died in', letter?.Attributes?.DeadLetterQueueSourceArn, work.arn);

console.log(`\nWhat became of the garbage:\n\n${story.join('\n')}`);

console.log('\nThe bank is up again, and triage goes through the dead letters:');
await bank('up');
const triage = await lambda.send(new InvokeCommand({ FunctionName: 'c08-triage' }));
const found = JSON.parse(triage.Payload?.transformToString() ?? '');
check('found', found, { transient: 5, edited: 1, rejected: 1 });
await local.settled();
const second = await jobsDone();
check('jobs done since', [...second].sort(), [COMMA, ...REFUNDS]);
check('dead letters', await countOf(sqs, dead), 0);
check('jobs waiting', await countOf(sqs, work), 0);
const archived = await logs.send(new FilterLogEventsCommand({ logGroupName: ARCHIVE }));
const entry = JSON.parse(archived.events?.[0]?.message ?? '{}');
check('archived', entry.body, '{"bad":true}');
check('because', entry.why, 'This is no job: {"bad":true}');

console.log('\nA hundred jobs in a stream, one of them garbage:');
const failures = await deployStream(done);
const places = await putJobs(Array.from({ length: 100 }, (_, index) => streamedBody(index + 1)));
await local.settled();
const third = await jobsDone();
check('jobs done', third.length, 99);
check('each of them once', new Set(third).size, 99);
const records = await drain(sqs, failures);
check('given up', records.length, 1);
const givenUp = JSON.parse(records[0]?.Body ?? '') as GivenUp;
check('because', givenUp.requestContext.condition, 'RetryAttemptsExhausted');
const { shardId, startSequenceNumber, endSequenceNumber } = givenUp.KinesisBatchInfo;
check('in', shardId, 'shardId-000000000000');
const place = places[BAD - 1];
check('from, to', [startSequenceNumber, endSequenceNumber], [place, place]);
check('what it was', await readGivenUp(givenUp), '{"bad":true}');
console.log(`\n${Math.round((await local.elapsedMs()) / 1000)} s of virtual time have passed.`);
