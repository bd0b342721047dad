/**
 * Finds the handler: `folder/file.member.member`, in whichever module format the file has.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './errors.ts';

export type Handler = (event: unknown, ...rest: unknown[]) => unknown;

/** In AWS's order; TypeScript comes last, for folders of a developer's machine. */
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

export async function loadHandler(root: string, name: string): Promise<Handler> {
  if (name.includes('..')) {
    const message =
      `'${name}' is not a valid handler name. ` +
      'Use absolute paths when specifying root directories in handler names.';
    throw new RuntimeError('MalformedHandlerName', message);
  }
  const base = basename(name);
  const dot = base.indexOf('.');
  if (dot < 1) throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  const path = join(dirname(name), base.slice(0, dot));
  const members = base.slice(dot + 1).split('.');
  const module = await load(root, path);
  const handler =
    find(module, members) ?? find((module as { default?: unknown })?.default, members);
  if (!handler) throw new RuntimeError('HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof handler !== 'function') {
    throw new RuntimeError('HandlerNotFound', `${name} is not a function`);
  }
  return handler as Handler;
}

function find(module: unknown, members: readonly string[]): unknown {
  let found = module;
  for (const member of members) found = (found as Record<string, unknown> | undefined)?.[member];
  return found;
}

async function load(root: string, path: string): Promise<unknown> {
  try {
    const full = resolve(root, path);
    const file = ENDINGS.map((ending) => full + ending).find(isFile);
    if (file === undefined) {
      // Layers and packages: AWS looks for a module of this name as well.
      const require = createRequire(join(root, 'index.js'));
      return require(require.resolve(path, { paths: [root, dirname(full)] }));
    }
    return isModule(file) ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw named('UserCodeSyntaxError', error);
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND') throw named('ImportModuleError', error as Error);
    throw error;
  }
}

/** AWS keeps the stack of the cause, behind a name and message of its own. */
function named(name: string, cause: Error): Error {
  const error = new RuntimeError(name, String(cause), { cause });
  error.stack = `${error.name}: ${error.message}\n${cause.stack ?? ''}`;
  return error;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isModule(file: string): boolean {
  if (/\.m[jt]s$/.test(file)) return true;
  if (/\.c[jt]s$/.test(file)) return false;
  if (file.endsWith('.ts')) return typeOf(dirname(file)) !== 'commonjs';
  return typeOf(dirname(file)) === 'module';
}

/** The `type` of the nearest package.json. */
function typeOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'package.json');
    if (existsSync(manifest)) {
      return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type;
    }
    if (at === dirname(at) || basename(at) === 'node_modules') return undefined;
  }
}
