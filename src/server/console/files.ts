/**
 * The console's files: built once, shipped with the package, read into memory when first asked for.
 *
 * Only what was in the folder at the start is served, by its exact name, so that no path leads out
 * of it. A view's address (`/tail?…`) is the one page that all views share.
 */
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export interface ConsoleFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Uint8Array;
  readonly gzip: Uint8Array;
  /** Named by the hash of its content: never another. */
  readonly immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

const INDEX = '/index.html';

/** Beside the compiled code, or in the repository's `dist` when the source itself runs. */
const PLACES = ['./console/', '../../../dist/console/'];

export function consoleFolder(): string | undefined {
  return PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((folder) =>
    existsSync(join(folder, 'index.html')),
  );
}

export class ConsoleFiles {
  readonly #folder: string;
  readonly #names: ReadonlySet<string>;
  readonly #read = new Map<string, ConsoleFile>();

  constructor(folder: string) {
    this.#folder = folder;
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    this.#names = new Set(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name))}`)
        .map((name) => name.replaceAll(sep, '/')),
    );
  }

  /** Undefined for what is neither a file nor a view. */
  at(path: string): ConsoleFile | undefined {
    if (this.#names.has(path)) return this.#file(path);
    const isView = /^\/[a-z-]*$/.test(path);
    return isView ? this.#file(INDEX) : undefined;
  }

  #file(name: string): ConsoleFile {
    let file = this.#read.get(name);
    if (!file) {
      const plain = readFileSync(join(this.#folder, name));
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      const etag = `"${hash('sha1', plain)}"`;
      const immutable = name.startsWith('/assets/');
      file = { type, etag, plain, gzip: gzipSync(plain, { level: 9 }), immutable };
      this.#read.set(name, file);
    }
    return file;
  }
}
