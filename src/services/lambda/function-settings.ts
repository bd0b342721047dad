/**
 * What a function is configured with: read from a request that makes or changes it, laid over
 * what it was before, and refused where Lambda would.
 */
import { parseArn } from '../../core/arn.ts';
import { supportedRuntimes } from '../../execution/runtimes.ts';
import type {
  CreateFunctionRequest,
  LoggingConfig,
  UpdateFunctionConfigurationRequest,
} from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import { checkVariables } from './environment.ts';
import { invalid, notBuilt, unsatisfied } from './errors.ts';
import type { FunctionVersion } from './store.ts';
import { findLayers } from './used-layers.ts';

export type Settings = Pick<
  FunctionVersion,
  | 'description'
  | 'runtime'
  | 'handler'
  | 'role'
  | 'timeoutSeconds'
  | 'memoryMb'
  | 'ephemeralMb'
  | 'variables'
  | 'kmsKeyArn'
  | 'layers'
  | 'tracing'
  | 'deadLetterArn'
  | 'logging'
  | 'settings'
>;

type Given = Omit<UpdateFunctionConfigurationRequest, 'FunctionName'>;

export const DEFAULTS: Settings = {
  description: '',
  role: '',
  timeoutSeconds: 3,
  memoryMb: 128,
  ephemeralMb: 512,
  layers: [],
  tracing: 'PassThrough',
  logging: { LogFormat: 'Text' },
  settings: {},
};

/** Lays what is given over `before`; throws AWS's error for what a function cannot have. */
export async function settingsFrom(call: Call, given: Given, before: Settings): Promise<Settings> {
  checkBuilt(given);
  checkMost(given);
  await checkRuntime(given.Runtime);
  const { Environment: environment, KMSKeyArn: kmsKeyArn, DeadLetterConfig: deadLetters } = given;
  if (environment?.Variables) checkVariables(call.stack, environment.Variables);
  return {
    description: given.Description ?? before.description,
    runtime: given.Runtime ?? before.runtime,
    handler: given.Handler ?? before.handler,
    role: given.Role ?? before.role,
    timeoutSeconds: given.Timeout ?? before.timeoutSeconds,
    memoryMb: given.MemorySize ?? before.memoryMb,
    ephemeralMb: given.EphemeralStorage?.Size ?? before.ephemeralMb,
    variables: environment ? environment.Variables : before.variables,
    kmsKeyArn: kmsKeyArn === undefined ? before.kmsKeyArn : kmsKeyArn || undefined,
    layers: given.Layers ? await findLayers(call, given.Layers) : before.layers,
    tracing: given.TracingConfig?.Mode ?? before.tracing,
    deadLetterArn: deadLetters ? deadLetterArn(deadLetters.TargetArn) : before.deadLetterArn,
    logging: loggingFrom(given.LoggingConfig, before.logging),
    settings: { ...before.settings, ...kept(given) },
  };
}

/** What would change how a function runs, and does not yet. */
function checkBuilt(given: Given | CreateFunctionRequest): void {
  if (given.CapacityProviderConfig) throw notBuilt('capacity providers');
  if (given.DurableConfig) throw notBuilt('durable functions');
  if (given.RuntimeConfig) throw notBuilt('custom runtimes');
  if (given.AcceleratorConfig) throw notBuilt('accelerators');
}

/** The model's maxima are those of all compute types together; these are the standard ones'. */
const MOST_SECONDS = 900;
const MOST_MB = 10_240;

function checkMost({ Timeout, MemorySize, EphemeralStorage }: Given): void {
  const check = (value: number | undefined, path: string, most: number) => {
    if (value === undefined || value <= most) return;
    throw unsatisfied(value, path, `Member must have value less than or equal to ${most}`);
  };
  check(Timeout, 'timeout', MOST_SECONDS);
  check(MemorySize, 'memorySize', MOST_MB);
  check(EphemeralStorage?.Size, 'ephemeralStorage.size', MOST_MB);
}

/** AWS's own runtimes, but not all of them run on this machine. */
async function checkRuntime(runtime: string | undefined): Promise<void> {
  if (runtime === undefined) return;
  const supported = await supportedRuntimes();
  if (supported.includes(runtime)) return;
  const those = supported.join(', ');
  throw invalid(`The runtime ${runtime} cannot run on this server. Supported are: ${those}.`);
}

/** An empty ARN takes the queue or topic away. */
function deadLetterArn(arn: string | undefined): string | undefined {
  if (!arn) return undefined;
  const service = parseArn(arn)?.service;
  if (service === 'sqs' || service === 'sns') return arn;
  throw invalid(
    `The dead letter target must be an Amazon SQS queue or an Amazon SNS topic: ${arn}`,
  );
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html */
function loggingFrom(given: LoggingConfig | undefined, before: LoggingConfig): LoggingConfig {
  if (!given) return before;
  const { LogFormat = before.LogFormat ?? 'Text', LogGroup = before.LogGroup } = given;
  const group = LogGroup === undefined ? {} : { LogGroup };
  if (LogFormat === 'JSON') {
    const ApplicationLogLevel = given.ApplicationLogLevel ?? before.ApplicationLogLevel ?? 'INFO';
    const SystemLogLevel = given.SystemLogLevel ?? before.SystemLogLevel ?? 'INFO';
    return { LogFormat, ApplicationLogLevel, SystemLogLevel, ...group };
  }
  if (given.ApplicationLogLevel !== undefined || given.SystemLogLevel !== undefined) {
    // Observed: https://github.com/aws/aws-cdk/pull/28045
    throw invalid(
      'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your ' +
        'request or change the LogFormat to "Json" and try again.',
    );
  }
  return { LogFormat, ...group };
}

/** Members that are given back as they came. */
export type KeptSettings = Pick<
  Given,
  'VpcConfig' | 'FileSystemConfigs' | 'ImageConfig' | 'SnapStart'
>;

function kept({ VpcConfig, FileSystemConfigs, ImageConfig, SnapStart }: Given) {
  const given = Object.entries({ VpcConfig, FileSystemConfigs, ImageConfig, SnapStart });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
