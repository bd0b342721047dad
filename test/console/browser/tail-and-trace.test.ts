/** The tail and the trace, as somebody sees and works them. */
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Server } from '../../../src/index.ts';
import { noBrowser, openConsole } from './browser.ts';

const AT = 'us-east-1:000000000000';

function clientsOf({ endpoint }: Server) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const given = { endpoint, credentials, region: 'us-east-1' };
  return { events: new EventBridgeClient(given), sqs: new SQSClient(given) };
}

/** As fingers do it: the browser fills a field by styles that the page's policy forbids. */
async function retype(editor: Locator, text: string): Promise<void> {
  await editor.press('ControlOrMeta+a');
  await editor.press('Backspace');
  await editor.pressSequentially(text);
}

/** A rule that puts the orders of the shop into a queue. */
async function shop(server: Server): Promise<void> {
  const { events, sqs } = clientsOf(server);
  const Statement = {
    ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } },
    ...{ Action: 'sqs:SendMessage', Resource: '*' },
  };
  const Attributes = { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) };
  await sqs.send(new CreateQueueCommand({ QueueName: 'billing', Attributes }));
  const EventPattern = JSON.stringify({ source: ['shop'] });
  await events.send(new PutRuleCommand({ Name: 'to-billing', EventPattern }));
  const Targets = [{ Id: 'queue', Arn: `arn:aws:sqs:${AT}:billing` }];
  await events.send(new PutTargetsCommand({ Rule: 'to-billing', Targets }));
}

async function order(server: Server, ...numbers: readonly number[]): Promise<readonly string[]> {
  const Entries = numbers.map((orderId) => ({
    ...{ Source: 'shop', DetailType: 'OrderPlaced', Detail: JSON.stringify({ orderId }) },
  }));
  const answer = await clientsOf(server).events.send(new PutEventsCommand({ Entries }));
  return (answer.Entries ?? []).map(({ EventId = '' }) => EventId);
}

describe.skipIf(noBrowser)('the tail', () => {
  test('shows what is published while it is looked at, and holds it while paused', async () => {
    await using w = await openConsole('/tail', { prepare: shop });
    const { page, server } = w;
    await page.getByText('Nothing was published yet').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    expect(await w.violations()).toEqual([]);
    await order(server, 1);
    const rows = page.getByRole('row', { name: /OrderPlaced/ });
    await rows.first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await order(server, 2);
    await page.getByText('paused, 1 waiting').waitFor();
    expect(await rows.count()).toBe(1);
    await page.getByRole('button', { name: 'Go on' }).click();
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    expect(await w.violations()).toEqual([]);
  });

  test('is narrowed by a pattern of the address, and says what is wrong with one', async () => {
    const prepare = async (server: Server) => {
      await shop(server);
      await order(server, 1, 2, 3);
    };
    const pattern = JSON.stringify({ detail: { orderId: [2] } });
    await using w = await openConsole(`/tail?pattern=${encodeURIComponent(pattern)}`, { prepare });
    const { page } = w;
    const rows = page.getByRole('row', { name: /OrderPlaced/ });
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    const editor = page.getByRole('textbox', { name: 'Event pattern' });
    await retype(editor, '{"detail": {"orderId": ');
    await page.getByText('This is no JSON yet').waitFor();
    expect(await w.violations()).toEqual([]);
    w.expectError('400');
    await retype(editor, '{"detail": {"orderId": [{"numeric": ["between", 1]}]}}');
    await page
      .getByRole('alert')
      .getByText(/Event pattern is not valid/)
      .waitFor();
    // The server that refuses the pattern is there.
    await page.getByText('Connected', { exact: true }).waitFor();
    await retype(editor, '{"detail": {"orderId": [{"numeric": [">", 1]}]}}');
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('pattern')).toContain('numeric');
  });

  test('is worked by keys: to an event, its content, its trace', async () => {
    const prepare = async (server: Server) => {
      await shop(server);
      await order(server, 7, 8);
    };
    await using w = await openConsole('/', { prepare });
    const { page } = w;
    await page.getByRole('link', { name: 'Tail' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    const grid = page.getByRole('grid', { name: 'Published events' });
    await page
      .getByRole('row', { name: /OrderPlaced/ })
      .nth(1)
      .waitFor();
    await grid.focus();
    await page.keyboard.press('End');
    await page.getByRole('heading', { name: 'Content' }).waitFor();
    const id = new URL(page.url()).searchParams.get('id');
    await page.getByText('"orderId"', { exact: true }).waitFor();
    expect(await w.violations()).toEqual([]);
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => new URL(page.url()).searchParams.get('id')).not.toBe(id);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Trace', exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('id')).toBe(id);
  });
});

/** As many as a tail is to hold without anybody noticing. */
const MANY = 10_000;

async function manyOrders(server: Server): Promise<void> {
  const { events } = clientsOf(server);
  const entry = (orderId: number) => ({
    ...{ Source: 'shop', DetailType: 'OrderPlaced', Detail: JSON.stringify({ orderId }) },
  });
  for (let at = 0; at < MANY; at += 100) {
    const calls = Array.from({ length: 10 }, (_, call) =>
      Array.from({ length: 10 }, (_, index) => entry(at + call * 10 + index)),
    );
    await Promise.all(calls.map((Entries) => events.send(new PutEventsCommand({ Entries }))));
  }
}

const STEPS = 120;
const FRAME_MS = 1_000 / 60;

/** Scrolls by 5 rows a frame: 300 a second. */
const SCROLL = `(async () => {
  const table = document.querySelector('.table');
  table.scrollTop = 0;
  for (let step = 0; step < ${STEPS}; step += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    table.scrollTop += 160;
  }
})()`;

/**
 * What the page's main thread works for each frame, in milliseconds of the processor: how many
 * frames are shown is the machine's doing, and others work on it too.
 */
async function workPerFrame(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const workedSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const before = await workedSeconds();
  await page.evaluate(SCROLL);
  return ((await workedSeconds()) - before) * (1_000 / STEPS);
}

describe.skipIf(noBrowser)('a long tail', () => {
  test('of 10,000 events leaves time to spare in each of 60 frames a second', async () => {
    await using w = await openConsole('/tail?paused=1', { prepare: manyOrders });
    const { page } = w;
    await page.getByRole('row').nth(20).waitFor();
    await expect
      .poll(
        async () => {
          await page.keyboard.press('End');
          await page.evaluate("document.querySelector('.table').scrollTop = 1e9");
          return page.getByRole('grid').getAttribute('aria-rowcount');
        },
        { timeout: 60_000 },
      )
      .toBe(String(MANY + 1));
    expect(await page.getByRole('row').count()).toBeLessThan(80);
    // The least of three: what the machine does beside it is not the page's work.
    const took = [];
    for (let n = 0; n < 3; n += 1) took.push(await workPerFrame(page));
    expect(Math.min(...took)).toBeLessThan(FRAME_MS);
  });
});

describe.skipIf(noBrowser)('the trace', () => {
  test('shows every hop, what it caused, and what each of them held', async () => {
    let id = '';
    const prepare = async (server: Server) => {
      await shop(server);
      [id = ''] = await order(server, 7);
      const QueueUrl = `${server.endpoint}/000000000000/billing`;
      await clientsOf(server).sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, VisibilityTimeout: 300 }),
      );
    };
    await using w = await openConsole('/map', { prepare });
    const { page } = w;
    await page.getByRole('link', { name: 'Trace' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(id);
    await page.keyboard.press('Enter');
    const event = page.getByRole('button', { name: /OrderPlaced.*1 of 1 handed over/ });
    const message = page.getByRole('button', { name: /queue.*billing.*in flight/ });
    await event.waitFor();
    await message.waitFor();
    await page.getByText('to-billing').waitFor();
    expect(await w.violations()).toEqual([]);
    await event.click();
    await page.getByText('handed over by').waitFor();
    await page.getByText('"orderId"', { exact: true }).waitFor();
    expect(await w.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Everything this caused' }).click();
    await message.waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('show')).toBe('above');
  });

  test('is copied as a Mermaid sequence', async () => {
    let id = '';
    const prepare = async (server: Server) => {
      await shop(server);
      [id = ''] = await order(server, 7);
    };
    const context = { permissions: ['clipboard-read', 'clipboard-write'] };
    await using w = await openConsole('/trace', { prepare, context });
    const { page } = w;
    await page.getByRole('link', { name: id }).click();
    await page.getByRole('button', { name: 'Copy as Mermaid' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^sequenceDiagram/);
  });

  test('is chosen from the latest by keys, one after the other', async () => {
    let ids: readonly string[] = [];
    const prepare = async (server: Server) => {
      await shop(server);
      ids = await order(server, 7, 8);
    };
    await using w = await openConsole('/trace', { prepare });
    const { page } = w;
    await page.getByRole('link', { name: ids[1] ?? '' }).waitFor();
    await page.getByRole('grid', { name: 'Latest events' }).focus();
    const row = (id = '') => page.getByRole('row', { name: new RegExp(id), selected: true });
    await page.keyboard.press('ArrowDown');
    await row(ids[1]).waitFor();
    await page.keyboard.press('ArrowDown');
    await row(ids[0]).waitFor();
    expect(await w.violations()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Copy as Mermaid' }).waitFor();
    expect(new URL(page.url()).searchParams.get('id')).toBe(ids[0]);
  });

  test('says so when the journal does not know an id', async () => {
    await using w = await openConsole('/trace?id=nobody');
    w.expectError('404');
    await w.page.getByText('The journal does not know this id').waitFor();
    expect(await w.violations()).toEqual([]);
  });
});
