/**
 * What may be asked of an event source mapping, and of one for a queue; those for streams are in
 * `mapping-stream-rules.ts`. What is for another kind of source is refused.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
import { parseArn } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import type { Stack } from '../../delivery/stack.ts';
import { PatternError } from '../../event-patterns/error.ts';
import { parsePattern } from '../../event-patterns/pattern.ts';
import type {
  CreateEventSourceMappingRequest,
  FilterCriteria,
  UpdateEventSourceMappingRequest,
} from '../../wire/types/lambda.ts';
import type { GetQueueAttributesResult } from '../../wire/types/sqs.ts';
import { invalid, notBuilt } from './errors.ts';
import type { Resolved } from './lookup.ts';
import type { Mapping, StreamSettings } from './mapping.ts';

/** Sources that Lambda knows and millrace does not feed from yet. */
const NOT_YET: Readonly<Record<string, string>> = {
  kafka: 'event source mappings of Amazon MSK',
  mq: 'event source mappings of Amazon MQ',
  rds: 'event source mappings of Amazon DocumentDB',
};

/** Refuses every source but queues and streams; answers its ARN. */
export function checkSource(input: CreateEventSourceMappingRequest): string {
  const { EventSourceArn: arn, SelfManagedEventSource: own } = input;
  if (own) throw notBuilt('event source mappings of self-managed Apache Kafka');
  if (arn === undefined) throw invalid('EventSourceArn is required.');
  const service = parseArn(arn)?.service ?? '';
  if (service === 'sqs' || isStreamArn(arn)) return arn;
  const what = NOT_YET[service];
  if (what) throw notBuilt(what);
  throw invalid('Unrecognized event source, must be kinesis, dynamodb stream or sqs.');
}

/** Streams, consumers of streams, and streams of tables. */
export function isStreamArn(text: string): boolean {
  const { service, resource = '' } = parseArn(text) ?? {};
  if (service === 'kinesis') return /^stream\/[^/]+(\/consumer\/[^/]+)?$/.test(resource);
  return service === 'dynamodb' && /^table\/[^/]+\/stream\/[^/]+$/.test(resource);
}

const FOR_QUEUES = ['ScalingConfig', 'ProvisionedPollerConfig'] as const;

const FOR_STREAMS = [
  'StartingPositionTimestamp',
  'ParallelizationFactor',
  'DestinationConfig',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'TumblingWindowInSeconds',
] as const;

const FOR_OTHERS = [
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
  'LoggingConfig',
] as const;

type Request = CreateEventSourceMappingRequest | UpdateEventSourceMappingRequest;

/** Refuses what is for other sources; tools send empty lists and objects of it. */
export function checkParameters(input: Request, sourceArn: string): void {
  const isQueue = !isStreamArn(sourceArn);
  if (isQueue && 'StartingPosition' in input && input.StartingPosition !== undefined) {
    // Observed: boto/boto3#1613.
    throw invalid('StartingPosition is not valid for SQS event sources.');
  }
  const given = new Map<string, unknown>(Object.entries(input));
  const unsupported = [...(isQueue ? FOR_STREAMS : FOR_QUEUES), ...FOR_OTHERS];
  const wrong = unsupported.find((name) => !isEmpty(given.get(name)));
  // Observed: serverless/serverless#7049.
  if (wrong) throw invalid(`Unsupported ${wrong} parameter for given event source mapping type.`);
  if (input.ProvisionedPollerConfig?.PollerGroupName !== undefined) {
    throw invalid('Unsupported PollerGroupName parameter for given event source mapping type.');
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'object' && Object.values(value ?? {}).every(isEmpty);
}

const MOST_OF_QUEUE = 10;
const POLLERS = { least: [2, 200], most: [2, 2000] } as const;

/** Refuses settings that do not go together, or not with this kind of source. */
export function checkSettings(mapping: Mapping): void {
  if (mapping.stream) checkStreamSettings(mapping.stream);
  else checkQueueSettings(mapping);
}

const LEAST_AGE_SECONDS = 60;

/** The model lets the gap between no limit and the least one go. */
function checkStreamSettings({ maximumRecordAgeSeconds: age }: StreamSettings): void {
  if (age === -1 || age >= LEAST_AGE_SECONDS) return;
  throw invalid(`MaximumRecordAgeInSeconds must be -1, or at least ${LEAST_AGE_SECONDS}.`);
}

function checkQueueSettings(mapping: Mapping): void {
  const { batchSize, windowSeconds, maximumConcurrency, pollers } = mapping;
  const fifo = mapping.sourceArn.endsWith('.fifo');
  // Observed: aws/aws-lambda-dotnet#1758 and serverless/serverless#8989.
  if (fifo && windowSeconds > 0) throw invalid('Batching window is not supported for FIFO queues');
  if (fifo && batchSize > MOST_OF_QUEUE) {
    // The words are ours.
    throw invalid(`Batch size must not be greater than ${MOST_OF_QUEUE} for FIFO queues`);
  }
  if (batchSize > MOST_OF_QUEUE && windowSeconds === 0) {
    const window = 'Maximum batch window in seconds must be greater than 0';
    throw invalid(`${window} if maximum batch size is greater than ${MOST_OF_QUEUE}`);
  }
  if (!pollers) return;
  if (maximumConcurrency !== undefined) {
    throw invalid('ScalingConfig and ProvisionedPollerConfig are mutually exclusive.');
  }
  const { MinimumPollers: least, MaximumPollers: most } = pollers;
  checkPollers('MinimumPollers', least, POLLERS.least);
  checkPollers('MaximumPollers', most, POLLERS.most);
  if ((least ?? POLLERS.least[0]) > (most ?? POLLERS.least[1])) {
    throw invalid('MinimumPollers must not be greater than MaximumPollers.');
  }
}

function checkPollers(
  name: string,
  value: number | undefined,
  [from, to]: readonly [number, number],
): void {
  if (value === undefined || (value >= from && value <= to)) return;
  throw invalid(`${name} must be between ${from} and ${to} for SQS event sources.`);
}

/** Five, and ten on request: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
const MOST_FILTERS = 10;

/** The patterns of filter criteria; undefined where there are none. */
export function readFilters(criteria: FilterCriteria | undefined): readonly string[] | undefined {
  const filters = criteria?.Filters ?? [];
  if (filters.length === 0) return undefined;
  if (filters.length > MOST_FILTERS) {
    throw invalid(`Filter criteria must not have more than ${MOST_FILTERS} filters.`);
  }
  const patterns = filters.map(({ Pattern: pattern = '' }) => pattern);
  try {
    for (const pattern of patterns) parsePattern(pattern);
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause;
    throw invalid('Invalid filter pattern definition.');
  }
  return patterns;
}

/** Asks the queue whether it is there, may be received from, and hides messages long enough. */
export async function checkQueue(
  stack: Stack,
  { sourceArn, account, region }: Mapping,
  { version }: Resolved,
): Promise<void> {
  const arn = parseArn(sourceArn);
  if (arn?.region !== region) throw invalid('The event source must be in the Region of Lambda.');
  const attributes = await queueAttributes(stack, {
    url: `${stack.endpoint()}/${arn.account}/${arn.resource}`,
    as: { account, region, principalArn: version.value.role },
  });
  const hidden = Number(attributes.VisibilityTimeout);
  const { timeoutSeconds } = version.value;
  if (hidden >= timeoutSeconds) return;
  throw invalid(
    `Queue visibility timeout: ${hidden} seconds is less than ` +
      `Function timeout: ${timeoutSeconds} seconds`,
  );
}

interface Question {
  readonly url: string;
  readonly as: { readonly account: string; readonly region: string; readonly principalArn: string };
}

async function queueAttributes(stack: Stack, { url: QueueUrl, as }: Question) {
  try {
    const input = { QueueUrl, AttributeNames: ['VisibilityTimeout'] };
    const answer = await stack.invoke('sqs', 'GetQueueAttributes', input, as);
    return (answer as GetQueueAttributesResult).Attributes ?? {};
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    if (cause.code !== 'QueueDoesNotExist') {
      throw invalid(
        'The provided execution role does not have permissions to call ReceiveMessage on SQS',
      );
    }
    throw invalid(
      'Error occurred while ReceiveMessage. SQS Error Code: ' +
        'AWS.SimpleQueueService.NonExistentQueue. ' +
        `SQS Error Message: ${cause.message}`,
    );
  }
}
