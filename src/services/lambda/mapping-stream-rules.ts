/**
 * What may be asked of an event source mapping for a stream.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 */
import { parseArn } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import type { Start } from '../../delivery/sources.ts';
import type { Stack } from '../../delivery/stack.ts';
import type {
  CreateEventSourceMappingRequest,
  DestinationConfig,
  UpdateEventSourceMappingRequest,
} from '../../wire/types/lambda.ts';
import { invalid, notBuilt } from './errors.ts';
import type { Resolved } from './lookup.ts';
import type { Mapping, StreamSettings } from './mapping.ts';
import { isStreamArn } from './mapping-rules.ts';

const NO_LIMIT = -1;

const DEFAULTS = {
  parallelizationFactor: 1,
  maximumRetryAttempts: NO_LIMIT,
  maximumRecordAgeSeconds: NO_LIMIT,
  bisects: false,
  tumblingSeconds: 0,
};

/** Undefined for a queue. */
export function streamSettings(
  { clock }: Stack,
  input: CreateEventSourceMappingRequest,
  sourceArn: string,
): StreamSettings | undefined {
  if (!isStreamArn(sourceArn)) return undefined;
  const start = startOf(clock.nowMs(), input, sourceArn);
  return { ...DEFAULTS, start, ...streamChanges(input) };
}

function startOf(nowMs: number, input: CreateEventSourceMappingRequest, sourceArn: string): Start {
  const { StartingPosition: at, StartingPositionTimestamp: sinceMs } = input;
  if (at === undefined) {
    const what = "Value null at 'startingPosition' failed to satisfy constraint";
    throw invalid(`1 validation error detected: ${what}: Member must not be null.`);
  }
  if (at !== 'AT_TIMESTAMP') {
    // The words of this and of what follows are ours, but for those of tables.
    if (sinceMs === undefined) return { at };
    throw invalid('StartingPositionTimestamp is only valid with StartingPosition AT_TIMESTAMP.');
  }
  if (parseArn(sourceArn)?.service === 'dynamodb') {
    throw invalid(`Unsupported starting position for arn type: ${sourceArn}`);
  }
  if (sinceMs === undefined) {
    throw invalid('StartingPositionTimestamp is required with StartingPosition AT_TIMESTAMP.');
  }
  if (sinceMs > nowMs) throw invalid('StartingPositionTimestamp must not be in the future.');
  return { at, sinceMs };
}

/** What a request names of it; everything else stays. */
export function streamChanges(
  input: CreateEventSourceMappingRequest | UpdateEventSourceMappingRequest,
): Partial<StreamSettings> {
  const {
    ParallelizationFactor: parallelizationFactor,
    MaximumRetryAttempts: maximumRetryAttempts,
    MaximumRecordAgeInSeconds: maximumRecordAgeSeconds,
    BisectBatchOnFunctionError: bisects,
    TumblingWindowInSeconds: tumblingSeconds,
    DestinationConfig: destinations,
  } = input;
  return {
    ...(parallelizationFactor !== undefined && { parallelizationFactor }),
    ...(maximumRetryAttempts !== undefined && { maximumRetryAttempts }),
    ...(maximumRecordAgeSeconds !== undefined && { maximumRecordAgeSeconds }),
    ...(bisects !== undefined && { bisects }),
    ...(tumblingSeconds !== undefined && { tumblingSeconds }),
    ...(destinations && { onFailureArn: onFailureOf(destinations) }),
  };
}

/** An empty object, or an empty ARN, takes the destination away. */
function onFailureOf({ OnSuccess, OnFailure }: DestinationConfig): string | undefined {
  if (OnSuccess?.Destination) {
    throw invalid('Unsupported OnSuccess parameter for given event source mapping type.');
  }
  const text = OnFailure?.Destination;
  if (!text) return undefined;
  const service = parseArn(text)?.service;
  if (service === 's3') throw notBuilt('S3 buckets as destinations');
  const isTarget = service === 'sqs' || service === 'sns';
  if (isTarget && !text.endsWith('.fifo')) return text;
  throw invalid(`The destination ARN ${text} is invalid.`);
}

/** Asks the stream whether it is there and may be read. */
export async function checkStream(
  stack: Stack,
  { sourceArn, account, region }: Mapping,
  { version }: Resolved,
): Promise<void> {
  const arn = parseArn(sourceArn);
  if (arn?.region !== region) throw invalid('The event source must be in the Region of Lambda.');
  const [service, operation, input] = questionFor(sourceArn);
  const as = { account, region, principalArn: version.value.role };
  try {
    await stack.invoke(service, operation, input, as);
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    if (cause.code === 'ResourceNotFoundException') {
      throw invalid(`Stream not found: ${sourceArn}`);
    }
    // Observed: aws-samples/cross-account-amazon-dynamodb-replication#11.
    throw invalid(
      `Cannot access stream ${sourceArn}. Please ensure the role can perform the GetRecords, ` +
        'GetShardIterator, DescribeStream, ListShards, and ListStreams Actions on your stream ' +
        'in IAM.',
    );
  }
}

function questionFor(arn: string): readonly [service: string, operation: string, input: object] {
  if (parseArn(arn)?.service === 'dynamodb') {
    return ['dynamodbstreams', 'DescribeStream', { StreamArn: arn }];
  }
  if (arn.includes('/consumer/'))
    return ['kinesis', 'DescribeStreamConsumer', { ConsumerARN: arn }];
  return ['kinesis', 'DescribeStreamSummary', { StreamARN: arn }];
}
