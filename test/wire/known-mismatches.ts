/**
 * Operations that do not come through their JavaScript client unchanged, and why not: `in` is the
 * request, `out` the answer, `none` says that the client has no such command.
 */
interface Known {
  readonly reason: string;
  readonly operations: Readonly<Record<string, readonly string[]>>;
}

const KNOWN: readonly Known[] = [
  {
    reason: 'botocore is newer than the client: the client lacks the command.',
    operations: {
      cloudwatch: [
        'none DeleteMetricDataQueryDefinition',
        'none GetMetricDataQueryDefinition',
        'none ListMetricDataQueryDefinitions',
        'none PutMetricDataQueryDefinition',
      ],
      kinesis: [
        'none AcknowledgeDeadLetterQueueRecords',
        'none AcknowledgeQueueRecords',
        'none CreateQueue',
        'none DeleteQueue',
        'none DescribeQueue',
        'none ListQueues',
        'none ReceiveDeadLetterQueueRecords',
        'none ReceiveQueueRecords',
        'none RestoreDeadLetterQueueRecords',
        'none UpdateDeadLetterQueueRecordsVisibility',
        'none UpdateQueue',
        'none UpdateQueueRecordsVisibility',
      ],
      lambda: [
        'none DeleteDurableExecution',
        'none PauseDurableExecution',
        'none ResumeDurableExecution',
      ],
      secretsmanager: [
        'none AssociateCrossAccountReplica',
        'none DisassociateCrossAccountReplica',
        'none ListResourcePolicies',
      ],
    },
  },
  {
    reason: 'The client has left out operations that AWS replaced long ago.',
    operations: {
      s3: [
        'none GetBucketLifecycle',
        'none GetBucketNotification',
        'none PutBucketLifecycle',
        'none PutBucketNotification',
      ],
    },
  },
  {
    reason: 'botocore is newer than the client: the client lacks members.',
    operations: {
      apigateway: [
        'in CreateAuthorizer',
        'out CreateAuthorizer',
        'out GetAuthorizer',
        'out GetAuthorizers',
        'out UpdateAuthorizer',
      ],
      dynamodbstreams: ['in GetShardIterator'],
      kinesis: ['out DescribeStreamSummary'],
      kms: ['in ListKeys'],
      lambda: [
        'in CreateFunction',
        'in UpdateFunctionConfiguration',
        'out CreateFunction',
        'out GetDurableExecution',
        'out GetDurableExecutionHistory',
        'out GetFunction',
        'out GetFunctionConfiguration',
        'out ListFunctions',
        'out ListVersionsByFunction',
        'out PublishVersion',
        'out UpdateFunctionCode',
        'out UpdateFunctionConfiguration',
      ],
      s3: [
        'out AbortMultipartUpload',
        'out CreateMultipartUpload',
        'out ListMultipartUploads',
        'out UploadPart',
        'out UploadPartCopy',
      ],
      secretsmanager: [
        'in CreateSecret',
        'in DeleteResourcePolicy',
        'in GetResourcePolicy',
        'in PutResourcePolicy',
        'out DeleteResourcePolicy',
        'out DescribeSecret',
        'out GetResourcePolicy',
        'out PutResourcePolicy',
      ],
    },
  },
  {
    reason: 'The client reads `Expires` as a date, which the sample is not.',
    operations: { s3: ['out GetObject', 'out HeadObject'] },
  },
  {
    reason: 'The client calls part number markers texts; the model calls them integers.',
    operations: { s3: ['out GetObjectAttributes', 'out ListParts'] },
  },
  {
    reason: 'Told apart from ListBuckets by the host and signing name of S3 Express only.',
    operations: { s3: ['in ListDirectoryBuckets'] },
  },
  {
    reason: 'The client leaves out a paging position that this operation never had.',
    operations: { apigateway: ['out GetSdkTypes'] },
  },
];

export function knownMismatches(service: string): readonly string[] {
  return KNOWN.flatMap(({ operations }) => operations[service] ?? []);
}
