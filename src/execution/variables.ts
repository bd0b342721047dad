/**
 * The environment variables of a function. Nothing of this process is passed on but the PATH.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
import type { FunctionSpec } from './execution.ts';
import type { RuntimeFamily } from './runtimes.ts';

export interface Places {
  /** The code's folder: `/var/task` on AWS. */
  readonly task: string;
  /** The layers' folder: `/opt` on AWS. */
  readonly opt: string | undefined;
  /** The bootstrap's folder: `/var/runtime` on AWS. */
  readonly runtime: string;
  readonly temporary: string;
}

export function variablesOf(
  spec: FunctionSpec,
  family: RuntimeFamily,
  places: Places,
  known: { readonly api: string; readonly stream: string; readonly modules: readonly string[] },
): Readonly<Record<string, string>> {
  const { credentials, region, log } = spec;
  // What the function may set itself.
  const free = {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    TMPDIR: places.temporary,
    AWS_ENDPOINT_URL: spec.endpoint,
    ...paths(family, places, known.modules),
  };
  const reserved = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: spec.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: log.group,
    AWS_LAMBDA_LOG_STREAM_NAME: known.stream,
    AWS_LAMBDA_INITIALIZATION_TYPE: spec.initialization,
    AWS_LAMBDA_RUNTIME_API: known.api,
    // Programs of one's own have none: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
    ...(family !== 'provided' && { AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}` }),
    ...(log.format === 'JSON' && {
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      AWS_LAMBDA_LOG_LEVEL: log.applicationLevel ?? 'INFO',
    }),
    LAMBDA_TASK_ROOT: places.task,
    LAMBDA_RUNTIME_DIR: places.runtime,
    _HANDLER: spec.handler,
  };
  return { ...free, ...spec.variables, ...reserved };
}

function paths(
  family: RuntimeFamily,
  { task, opt }: Places,
  modules: readonly string[],
): Readonly<Record<string, string>> {
  const below = (...names: readonly string[]) =>
    opt === undefined ? [] : names.map((name) => `${opt}/${name}`);
  const join = (parts: readonly string[]) => parts.join(':');
  const path = process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  const common = {
    PATH: join([...below('bin'), path]),
    LD_LIBRARY_PATH: join([task, `${task}/lib`, ...below('lib')]),
  };
  if (family === 'node') {
    const node = [...below('nodejs/node_modules'), ...modules];
    return node.length === 0 ? common : { ...common, NODE_PATH: join(node) };
  }
  if (family === 'python') {
    return { ...common, PYTHONPATH: join([task, ...below('python')]) };
  }
  return common;
}
