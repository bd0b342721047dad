/** The `millrace` command. */
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where Node may keep what it has compiled, so that the next start does not compile it again. A
 * folder of the user's own: Node's default is one that every user of the machine can write to.
 */
function cacheFolder(): string | undefined {
  const { NODE_COMPILE_CACHE: chosen, XDG_CACHE_HOME: caches } = process.env;
  if (chosen) return chosen;
  try {
    return join(caches || join(homedir(), '.cache'), 'millrace');
  } catch {
    return undefined; // A user of whom the system knows no home.
  }
}

const folder = cacheFolder();
// Where nothing can be written there, Node goes on without. Those that are too old for us have no
// such function, and are to be told so by what follows.
if (folder) module.enableCompileCache?.(folder);

const { run } = await import('./program.ts');
await run(process.argv);
