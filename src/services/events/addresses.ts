/**
 * Targets by their ARNs: which kind of target takes the event, and what it needs besides.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
 */
import { parseArn } from '../../core/arn.ts';
import type { Address } from '../../delivery/targets.ts';
import type { HttpParameters, Target } from '../../wire/types/events.ts';
import { isDynamic, resolved } from './dynamic-parameters.ts';

/** What stands in the ARNs of targets that EventBridge has and millrace has not yet. */
const UNBUILT: Readonly<Record<string, string>> = {
  appsync: 'AppSync',
  batch: 'Batch',
  codebuild: 'CodeBuild',
  codepipeline: 'CodePipeline',
  ec2: 'EC2',
  ecs: 'ECS',
  'execute-api': 'API Gateway',
  firehose: 'Firehose',
  inspector: 'Inspector',
  redshift: 'Redshift Data',
  'redshift-serverless': 'Redshift Data',
  sagemaker: 'SageMaker',
  ssm: 'Systems Manager',
  'ssm-incidents': 'Incident Manager',
  states: 'Step Functions',
};

/** Name of the kind of target for API destinations. */
export const API_DESTINATION = 'api-destination';

export type Destination =
  | { readonly kind: 'built'; readonly address: Address }
  | { readonly kind: 'unbuilt'; readonly name: string }
  | { readonly kind: 'malformed' };

/** Where a target's events go. */
export function destinationOf(target: Target): Destination {
  const arn = parseArn(target.Arn);
  if (!arn) return { kind: 'malformed' };
  const built = (kind: string, params?: Address['params']): Destination => {
    return { kind: 'built', address: { kind, arn: target.Arn, ...(params && { params }) } };
  };
  switch (arn.service) {
    case 'sqs':
    case 'sns':
      return built(arn.service);
    case 'lambda':
      return arn.resource.startsWith('function:') ? built('lambda') : { kind: 'malformed' };
    case 'kinesis':
      if (!arn.resource.startsWith('stream/')) return { kind: 'malformed' };
      return built('kinesis', keyParams(target.KinesisParameters?.PartitionKeyPath));
    case 'logs':
      return built('logs', { isShaped: isShaped(target) });
    case 'events':
      if (arn.resource.startsWith('event-bus/')) return built('events');
      if (arn.resource.startsWith('api-destination/')) {
        return built(API_DESTINATION, httpParams(target.HttpParameters));
      }
      return { kind: 'malformed' };
    default:
      return { kind: 'unbuilt', name: UNBUILT[arn.service] ?? arn.service };
  }
}

/** Whether the target gets something else than the event as it is. */
export function isShaped({ Input, InputPath, InputTransformer }: Target): boolean {
  return Input !== undefined || InputPath !== undefined || InputTransformer !== undefined;
}

function httpParams(http: HttpParameters | undefined): Address['params'] {
  return http && { http, isDynamic: valuesOf(http).some(isDynamic) };
}

function keyParams(partitionKey: string | undefined): Address['params'] {
  return partitionKey === undefined
    ? undefined
    : { partitionKey, isDynamic: isDynamic(partitionKey) };
}

function valuesOf(http: HttpParameters): readonly string[] {
  const { PathParameterValues: path, HeaderParameters, QueryStringParameters } = http;
  const named = [HeaderParameters, QueryStringParameters];
  return [...(path ?? []), ...named.flatMap((values) => Object.values(values ?? {}))];
}

/** The address with those of its parameters filled in that are read from the event. */
export function addressFor(address: Address, event: string): Address {
  if (!address.params?.isDynamic) return address;
  const { partitionKey } = address.params;
  if (typeof partitionKey === 'string') {
    return { ...address, params: { partitionKey: resolved(partitionKey, event) } };
  }
  const http = address.params.http as HttpParameters;
  const filled = (values: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, resolved(value, event)]),
    );
  const read: HttpParameters = {
    PathParameterValues: http.PathParameterValues?.map((value) => resolved(value, event)),
    HeaderParameters: filled(http.HeaderParameters),
    QueryStringParameters: filled(http.QueryStringParameters),
  };
  return { ...address, params: { http: read } };
}
