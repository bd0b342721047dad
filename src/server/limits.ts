/**
 * How large a request's body may be, known before any of it is parsed.
 *
 * SQS, SNS and EventBridge take payloads of up to 1 MiB. On the wire those grow: JSON may write a
 * character as \u0000 (six bytes for one), a form as %00 (three for one). What is over the real
 * limit but fits here is refused by the service, in its own words.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
import type { Head } from './request.ts';

const MIB = 1024 * 1024;
const LARGEST_PAYLOAD = MIB;
const WORST_ESCAPE = 6;

export const MOST_BODY_BYTES = LARGEST_PAYLOAD * WORST_ESCAPE + MIB;

export interface BodyLimit {
  /** What is let through. */
  readonly bytes: number;
  /** What a body that is larger is refused with. */
  readonly refusal: string;
}

const USUAL: BodyLimit = {
  bytes: MOST_BODY_BYTES,
  refusal: `The request body is larger than ${MOST_BODY_BYTES} bytes.`,
};

function lambdaLimit(operation: string, bytes: number, leeway = 0): BodyLimit {
  const refusal = `Request must be smaller than ${bytes} bytes for the ${operation} operation`;
  return { bytes: bytes + leeway, refusal };
}

/** A zip file of 50 MB in base64, and the rest of the request. */
const LARGEST_CODE = 70_167_211;
/** The operations refuse payloads a little too large themselves, and tell their size. */
const PAYLOAD_LEEWAY = 100 * 1024;
const LAMBDA_LIMITS: readonly (readonly [RegExp, BodyLimit])[] = [
  [/^POST \/2015-03-31\/functions\/?$/, lambdaLimit('CreateFunction', LARGEST_CODE)],
  [/^PUT \/2015-03-31\/functions\/[^/]+\/code$/, lambdaLimit('UpdateFunctionCode', LARGEST_CODE)],
  [
    /^POST \/2018-10-31\/layers\/[^/]+\/versions$/,
    lambdaLimit('PublishLayerVersion', LARGEST_CODE),
  ],
  [
    /^POST \/20\d\d-\d\d-\d\d\/functions\/[^/]+\/(?:.*-)?(?:invocations|invoke-async\/?)$/,
    lambdaLimit('InvokeFunction', 6 * MIB, PAYLOAD_LEEWAY),
  ],
];

/**
 * PutRecords takes 10 MiB, which are a third more in base64, and 500 partition keys; PutRecord one
 * record of as much. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
const LARGEST_RECORDS = 16 * MIB;
const KINESIS: BodyLimit = {
  bytes: LARGEST_RECORDS,
  refusal: `The request body is larger than ${LARGEST_RECORDS} bytes.`,
};
const KINESIS_PUT = 'Kinesis_20131202.PutRecord';

/** "The size of a request must not exceed 16 MB", as BatchWriteItem's reference says. */
const LARGEST_BATCH = 16 * MIB;
const DYNAMODB: BodyLimit = {
  bytes: LARGEST_BATCH,
  refusal: `The request body is larger than ${LARGEST_BATCH} bytes.`,
};
const DYNAMODB_TARGET = 'DynamoDB_20120810.';

/** Only Lambda's paths begin with a year. */
const YEAR = '/20';

/**
 * The limit of a request's body. Kinesis and DynamoDB take more, and Lambda where code is uploaded,
 * with words of its own, as seen in https://github.com/motdotla/node-lambda/issues/123 and
 * https://github.com/awslabs/aws-athena-query-federation/issues/793.
 */
export function bodyLimit({
  method,
  path,
  header,
}: Pick<Head, 'method' | 'path' | 'header'>): BodyLimit {
  const target = header('x-amz-target');
  if (target?.startsWith(KINESIS_PUT)) return KINESIS;
  if (target?.startsWith(DYNAMODB_TARGET)) return DYNAMODB;
  if (!path.startsWith(YEAR)) return USUAL;
  const asked = `${method} ${path}`;
  return LAMBDA_LIMITS.find(([pattern]) => pattern.test(asked))?.[1] ?? USUAL;
}

export const LIMITS = {
  /** Headers of a request must be in by then, counted from its first byte. */
  headersMs: 10_000,
  /** The whole request must be in by then. */
  requestMs: 30_000,
  /** How often connections are held against the two. */
  checkEveryMs: 5_000,
  headerBytes: 16 * 1024,
  connections: 10_000,
  /** Idle connections are kept longer than SDKs keep them (60 s in Java's), so they close first. */
  keepAliveMs: 65_000,
} as const;
