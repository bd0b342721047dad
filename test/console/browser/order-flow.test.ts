/**
 * Every view of the console, on the order flow of `npm start` at work: each shows what there is of
 * it, says nothing to the browser's console, and keeps nobody out (axe-core, WCAG 2.2 AA), by day
 * and by night.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole, type Look, lookAt, noBrowser } from './browser.ts';

const FLOW = join(import.meta.dirname, '../../../examples/c01-orders/main.ts');

interface Flow {
  readonly process: ChildProcess;
  readonly data: string;
  readonly url: string;
}

/** Resolves when eight orders have ended. */
async function startFlow(): Promise<Flow> {
  const data = mkdtempSync(join(tmpdir(), 'millrace-flow-'));
  const child = spawn(process.execPath, [FLOW, '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, found] = /^Ready\..* seen at (\S+)$/m.exec(said) ?? [];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`The flow has ended:\n${said}`)));
  });
  return { process: child, data, url };
}

let flow: Flow | undefined;

const look = (path: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Look> =>
  lookAt(flow?.url ?? '', path, { colorScheme });

async function eventOf(note: string): Promise<string> {
  const query = new URLSearchParams({ form: 'event', text: note });
  const answer = await fetch(`${flow?.url}_millrace/v1/tail?${query}`);
  const { events } = (await answer.json()) as {
    readonly events: readonly { readonly id: string; readonly note?: string }[];
  };
  return events.find((event) => event.note === note)?.id ?? '';
}

describe.skipIf(noBrowser)('on the order flow', () => {
  beforeAll(async () => {
    // The flow would build what is not there or is old, and others may be building it.
    buildConsole();
    flow = await startFlow();
  }, 120_000);

  afterAll(async () => {
    if (!flow) return;
    const { process: child, data } = flow;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  });

  test.each([
    ['map', '/map', /c01-notifications/],
    ['tail', '/tail', /^OrderShipped$/],
    ['dead letters', '/dead-letters', /c01-orders-dlq/],
    ['queues', '/queues', /c01-shipping/],
    ['functions', '/functions', /c01-payment-refund/],
    ['archives', '/archives', /^No archives yet$/],
    ['send', '/send', /^Where to\?$/],
    ['time and faults', '/time', /^Faults$/],
  ])('%s', async (_, path, wanted) => {
    for (const scheme of ['light', 'dark'] as const) {
      await using w = await look(path, scheme);
      await w.page.getByText(wanted).first().waitFor();
      expect(await w.violations()).toEqual([]);
    }
  });

  test('from the map to why order 7 was cancelled, as the guide walks', async () => {
    await using w = await look('/');
    const { page } = w;
    await page
      .getByText(/c01-notifications/)
      .first()
      .waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.getByLabel('Text in the content').fill('-7"');
    await page.getByLabel('Kind').selectOption('events');
    // The heads of the columns and a handful: whether it was paid for before is a race.
    const isHandful = (rows: number) => rows >= 4 && rows <= 7;
    await expect.poll(async () => isHandful(await page.getByRole('row').count())).toBe(true);
    await page
      .getByRole('row', { name: /OrderCanceled/ })
      .first()
      .click();
    await page.getByRole('link', { name: 'Trace', exact: true }).last().click();
    await page.getByText('InventoryRejected').first().waitFor();
    await page.getByText('OrderPlaced').first().waitFor();
  });

  test('trace: why an order was cancelled', async () => {
    await using w = await look(`/trace?id=${await eventOf('OrderCanceled')}`);
    await w.page.getByText('OrderPlaced').first().waitFor();
    const causes = w.page.getByText(/InventoryRejected|PaymentFailed/);
    await causes.first().waitFor();
    expect(await w.violations()).toEqual([]);
  });

  test('why: the rules that did not take an event, and what they wanted', async () => {
    await using w = await look(`/why?id=${await eventOf('OrderShipped')}`);
    await w.page.getByText('notify').first().waitFor();
    await w.page
      .getByText(/detail-type/)
      .first()
      .waitFor();
    expect(await w.violations()).toEqual([]);
  });
});
