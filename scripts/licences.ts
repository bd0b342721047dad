/** Licences of what is shipped: one text for each library that went into a bundle. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** `paths`: the files that a bundle was made of. */
export function licencesOf(paths: readonly string[]): string {
  const packages = new Set<string>();
  for (const path of paths) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (name) packages.add(name);
  }
  const require = createRequire(join(ROOT, 'package.json'));
  return [...packages]
    .sort()
    .map((name) => licenceOf(name, require))
    .join('\n');
}

interface Manifest {
  readonly version: string;
  readonly license?: string;
}

function licenceOf(name: string, require: NodeJS.Require): string {
  const folder = folderOf(name, require);
  const { version, license = 'see below' } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const rule = '-'.repeat(72);
  // Given to the public domain: nothing has to be passed on with it.
  if (!file && license === 'Unlicense') return `${name} ${version} (${license})\n\n${rule}\n`;
  if (!file) throw new Error(`${name} ${version} goes into the bundle and has no licence file.`);
  const text = readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n\n${rule}\n`;
}

/** Where a package is. Not every one exports its package.json, so its folder is looked for. */
function folderOf(name: string, require: NodeJS.Require): string {
  for (const base of require.resolve.paths(name) ?? []) {
    const folder = join(base, name);
    try {
      readFileSync(join(folder, 'package.json'));
      return folder;
    } catch {
      // Not in this one.
    }
  }
  throw new Error(`${name} is in the bundle and nowhere in node_modules.`);
}
