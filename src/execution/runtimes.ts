/**
 * Which of AWS's runtimes this machine can run. Node.js runtimes run on the Node.js that runs
 * the server, whatever number they carry, and Python runtimes on the `python3` of the PATH.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const NODE = ['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'];
const PYTHON = ['python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'];
const PROVIDED = ['provided', 'provided.al2', 'provided.al2023'];

export type RuntimeFamily = 'node' | 'python' | 'provided';

/** What runs a function of this runtime; undefined for runtimes that this server cannot run. */
export function familyOf(runtime: string): RuntimeFamily | undefined {
  if (/^nodejs\d/.test(runtime)) return 'node';
  if (/^python3\.\d+$/.test(runtime)) return 'python';
  return PROVIDED.includes(runtime) ? 'provided' : undefined;
}

/** In the order in which an error message lists them. */
export async function supportedRuntimes(): Promise<readonly string[]> {
  const python = await pythonPath();
  return [...NODE, ...(python === undefined ? [] : PYTHON), ...PROVIDED];
}

let python: Promise<string | undefined> | undefined;

/**
 * The interpreter's own file. What the PATH names may be a version manager's script that looks
 * for the interpreter each time it is started, which takes longer than the interpreter itself.
 */
export function pythonPath(): Promise<string | undefined> {
  python ??= findPython();
  return python;
}

async function findPython(): Promise<string | undefined> {
  const ask = 'import sys; assert sys.version_info >= (3, 8); print(sys.executable)';
  try {
    const { stdout } = await promisify(execFile)('python3', ['-c', ask]);
    return stdout.trim();
  } catch {
    return undefined;
  }
}
