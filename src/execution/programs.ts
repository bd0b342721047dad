/** What is started for a function: which program, with which parameters. */
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionSpec } from './execution.ts';
import { pythonPath, type RuntimeFamily } from './runtimes.ts';
import type { Places } from './variables.ts';

/** From source the bootstraps lie in folders beside this file; built, beside the bundle. */
const FROM_SOURCE = import.meta.url.endsWith('.ts');
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const NODE_BOOTSTRAP = here(FROM_SOURCE ? './node/bootstrap.ts' : './lambda-node.js');
const PYTHON_BOOTSTRAP = here(FROM_SOURCE ? './python/bootstrap.py' : './lambda-python.py');
/** `/var/runtime` on AWS. */
export const RUNTIME_FOLDER = here('.');

export interface Command {
  readonly command: string;
  readonly parameters: readonly string[];
  /** Ours take a socket pair: its writes cost a third of those over TCP. */
  readonly channel?: boolean;
  /** For our own bootstraps. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Undefined when there is nothing to start: a custom runtime without a `bootstrap`. */
export async function commandOf(
  spec: FunctionSpec,
  family: RuntimeFamily,
  places: Pick<Places, 'task' | 'opt'>,
): Promise<Command | undefined> {
  const command = await plainCommand(spec, family, places);
  const wrapper = spec.variables.AWS_LAMBDA_EXEC_WRAPPER;
  if (!command || wrapper === undefined) return command;
  // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
  const parameters = [command.command, ...command.parameters];
  // A wrapper passes on what it likes, so nothing is expected to come through but variables.
  const { channel: _none, ...rest } = command;
  const { MILLRACE_CHANNEL: _channel, ...variables } = command.variables ?? {};
  return { ...rest, variables, command: onThisMachine(wrapper, places), parameters };
}

function onThisMachine(path: string, { task, opt }: Pick<Places, 'task' | 'opt'>): string {
  if (path.startsWith('/var/task/')) return join(task, path.slice('/var/task/'.length));
  if (path.startsWith('/opt/') && opt !== undefined) return join(opt, path.slice('/opt/'.length));
  return path;
}

async function plainCommand(
  spec: FunctionSpec,
  family: RuntimeFamily,
  { task, opt }: Pick<Places, 'task' | 'opt'>,
): Promise<Command | undefined> {
  if (family === 'node') return nodeCommand(spec);
  if (family === 'python') {
    const python = await pythonPath();
    return python === undefined ? undefined : { command: python, parameters: [PYTHON_BOOTSTRAP] };
  }
  const roots = opt === undefined ? [task] : [task, opt];
  const bootstrap = roots.map((root) => join(root, 'bootstrap')).find(isProgram);
  return bootstrap === undefined ? undefined : { command: bootstrap, parameters: [] };
}

function nodeCommand({ memoryMb, code }: FunctionSpec): Command {
  // As AWS starts Node.js: the heap gets most of the memory, headers may be long.
  const heapMb = Math.floor(memoryMb * 0.9);
  const parameters = [`--max-old-space-size=${heapMb}`, '--max-http-header-size=81920'];
  if (code.kind !== 'folder') return nodeWith(parameters);
  // Types are taken out by Node.js itself, which names the flag differently over its versions.
  const known = process.allowedNodeEnvironmentFlags;
  const flag = ['--experimental-transform-types', '--experimental-strip-types'].find((name) =>
    known.has(name),
  );
  if (flag !== undefined) parameters.push(flag, '--disable-warning=ExperimentalWarning');
  const command = nodeWith(parameters);
  return { ...command, variables: { ...command.variables, MILLRACE_TYPESCRIPT: '1' } };
}

function nodeWith(parameters: readonly string[]): Command {
  return {
    command: process.execPath,
    parameters: [...parameters, NODE_BOOTSTRAP],
    channel: true,
    variables: { MILLRACE_CHANNEL: '3' },
  };
}

/** The programs in `/opt/extensions`; their file names are their names. */
export function extensionsOf(opt: string | undefined): readonly string[] {
  if (opt === undefined) return [];
  const folder = join(opt, 'extensions');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
