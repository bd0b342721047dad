/**
 * Claim: 10,000 rows of the journal scroll at 60 frames a second. Chromium shows what it can; a
 * machine at other work shows less.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Server } from '../src/index.ts';
import { noBrowser, openConsole } from '../test/console/browser/browser.ts';
import { alone, atLeast, atMost, type Bench, figure, type Report } from './report.ts';
import type { Options } from './rounds.ts';

export const scroll: Bench = { name: 'scroll', run };

const ROWS = 10_000;
const FRAMES = 300;
/** More than one of 60 a second, but for what clocks differ by. */
const LATE_MS = 1_000 / 60 + 1;

const PATIENCE_MS = 60_000;

type Page = Awaited<ReturnType<typeof openConsole>>['page'];

/** By five rows a frame; answers the milliseconds between frames. */
const SCROLL = `(async () => {
  const table = document.querySelector('.table');
  table.scrollTop = 0;
  const at = [];
  for (let step = 0; step <= ${FRAMES}; step += 1) {
    at.push(await new Promise(requestAnimationFrame));
    table.scrollTop += 160;
  }
  return at.slice(1).map((ms, index) => ms - at[index]);
})()`;

async function run(options: Options): Promise<Report> {
  const columns = ['scroll', 'frames per second', 'late frames', 'longest, ms'];
  const claim = `${ROWS.toLocaleString('en')} rows of the tail, five a frame`;
  if (noBrowser) {
    return { bench: scroll.name, claim, columns, rows: [], checks: [], notes: ['No Chromium.'] };
  }
  const path = '/tail?paused=1';
  const context = { reducedMotion: 'no-preference' } as const;
  await using look = await openConsole(path, { prepare: filled, context });
  await allRows(look.page);
  const rows = [];
  const rates = [];
  let late = 0;
  const rounds = options.quick ? 1 : options.rounds;
  for (let round = 1; round <= rounds; round += 1) {
    const gaps: number[] = await look.page.evaluate(SCROLL);
    const rate = (1_000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0);
    const own = gaps.filter((gap) => gap > LATE_MS).length;
    rates.push(rate);
    late += own;
    rows.push([String(round), figure(rate, 1), `${own}`, figure(Math.max(...gaps), 1)]);
  }
  await look.browser.close();
  const checks = [
    atLeast(
      'frames per second',
      Math.round(rates.toSorted((a, b) => a - b)[rates.length >> 1] ?? 0),
      60,
    ),
    atMost('late frames of a hundred', (100 * late) / (rounds * FRAMES), 1),
  ];
  return { bench: scroll.name, claim, columns, rows, checks };
}

async function filled(server: Server): Promise<void> {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'x' };
  const events = new EventBridgeClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials,
  });
  const entry = (orderId: number) => {
    return { Source: 'shop', DetailType: 'OrderPlaced', Detail: JSON.stringify({ orderId }) };
  };
  for (let at = 0; at < ROWS; at += 100) {
    const calls = Array.from({ length: 10 }, (_, call) => {
      const Entries = Array.from({ length: 10 }, (_, index) => entry(at + call * 10 + index));
      return events.send(new PutEventsCommand({ Entries }));
    });
    await Promise.all(calls);
  }
  events.destroy();
}

/** Pages come as the end is reached. */
async function allRows(page: Page): Promise<void> {
  await page.getByRole('row').nth(20).waitFor();
  const count = async () => Number(await page.getByRole('grid').getAttribute('aria-rowcount'));
  const untilMs = performance.now() + PATIENCE_MS;
  while ((await count()) <= ROWS) {
    if (performance.now() > untilMs) throw new Error(`Only ${await count()} rows came.`);
    await page.keyboard.press('End');
    await page.evaluate("document.querySelector('.table').scrollTop = 1e9");
    await page.waitForTimeout(50);
  }
}

if (import.meta.main) await alone(scroll);
