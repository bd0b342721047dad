/**
 * Takes the pictures of the console for README and guides, of the order flow at work:
 *
 *     npm run screenshots        into docs/images; needs Chromium
 *
 * The flow is run anew each time, so ids and times differ, and nothing else should.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const ROOT = join(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'docs/images');
const FLOW = join(ROOT, 'examples/c01-orders/main.ts');
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const executablePath = process.env.MILLRACE_TEST_CHROMIUM ?? CHROMIUM.find(existsSync);
if (!executablePath) throw new Error('Chromium is wanted: apt-get install chromium');

mkdirSync(IMAGES, { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'millrace-screenshots-'));
const flow = spawn(process.execPath, [FLOW, '--port', '0', '--data', data], { cwd: ROOT });
try {
  const url = await seen(flow);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor: 1.25,
      reducedMotion: 'reduce',
    });
    await walk(page, url.replace(/\/$/, ''));
  } finally {
    await browser.close();
  }
} finally {
  flow.kill('SIGTERM');
  await new Promise((resolve) => flow.once('exit', resolve));
  rmSync(data, { recursive: true, force: true });
}

/** Where the console is, once all orders have ended. */
function seen(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, url] = /^Ready\..* seen at (\S+)$/m.exec(said) ?? [];
      if (url) resolve(url);
    });
    child.once('exit', () => reject(new Error(`The order flow has ended:\n${said}`)));
  });
}

async function walk(page: Page, url: string): Promise<void> {
  const taken = async (name: string, path?: string) => {
    if (path !== undefined) await page.goto(url + path);
    await page.waitForLoadState('networkidle').catch(() => {});
    // What is drawn by a worker or comes by a stream has no event that says it is there.
    await page.waitForTimeout(1_500);
    await page.screenshot({ path: join(IMAGES, `${name}.png`) });
    console.log(`docs/images/${name}.png`);
  };
  await taken('map', '/map');
  await taken('tail-of-order-7', '/tail?text=-7%22&form=event');
  await page
    .getByRole('row', { name: /OrderCanceled/ })
    .first()
    .click();
  await taken('order-7-canceled');
  const id = await eventOf(url, '-7"', 'OrderCanceled');
  await taken('trace-of-order-7', `/trace?id=${id}`);
  await taken('why', `/why?id=${id}`);
  await taken('functions', '/functions');
  await taken('queues', '/queues');
  await taken('send', `/send?again=${id}`);
}

async function eventOf(url: string, text: string, note: string): Promise<string> {
  const query = new URLSearchParams({ text, form: 'event' });
  const answer = await fetch(`${url}/_millrace/v1/tail?${query}`);
  const { events } = (await answer.json()) as {
    readonly events: readonly { readonly id: string; readonly note?: string }[];
  };
  const found = events.find((one) => one.note === note);
  if (!found) throw new Error(`No ${note} of ${text} was published.`);
  return found.id;
}
