/** A version of a function as its owner sees it. */
import { createHash } from 'node:crypto';
import { arnOf } from '../../core/arn.ts';
import type {
  FunctionConfiguration,
  RuntimeVersionConfig,
  VpcConfig,
} from '../../wire/types/lambda.ts';
import { type FunctionAddress, qualifiedArn } from './arns.ts';
import type { KeptSettings } from './function-settings.ts';
import type { FunctionVersion } from './store.ts';

/** `2026-01-15T10:00:00.000+0000`, as Lambda writes moments. */
export function moment(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+0000');
}

/** As lists show it: without state, and without the version of the runtime. */
export function briefConfiguration(
  address: FunctionAddress,
  version: FunctionVersion,
  qualifier?: string,
): FunctionConfiguration {
  const { settings, layers, logging } = version;
  return {
    FunctionName: address.name,
    FunctionArn: qualifiedArn(address, qualifier),
    Runtime: version.runtime,
    Role: version.role,
    Handler: version.handler,
    CodeSize: version.codeBytes,
    Description: version.description,
    Timeout: version.timeoutSeconds,
    MemorySize: version.memoryMb,
    LastModified: moment(version.modifiedAtMs),
    CodeSha256: version.codeSha256,
    Version: version.version,
    ...(version.deadLetterArn !== undefined && {
      DeadLetterConfig: { TargetArn: version.deadLetterArn },
    }),
    ...(version.variables && { Environment: { Variables: { ...version.variables } } }),
    ...(version.kmsKeyArn !== undefined && { KMSKeyArn: version.kmsKeyArn }),
    TracingConfig: { Mode: version.tracing },
    RevisionId: version.revisionId,
    ...(layers.length > 0 && {
      Layers: layers.map(({ arn, bytes }) => ({ Arn: arn, CodeSize: bytes })),
    }),
    PackageType: 'Zip',
    Architectures: [...version.architectures],
    EphemeralStorage: { Size: version.ephemeralMb },
    LoggingConfig: { ...logging, LogGroup: logging.LogGroup ?? `/aws/lambda/${address.name}` },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    ...shownSettings(settings),
  };
}

/** What is stored as it came, in the shape that answers have. */
function shownSettings(settings: FunctionVersion['settings']): FunctionConfiguration {
  const { VpcConfig, FileSystemConfigs, ImageConfig, SnapStart } = settings as KeptSettings;
  return {
    ...(VpcConfig && { VpcConfig: shownVpc(VpcConfig) }),
    ...(FileSystemConfigs && { FileSystemConfigs }),
    ...(ImageConfig && { ImageConfigResponse: { ImageConfig } }),
    ...(SnapStart && { SnapStart: { ...SnapStart, OptimizationStatus: 'Off' } }),
  };
}

/** Which network a subnet belongs to is not known here. */
function shownVpc({ SubnetIds = [], SecurityGroupIds = [], ...rest }: VpcConfig) {
  const { Ipv6AllowedForDualStack = false } = rest;
  return { SubnetIds, SecurityGroupIds, VpcId: '', Ipv6AllowedForDualStack };
}

const IN_THE_MAKING = {
  StateReason: 'The function is being created.',
  StateReasonCode: 'Creating',
} as const;

/** Observed; the code is not one of the model's. */
const UNDER_WAY = {
  LastUpdateStatusReason: IN_THE_MAKING.StateReason,
  LastUpdateStatusReasonCode: IN_THE_MAKING.StateReasonCode as string,
} as Pick<FunctionConfiguration, 'LastUpdateStatusReason' | 'LastUpdateStatusReasonCode'>;

/**
 * All there is to know. A function that is being made has no update to speak of yet.
 * Observed: https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html has the states.
 */
export function configuration(
  address: FunctionAddress,
  version: FunctionVersion,
  qualifier?: string,
): FunctionConfiguration {
  const { state, update, runtime } = version;
  return {
    ...briefConfiguration(address, version, qualifier),
    State: state,
    ...(state === 'Pending' ? IN_THE_MAKING : { LastUpdateStatus: update }),
    ...(state !== 'Pending' && update === 'InProgress' && UNDER_WAY),
    ...(runtime !== undefined && { RuntimeVersionConfig: runtimeVersion(address.region, runtime) }),
  };
}

/** Stands for the runtime as it is on this machine; there is but one version of each. */
export function runtimeVersion(region: string, runtime: string): RuntimeVersionConfig {
  const hash = createHash('sha256').update(runtime).digest('hex');
  return { RuntimeVersionArn: arnOf('lambda', region, '', `runtime:${hash}`) };
}
