/**
 * What Node.js does not find by itself: packages of layers for ECMAScript modules (NODE_PATH is
 * for CommonJS alone; AWS's runtime looks there for both), and, in folders that are run in place,
 * TypeScript files that are imported without their ending or as `.js`.
 */
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Resolve = nodeModule.ResolveHookSync;

export function addHooks(): void {
  const folders = (process.env.NODE_PATH ?? '').split(':').filter((folder) => folder !== '');
  const typeScript = process.env.MILLRACE_TYPESCRIPT === '1';
  delete process.env.MILLRACE_TYPESCRIPT;
  if (folders.length === 0 && !typeScript) return;
  // Node.js has had it since 22.15.
  const { registerHooks } = nodeModule as Partial<typeof nodeModule>;
  registerHooks?.({
    resolve: (specifier, context, nextResolve) => {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        const relative = /^\.{1,2}\//.test(specifier);
        const others = relative ? (typeScript ? endings(specifier) : []) : parents(folders);
        const found = first(others, specifier, context, nextResolve);
        if (found) return found;
        throw error;
      }
    },
  });
}

interface Other {
  readonly specifier?: string;
  readonly parentURL?: string;
}

function endings(specifier: string): readonly Other[] {
  const js = /^(.*)\.([cm]?)js$/.exec(specifier);
  if (js) return [{ specifier: `${js[1]}.${js[2]}ts` }];
  return ['.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js'].map((ending) => ({
    specifier: specifier + ending,
  }));
}

/** Resolving from beside a `node_modules` folder finds what is in it. */
function parents(folders: readonly string[]): readonly Other[] {
  return folders.map((folder) => ({ parentURL: pathToFileURL(join(folder, '../index.js')).href }));
}

function first(
  others: readonly Other[],
  specifier: string,
  context: Parameters<Resolve>[1],
  nextResolve: Parameters<Resolve>[2],
): ReturnType<Resolve> | undefined {
  for (const other of others) {
    try {
      return nextResolve(other.specifier ?? specifier, {
        ...context,
        parentURL: other.parentURL ?? context.parentURL,
      });
    } catch {
      // Not there either.
    }
  }
  return undefined;
}
