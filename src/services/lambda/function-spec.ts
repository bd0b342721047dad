/** A function's version as execution sees it. */
import type { Stack } from '../../delivery/stack.ts';
import type { Code, FunctionSpec } from '../../execution/execution.ts';
import type { Stored } from '../../storage/collection.ts';
import type { LoggingConfig } from '../../wire/types/lambda.ts';
import { functionArn } from './arns.ts';
import { readCode } from './code.ts';
import { functionCredentials } from './function-credentials.ts';
import { handlersOf } from './handlers.ts';
import type { Resolved } from './lookup.ts';
import type { FunctionVersion, StoredCode } from './store.ts';

const specs = new WeakMap<Stored<FunctionVersion>, FunctionSpec>();

/** Differs after each change of a version. */
export function specKey(functionArn: string, { version, revisionId }: FunctionVersion): string {
  return `${functionArn}:${version}:${revisionId}`;
}

/** The same object for as long as version, handler and endpoint stay as they are. */
export function specOf(stack: Stack, { address, version }: Resolved): FunctionSpec {
  const arn = functionArn(address);
  const { value } = version;
  const code = codeOf(stack, arn, value.code);
  const before = specs.get(version);
  const endpoint = stack.endpoint();
  if (before?.endpoint === endpoint && isSame(before.code, code)) return before;
  const spec: FunctionSpec = {
    key: specKey(arn, value),
    name: address.name,
    version: version.key,
    arn,
    account: address.account,
    region: address.region,
    runtime: value.runtime,
    handler: value.handler ?? '',
    memoryMb: value.memoryMb,
    timeoutMs: value.timeoutSeconds * 1000,
    variables: value.variables ?? {},
    code,
    layers: value.layers.map(({ sha256 }) => ({ sha256, read: () => readCode(stack, sha256) })),
    log: logOf(address.name, value.logging),
    endpoint,
    credentials: functionCredentials(stack, address, value.role),
    initialization: 'on-demand',
  };
  specs.set(version, spec);
  return spec;
}

function logOf(name: string, logging: LoggingConfig): FunctionSpec['log'] {
  const { ApplicationLogLevel: applicationLevel, SystemLogLevel: systemLevel } = logging;
  return {
    group: logging.LogGroup ?? `/aws/lambda/${name}`,
    format: logging.LogFormat ?? 'Text',
    ...(applicationLevel && { applicationLevel }),
    ...(systemLevel && { systemLevel }),
  };
}

function codeOf(stack: Stack, arn: string, code: StoredCode): Code {
  switch (code.kind) {
    case 'zip':
      return { kind: 'zip', sha256: code.sha256, read: () => readCode(stack, code.sha256) };
    case 'folder':
      return code;
    case 'handler':
      return { kind: 'handler', handler: handlersOf(stack).find(arn) ?? missing(arn) };
  }
}

function isSame(one: Code, other: Code): boolean {
  if (one.kind === 'handler') return other.kind === 'handler' && one.handler === other.handler;
  return one.kind === other.kind;
}

function missing(arn: string): () => never {
  return () => {
    throw new Error(`No handler is registered in this process for ${arn}.`);
  };
}
