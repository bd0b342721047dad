/**
 * Event source mappings: which queue or stream feeds which function, and how.
 *
 * Every change is answered while it is still under way: a job brings the mapping to its new state,
 * and as long as it has not, nothing else may be changed.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type {
  CreateEventSourceMappingRequest,
  EventSourceMappingConfiguration,
  Operations,
  ProvisionedPollerConfig,
  ScalingConfig,
  UpdateEventSourceMappingRequest,
} from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import { parseIdentifier, type Qualified, qualifiedArn } from './arns.ts';
import { change } from './change.ts';
import { conflict, fault, invalid, missing } from './errors.ts';
import { findFunction, type Resolved, readIdentifier, resolveKnown } from './lookup.ts';
import {
  EVERYWHERE,
  isInTransition,
  type Mapping,
  mappingArn,
  mappingsOf,
  type StreamSettings,
} from './mapping.ts';
import { beginning } from './mapping-pollers.ts';
import {
  checkParameters,
  checkQueue,
  checkSettings,
  checkSource,
  readFilters,
} from './mapping-rules.ts';
import { arrival } from './mapping-states.ts';
import { checkStream, streamChanges, streamSettings } from './mapping-stream-rules.ts';
import { partitionOf } from './store.ts';
import { checkTags } from './tags.ts';

type Answer = EventSourceMappingConfiguration;

const DEFAULT_BATCH_SIZE = { queue: 10, stream: 100 };
/** https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
const PAGE = 100;

export const CreateEventSourceMapping: Operation<Operations['CreateEventSourceMapping']> = (
  call,
  input,
) =>
  change(call.stack, async () => {
    const { stack } = call;
    const sourceArn = checkSource(input);
    checkParameters(input, sourceArn);
    checkTags(input.Tags ?? {});
    const mapping = drafted(call, input, sourceArn);
    checkSettings(mapping);
    const resolved = await fedFunction(stack, readIdentifier(call, input));
    await checkAccess(stack, mapping, resolved);
    const place = partitionOf(call);
    const { rows, places } = mappingsOf(stack);
    // Two creations race for the place, so that neither misses the other.
    const known = await places.get(EVERYWHERE, place);
    checkNew(mapping, await rows.list(place), resolved.address.name);
    const { modifiedAtMs: createdAtMs } = mapping;
    return {
      writes: [
        places.put(EVERYWHERE, place, { createdAtMs }, known?.version ?? 0),
        rows.put(place, mapping.uuid, mapping, 0),
        ...(await beginning(stack, mapping)),
        arrival(stack, mapping, mapping.enabled ? 'Enabled' : 'Disabled'),
      ],
      answer: await described(stack, mapping),
    };
  });

/** Observed: https://github.com/hashicorp/terraform-provider-aws/pull/17933 */
async function fedFunction(stack: Stack, address: Qualified): Promise<Resolved> {
  if (!(await findFunction(stack, address))) throw invalid('Function does not exist');
  return resolveKnown(stack, address);
}

function drafted(call: Call, input: CreateEventSourceMappingRequest, sourceArn: string): Mapping {
  const { account, region, stack } = call;
  const address = readIdentifier(call, input);
  const stream = streamSettings(stack, input, sourceArn);
  return {
    uuid: stack.ids.uuid(),
    account,
    region,
    sourceArn,
    functionArn: qualifiedArn(address, address.qualifier),
    state: 'Creating',
    enabled: input.Enabled ?? true,
    batchSize: input.BatchSize ?? DEFAULT_BATCH_SIZE[stream ? 'stream' : 'queue'],
    windowSeconds: input.MaximumBatchingWindowInSeconds ?? 0,
    filters: readFilters(input.FilterCriteria),
    kmsKeyArn: input.KMSKeyArn || undefined,
    reportsItemFailures: reportsItemFailures(input),
    maximumConcurrency: input.ScalingConfig?.MaximumConcurrency,
    pollers: pollersIn(input.ProvisionedPollerConfig),
    metrics: input.MetricsConfig,
    stream,
    tags: input.Tags ?? {},
    modifiedAtMs: stack.clock.nowMs(),
  };
}

function checkAccess(stack: Stack, mapping: Mapping, resolved: Resolved): Promise<void> {
  const check = mapping.stream ? checkStream : checkQueue;
  return check(stack, mapping, resolved);
}

/** An empty object asks for none. */
function pollersIn(config: ProvisionedPollerConfig | undefined) {
  return config && Object.keys(config).length > 0 ? config : undefined;
}

function reportsItemFailures({
  FunctionResponseTypes: types,
}: Pick<CreateEventSourceMappingRequest, 'FunctionResponseTypes'>): boolean {
  return types?.includes('ReportBatchItemFailures') ?? false;
}

/** In AWS's words (observed: getlift/lift#295, aws/serverless-application-model#1320). */
function checkNew(mapping: Mapping, others: readonly Stored<Mapping>[], name: string): void {
  const { sourceArn, functionArn, uuid } = mapping;
  const same = others.find(
    ({ value }) =>
      value.uuid !== uuid && value.sourceArn === sourceArn && value.functionArn === functionArn,
  );
  if (!same) return;
  const exists = 'already exists. Please update or delete the existing mapping with UUID';
  const [source, provided] = mapping.stream
    ? [`The event source arn (" ${sourceArn} ")`, 'provided mapping ']
    : [`An event source mapping with SQS arn (" ${sourceArn} ")`, ''];
  throw conflict(`${source} and function (" ${name} ") ${provided}${exists} ${same.key}`);
}

export const GetEventSourceMapping: Operation<Operations['GetEventSourceMapping']> = async (
  call,
  input,
) => described(call.stack, (await known(call, input.UUID)).value);

export const ListEventSourceMappings: Operation<Operations['ListEventSourceMappings']> = async (
  call,
  input,
) => {
  const { EventSourceArn: sourceArn, FunctionName: name, Marker, MaxItems = PAGE } = input;
  const address = name === undefined ? undefined : parseIdentifier(name, call);
  if (name !== undefined && !address) throw invalid(`Invalid function name: ${name}`);
  const functionArn = address && qualifiedArn(address, address.qualifier);
  const all = (await mappingsOf(call.stack).rows.list(partitionOf(call))).filter(
    ({ value }) =>
      (sourceArn === undefined || value.sourceArn === sourceArn) &&
      (functionArn === undefined || value.functionArn === functionArn),
  );
  const asked = [call.operation, call.account, call.region, sourceArn, functionArn];
  const question = { asked, limit: Math.min(MaxItems, PAGE), token: Marker || undefined };
  const page = pageOf(all, ({ key }) => key, question);
  if (!page) throw invalid('Invalid value for parameter: Marker');
  return {
    NextMarker: page.token,
    EventSourceMappings: await Promise.all(
      page.items.map(({ value }) => described(call.stack, value)),
    ),
  };
};

export const UpdateEventSourceMapping: Operation<Operations['UpdateEventSourceMapping']> = (
  call,
  input,
) =>
  change(call.stack, async () => {
    const { stack } = call;
    const { value: before, version } = await known(call, input.UUID);
    checkParameters(input, before.sourceArn);
    if (isInTransition(before)) throw inUse('update');
    const modifiedAtMs = stack.clock.nowMs();
    const stream = before.stream && { ...before.stream, ...streamChanges(input) };
    const updated = { ...before, ...changes(call, input), stream, modifiedAtMs };
    checkSettings(updated);
    const resolved = await fedFunction(stack, addressOf(call, updated.functionArn));
    await checkAccess(stack, updated, resolved);
    const { rows } = mappingsOf(stack);
    const place = partitionOf(call);
    checkNew(updated, await rows.list(place), resolved.address.name);
    const enabled = input.Enabled ?? before.enabled;
    const state = enabled === before.enabled ? 'Updating' : enabled ? 'Enabling' : 'Disabling';
    const mapping: Mapping = { ...updated, enabled, state };
    const to = enabled ? 'Enabled' : 'Disabled';
    return {
      writes: [rows.put(place, mapping.uuid, mapping, version), arrival(stack, mapping, to)],
      answer: await described(stack, mapping),
    };
  });

/** What an update names; everything else stays. An empty object or text takes a setting away. */
function changes(call: Call, input: UpdateEventSourceMappingRequest): Partial<Mapping> {
  const { ScalingConfig: scaling, ProvisionedPollerConfig: pollers } = input;
  const { FunctionName, FunctionResponseTypes, FilterCriteria, KMSKeyArn, MetricsConfig } = input;
  const address = FunctionName === undefined ? undefined : readIdentifier(call, { FunctionName });
  return {
    ...(address && { functionArn: qualifiedArn(address, address.qualifier) }),
    ...(input.BatchSize !== undefined && { batchSize: input.BatchSize }),
    ...(input.MaximumBatchingWindowInSeconds !== undefined && {
      windowSeconds: input.MaximumBatchingWindowInSeconds,
    }),
    ...(FilterCriteria && { filters: readFilters(FilterCriteria) }),
    ...(KMSKeyArn !== undefined && { kmsKeyArn: KMSKeyArn || undefined }),
    ...(FunctionResponseTypes && { reportsItemFailures: reportsItemFailures(input) }),
    ...(scaling && { maximumConcurrency: scaling.MaximumConcurrency }),
    ...(pollers && { pollers: pollersIn(pollers) }),
    ...(MetricsConfig && { metrics: MetricsConfig }),
  };
}

function addressOf(call: Call, functionArn: string) {
  return readIdentifier(call, { FunctionName: functionArn });
}

export const DeleteEventSourceMapping: Operation<Operations['DeleteEventSourceMapping']> = (
  call,
  input,
) =>
  change(call.stack, async () => {
    const { stack } = call;
    const { value: before, version } = await known(call, input.UUID);
    if (isInTransition(before)) throw inUse('delete');
    const modifiedAtMs = stack.clock.nowMs();
    const mapping: Mapping = { ...before, state: 'Deleting', modifiedAtMs };
    return {
      writes: [
        mappingsOf(stack).rows.put(partitionOf(call), mapping.uuid, mapping, version),
        arrival(stack, mapping, 'gone'),
      ],
      answer: await described(stack, mapping),
    };
  });

function inUse(what: 'update' | 'delete') {
  const message = `Cannot ${what} the event source mapping because it is in use.`;
  return fault('ResourceInUseException', message, { fields: { Type: 'User' } });
}

async function known(call: Call, uuid: string): Promise<Stored<Mapping>> {
  const stored = await mappingsOf(call.stack).rows.get(partitionOf(call), uuid);
  if (!stored) throw missing('The resource you requested does not exist.');
  return stored;
}

async function described(stack: Stack, mapping: Mapping): Promise<Answer> {
  const { uuid, filters, maximumConcurrency } = mapping;
  const result = await mappingsOf(stack).results.get(partitionOf(mapping), uuid);
  const scaling: ScalingConfig | undefined =
    maximumConcurrency === undefined ? undefined : { MaximumConcurrency: maximumConcurrency };
  return {
    UUID: uuid,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSeconds,
    EventSourceArn: mapping.sourceArn,
    FilterCriteria: filters && { Filters: filters.map((Pattern) => ({ Pattern })) },
    KMSKeyArn: mapping.kmsKeyArn,
    MetricsConfig: mapping.metrics,
    ScalingConfig: scaling,
    ...(mapping.stream && describedStream(mapping.stream)),
    FunctionArn: mapping.functionArn,
    LastModified: mapping.modifiedAtMs,
    LastProcessingResult: result?.value.result ?? 'No records processed',
    State: mapping.state,
    StateTransitionReason: mapping.stream ? 'User action' : 'USER_INITIATED',
    FunctionResponseTypes: mapping.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
    EventSourceMappingArn: mappingArn(mapping),
    ProvisionedPollerConfig: mapping.pollers,
  };
}

function describedStream(stream: StreamSettings): Answer {
  const { start, onFailureArn } = stream;
  return {
    StartingPosition: start.at,
    StartingPositionTimestamp: start.at === 'AT_TIMESTAMP' ? start.sinceMs : undefined,
    ParallelizationFactor: stream.parallelizationFactor,
    DestinationConfig: { OnFailure: onFailureArn ? { Destination: onFailureArn } : {} },
    MaximumRecordAgeInSeconds: stream.maximumRecordAgeSeconds,
    BisectBatchOnFunctionError: stream.bisects,
    MaximumRetryAttempts: stream.maximumRetryAttempts,
    TumblingWindowInSeconds: stream.tumblingSeconds,
  };
}
