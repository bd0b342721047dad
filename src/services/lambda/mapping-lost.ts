/**
 * Records of a stream that were given up: the on-failure destination hears where they stand.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
import { parseArn } from '../../core/arn.ts';
import { deliver } from '../../delivery/deliver.ts';
import type { Lost } from '../../delivery/sources.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { Mapping } from './mapping.ts';
import { type FailedRun, functionOf } from './mapping-consumer.ts';

/** The writes that tell of them. */
export async function lostWrites(
  stack: Stack,
  mapping: Mapping,
  lost: Lost,
): Promise<readonly Write[]> {
  const { stream, sourceArn, functionArn, account, region } = mapping;
  const target = stream?.onFailureArn;
  const facts = factsOf(stack, mapping, lost, target);
  if (target === undefined) return facts;
  const run = lost.failure as FailedRun | undefined;
  const requestId = run?.requestId ?? stack.ids.uuid();
  const roleArn = (await functionOf(stack, mapping))?.version.value.role;
  const delivery = {
    origin: 'lambda',
    cause: requestId,
    sourceArn: functionArn,
    account,
    region,
    to: { kind: parseArn(target)?.service ?? '', arn: target },
    shape: {},
    ...(roleArn !== undefined && { roleArn }),
    sinceMs: stack.clock.nowMs(),
    hops: 0,
  };
  const body = JSON.stringify(recordOf(stack, mapping, lost, { requestId, run, sourceArn }));
  return [...facts, ...(await deliver(stack, [{ delivery, body }]))];
}

function factsOf(
  { journal, clock }: Stack,
  { sourceArn: arn }: Mapping,
  { records, why, attempts }: Lost,
  target: string | undefined,
): readonly Write[] {
  const outcome = CONDITIONS[why];
  const note = attempts === 1 ? 'after 1 attempt' : `after ${attempts} attempts`;
  const about = { arn, atMs: clock.nowMs(), outcome, note, ...(target && { target }) };
  return records.flatMap(({ cause: id }) => journal.record({ kind: 'dead-letter', id, ...about }));
}

const CONDITIONS = { attempts: 'RetryAttemptsExhausted', age: 'RecordAgeExceeded' } as const;

interface About {
  readonly requestId: string;
  readonly run: FailedRun | undefined;
  readonly sourceArn: string;
}

/** In the order in which AWS writes it. */
function recordOf(
  { clock }: Stack,
  { functionArn }: Mapping,
  lost: Lost,
  { requestId, run, sourceArn }: About,
) {
  const { why, attempts, shardId, records } = lost;
  const [first, last] = [records[0], records.at(-1)];
  const isTable = parseArn(sourceArn)?.service === 'dynamodb';
  const batchInfo = {
    shardId,
    startSequenceNumber: first?.id,
    endSequenceNumber: last?.id,
    approximateArrivalOfFirstRecord: momentOf(first?.atMs, isTable),
    approximateArrivalOfLastRecord: momentOf(last?.atMs, isTable),
    batchSize: records.length,
    streamArn: sourceArn.replace(/\/consumer\/.*$/, ''),
  };
  const { executedVersion, functionError } = run ?? {};
  const answered = why === 'attempts' && run !== undefined;
  return {
    requestContext: {
      requestId,
      functionArn,
      condition: CONDITIONS[why],
      approximateInvokeCount: attempts,
    },
    ...(answered && { responseContext: { statusCode: 200, executedVersion, functionError } }),
    version: '1.0',
    timestamp: new Date(clock.nowMs()).toISOString(),
    [isTable ? 'DDBStreamBatchInfo' : 'KinesisBatchInfo']: batchInfo,
  };
}

/** Tables tell whole seconds. */
function momentOf(atMs = 0, isWhole: boolean): string {
  const text = new Date(atMs).toISOString();
  return isWhole ? text.replace(/\.\d+Z$/, 'Z') : text;
}
