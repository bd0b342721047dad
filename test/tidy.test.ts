/**
 * The rules of STYLE.md that a machine can check. They hold from the first commit; a limit added
 * late cannot be enforced. (Functions of at most 60 lines, no `any`, no `!`: see biome.json.)
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

interface Source {
  readonly path: string;
  readonly lines: readonly string[];
}

const GENERATED = /^src\/wire\/(models|types)\//;

const sources: readonly Source[] = execFileSync('git', ['ls-files', '-co', '--exclude-standard'])
  .toString()
  .split('\n')
  .filter((path) => /\.tsx?$/.test(path) && !GENERATED.test(path) && existsSync(path))
  .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n') }));

/** Each line of `among` that `rule` names something wrong with, as `path:line what`. */
function violations(
  among: (path: string) => boolean,
  rule: (line: string, path: string) => string | undefined | false,
): readonly string[] {
  return sources
    .filter(({ path }) => among(path))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, index) => {
        const wrong = rule(line, path);
        return wrong ? [`${path}:${index + 1} ${wrong}`] : [];
      }),
    );
}

const inSource = (path: string) => path.startsWith('src/');
const inTests = (path: string) => path.startsWith('test/');
const everywhere = () => true;

test('no line is longer than 100 columns, but for what cannot be broken', () => {
  const address = /https?:\/\/\S{20}/;
  const drawing = /\bd?[=:]\s*["'][Mm][\d.-]/;
  const tooLong = (line: string) => line.length > 100 && !address.test(line) && !drawing.test(line);
  const long = violations(everywhere, (line) => tooLong(line) && `${line.length} columns`);
  expect(long).toEqual([]);
});

test('no file is longer than 400 lines', () => {
  const long = sources.filter(({ lines }) => lines.length > 401);
  expect(long.map(({ path, lines }) => `${path} ${lines.length}`)).toEqual([]);
});

test('time, timers and randomness come from core/clock.ts and core/ids.ts alone', () => {
  const own = new Set(['src/core/clock.ts', 'src/core/ids.ts']);
  const outside =
    /(?<![.\w])(Date\.now|new Date\(\)|set(Timeout|Interval|Immediate)|Math\.random|randomUUID)\b/;
  const wrong = violations(
    (path) => (inSource(path) && !own.has(path)) || path.startsWith('test/services'),
    (line) => !/^\s*(\*|\/\/)/.test(line) && outside.exec(line)?.[0],
  );
  expect(wrong).toEqual([]);
});

test('no test waits for real time outside the folders made for it', () => {
  const real = /^test\/(console|realtime|simulation|server|cli|wire|testing|sdk|storage)\//;
  const wrong = violations(
    (path) => inTests(path) && !real.test(path) && path !== 'test/tidy.test.ts',
    (line) => /\b(setTimeout|setInterval|sleep)\s*\(/.exec(line)?.[0],
  );
  expect(wrong).toEqual([]);
});

test('nothing is left to do in the code that lands', () => {
  const marks = new RegExp(['FIX', 'TO'].map((mark) => `\\b${mark}(ME|DO)\\b`).join('|'));
  expect(violations(everywhere, (line) => marks.exec(line)?.[0])).toEqual([]);
});

test('no test is narrowed, and none is left out whatever the machine', () => {
  const wrong = violations(
    (path) => inTests(path) && path !== 'test/tidy.test.ts',
    (line) => /\b(test|it|describe)\.(only|skip|todo)\b/.exec(line)?.[0],
  );
  expect(wrong).toEqual([]);
});

/** What each part of src/ may import: itself and what stands below it. */
const PURE = ['core'];
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  storage: ['core'],
  access: ['core', 'storage', 'expressions'],
  journal: ['core', 'storage'],
  'admin-api': ['journal'],
  delivery: ['core', 'storage', 'journal', 'admin-api'],
  telemetry: ['core', 'storage', 'journal', 'delivery'],
  'event-patterns': PURE,
  cron: PURE,
  transform: PURE,
  wire: PURE,
  execution: PURE,
  // They run against AWS as they are: nothing of the server's is theirs.
  patterns: PURE,
  expressions: PURE,
  services: [
    ...['core', 'storage', 'journal', 'delivery', 'event-patterns', 'cron', 'transform', 'wire'],
    ...['execution', 'expressions', 'access', 'admin-api'],
  ],
  admin: [
    ...['core', 'storage', 'journal', 'delivery', 'event-patterns', 'wire', 'services'],
    'admin-api',
  ],
  server: ['core', 'storage', 'journal', 'delivery', 'services', 'wire', 'access', 'admin'],
  testing: [
    ...['core', 'storage', 'journal', 'delivery', 'services', 'server', 'wire', 'execution', ''],
    'access',
  ],
  cli: [
    ...['core', 'storage', 'journal', 'delivery', 'services', 'server', 'wire', 'access', ''],
    'admin-api',
  ],
};

/** The part a path belongs to: its folder below src/; the empty string for files right there. */
function partOf(path: string): string {
  const [, part, more] = path.split('/');
  return more === undefined ? '' : (part ?? '');
}

function importsOf({ path, lines }: Source): readonly string[] {
  return [...lines.join('\n').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    join(dirname(path), match[1] ?? ''),
  );
}

test('imports follow the arrows of ARCHITECTURE.md', () => {
  const wrong = sources
    .filter(({ path }) => inSource(path) && partOf(path) !== '')
    .flatMap((source) =>
      importsOf(source)
        .filter(inSource)
        .filter((target) => {
          const [from, to] = [partOf(source.path), partOf(target)];
          return from !== to && !ARROWS[from]?.includes(to);
        })
        .map((target) => `${source.path} imports ${target}`),
    );
  expect(wrong).toEqual([]);
});

test('node:http is taken from core, because an import of it loads all of undici', () => {
  const wrong = sources
    .filter(({ path }) => inSource(path))
    .filter(({ lines }) => /^import (?!type )[^;]*from 'node:https?';/m.test(lines.join('\n')))
    .map(({ path }) => path);
  expect(wrong).toEqual([]);
});

test('services never import services', () => {
  const serviceOf = (path: string) => /^src\/services\/([^/]+)\//.exec(path)?.[1];
  const wrong = sources
    .filter(({ path }) => serviceOf(path))
    .flatMap((source) =>
      importsOf(source)
        .filter((target) => {
          const other = serviceOf(target);
          return other && other !== serviceOf(source.path);
        })
        .map((target) => `${source.path} imports ${target}`),
    );
  expect(wrong).toEqual([]);
});

test('every file of src is used', () => {
  const entries = new Set([
    ...['src/index.ts', 'src/testing/index.ts', 'src/patterns/index.ts', 'src/cli/main.ts'],
    // Started as a process of its own.
    'src/execution/node/bootstrap.ts',
  ]);
  const used = new Set(sources.flatMap((source) => importsOf(source)));
  const unused = sources
    .map(({ path }) => path)
    .filter((path) => inSource(path) && !entries.has(path) && !used.has(path));
  expect(unused).toEqual([]);
});

test('every file of operations has its test', () => {
  const plain = /\/(index|errors|target|origin|attributes|event|matching)\.ts$/;
  const operations = /export const [A-Z]\w+: Operation</;
  const missing = sources
    .filter(({ path }) => path.startsWith('src/services/') && !plain.test(path))
    .filter(({ lines }) => lines.some((line) => operations.test(line)))
    .map(({ path }) => path.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts'))
    .filter((twin) => !existsSync(twin));
  expect(missing).toEqual([]);
});
