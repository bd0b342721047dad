/**
 * The built console in a real browser, before a real server. Chromium is Debian's
 * (`apt-get install chromium`), or where MILLRACE_TEST_CHROMIUM says.
 *
 *     test.skipIf(noBrowser)('…', async () => {
 *       await using w = await openConsole('/tail');
 *       await w.page.getByRole('grid').focus();
 *       expect(await w.violations()).toEqual([]);
 *     });
 *
 * Ending it fails when the page said something to its console: an error, a refusal of the content
 * security policy.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type Server, type ServerOptions, startServer } from '../../../src/index.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env.MILLRACE_TEST_CHROMIUM ?? PLACES.find(existsSync);

/** Why browser tests cannot run here; false where they can. */
export const noBrowser = executablePath === undefined;

const ROOT = join(import.meta.dirname, '../../..');
const INDEX = join(ROOT, 'dist/console/index.html');
const SOURCES = ['console/src/**/*', 'console/*.{html,ts,json}', 'console/public/*'];
const LOCK = join(ROOT, 'dist/.console-being-built');
const LONGEST_BUILD_MS = 60_000;

/** Builds the console unless what is there is newer than its sources; one process at a time. */
export function buildConsole(): void {
  if (isBuilt) return;
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  while (!locked()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  try {
    const changed = SOURCES.flatMap((glob) => globSync(glob, { cwd: ROOT }));
    const newest = Math.max(...changed.map((path) => statSync(join(ROOT, path)).mtimeMs));
    isBuilt = existsSync(INDEX) && statSync(INDEX).mtimeMs > newest;
    if (isBuilt) return;
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    const command = [vite, 'build', 'console', '--logLevel', 'error'];
    // The tests' own NODE_ENV would make it React's development build.
    const env = { ...process.env, NODE_ENV: 'production' };
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, env });
    if (status !== 0) throw new Error(`The console cannot be built: ${stderr}`);
    isBuilt = true;
  } finally {
    rmdirSync(LOCK);
  }
}

/** By this process, or before it. */
let isBuilt = false;

function locked(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    // Left by a process that was killed.
    const lock = statSync(LOCK, { throwIfNoEntry: false });
    const nowMs = performance.timeOrigin + performance.now();
    if (lock && nowMs - lock.mtimeMs > LONGEST_BUILD_MS) rmdirSync(LOCK);
    return false;
  }
}

export interface ConsoleOptions {
  readonly server?: ServerOptions;
  readonly context?: BrowserContextOptions;
  /** What is there before the page is opened. */
  readonly prepare?: (server: Server) => Promise<unknown>;
}

export interface Look extends AsyncDisposable {
  readonly page: Page;
  readonly browser: Browser;
  /** The console's origin, with no slash at its end. */
  readonly url: string;
  /** What axe-core finds, of those that keep people out: each as `rule: where`. */
  violations(): Promise<readonly string[]>;
  /** Errors that are meant, by a part of their text. */
  expectError(text: string): void;
}

export interface OpenConsole extends Look {
  readonly server: Server;
}

export async function openConsole(
  path: string,
  options: ConsoleOptions = {},
): Promise<OpenConsole> {
  buildConsole();
  const server = await startServer({ port: 0, console: { port: 0 }, ...options.server });
  await options.prepare?.(server);
  const look = await lookAt(server.console ?? '', path, options.context);
  return {
    ...look,
    server,
    [Symbol.asyncDispose]: async () => {
      try {
        await look[Symbol.asyncDispose]();
      } finally {
        await server.close(0);
      }
    },
  };
}

let started: Promise<Browser> | undefined;

/** One for all tests of a process, with a profile of its own for each; it ends with the process. */
function browserOfProcess(): Promise<Browser> {
  started ??= chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return started;
}

/** Looks at a console that somebody else serves. */
export async function lookAt(
  console: string,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Look> {
  const browser = await browserOfProcess();
  const context = await browser.newContext({
    ...{ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options },
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const said: string[] = [];
  const meant: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(error.message));
  const url = console.replace(/\/$/, '');
  await page.goto(url + path);
  return {
    ...{ page, browser, url },
    violations: () => violationsOf(page),
    expectError: (text) => meant.push(text),
    [Symbol.asyncDispose]: async () => {
      await context.close();
      const wrong = said.filter((text) => !meant.some((part) => text.includes(part)));
      if (wrong.length > 0) throw new Error(`The page said: ${wrong.join('\n')}`);
    },
  };
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly impact?: string;
  readonly nodes: readonly {
    readonly target: readonly unknown[];
    readonly failureSummary?: string;
  }[];
}

const SERIOUS = new Set(['serious', 'critical']);

async function violationsOf(page: Page): Promise<readonly string[]> {
  // By evaluation: the content security policy keeps script elements out, and the copies of style
  // sheets that a preload makes.
  await page.evaluate(readFileSync(axe, 'utf8'));
  const found = (await page.evaluate(
    'axe.run({ preload: false }).then(({ violations }) => violations)',
  )) as Violation[];
  return found
    .filter(({ impact }) => SERIOUS.has(impact ?? ''))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
}
