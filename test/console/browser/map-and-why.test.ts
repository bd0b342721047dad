/** The map, why, time and the palette, as somebody sees and works them. */
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Server } from '../../../src/index.ts';
import { noBrowser, openConsole } from './browser.ts';
import { clientsOf, deadLetters, makeQueue, queueArn, sendTo, violationsOf } from './shop.ts';

const RULE = 'arn:aws:events:us-east-1:000000000000:rule/large';

/** A rule that puts large orders into a queue. */
async function shop(server: Server): Promise<void> {
  const { events } = clientsOf(server);
  const Statement = {
    ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } },
    ...{ Action: 'sqs:SendMessage', Resource: '*' },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await makeQueue(server, 'billing', { Policy });
  const pattern = { source: ['shop'], detail: { total: [{ numeric: ['>', 100] }] } };
  const EventPattern = JSON.stringify(pattern);
  await events.send(new PutRuleCommand({ Name: 'large', EventPattern }));
  const Targets = [{ Id: 'queue', Arn: queueArn('billing') }];
  await events.send(new PutTargetsCommand({ Rule: 'large', Targets }));
}

async function order(server: Server, total: number): Promise<string> {
  const Detail = JSON.stringify({ total });
  const Entries = [{ Source: 'shop', DetailType: 'OrderPlaced', Detail }];
  const answer = await clientsOf(server).events.send(new PutEventsCommand({ Entries }));
  return answer.Entries?.[0]?.EventId ?? '';
}

const node = (page: Page, arn: string) => page.locator(`[data-node="${arn}"]`);

describe.skipIf(noBrowser)('the map', () => {
  test('draws what leads where, and what goes on there while it is looked at', async () => {
    await using w = await openConsole('/map', { prepare: shop });
    const { page, server } = w;
    await node(page, RULE).waitFor();
    await page.getByRole('button', { name: 'Never used 2' }).waitFor();
    expect(await violationsOf(w)).toEqual([]);
    await order(server, 500);
    await page.getByRole('button', { name: 'Used 2', exact: true }).waitFor();
    await node(page, queueArn('billing')).getByText('1 msg').waitFor();
    await node(page, queueArn('billing')).click();
    await page.getByRole('heading', { name: 'Comes from 1' }).waitFor();
    await page.getByRole('link', { name: 'Messages' }).waitFor();
    expect(new URL(page.url()).searchParams.get('arn')).toBe(queueArn('billing'));
    expect(await violationsOf(w)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Comes from 1' }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.has('arn')).toBe(false);
  });

  test('is gone through by keys', async () => {
    await using w = await openConsole('/map', { prepare: shop });
    const { page } = w;
    const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
    await node(page, bus).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /billing/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('arn')).toBe(queueArn('billing'));
  });

  test('says so where it cannot be drawn, and tries again', async () => {
    await using w = await openConsole('/map?as=list', { prepare: shop });
    const { page } = w;
    await page.getByRole('row', { name: /billing/ }).waitFor();
    w.expectError('ERR_FAILED');
    await page.route(/layout\.worker/, (route) => route.abort());
    await page.getByRole('radio', { name: 'Graph' }).check();
    await page.getByText(/The graph cannot be laid out/).waitFor();
    await page.unroute(/layout\.worker/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await node(page, RULE).waitFor();
  });

  test('closes groups, finds, and narrows; the address says how', async () => {
    const prepare = async (server: Server) => {
      await deadLetters(server, ['one']);
      await shop(server);
    };
    await using w = await openConsole('/map?group=prefix', { prepare });
    const { page } = w;
    await page.getByRole('button', { name: 'Close group work' }).click();
    await node(page, 'group:work').getByText('2 resources').waitFor();
    expect(new URL(page.url()).searchParams.get('closed')).toBe('work');
    await node(page, 'group:work').click();
    await node(page, queueArn('work-dlq')).waitFor();
    await page.getByLabel('Find on the map').pressSequentially('dlq');
    await page.getByText('1 of 5').waitFor();
    expect(await page.locator('.node-card:not([data-dim])').count()).toBe(1);
    expect(await violationsOf(w)).toEqual([]);
  });

  test('is a list too', async () => {
    await using w = await openConsole('/map?as=list', { prepare: shop });
    const { page } = w;
    await page.getByRole('row', { name: /billing/ }).waitFor();
    await page.getByRole('tab', { name: /Connections/ }).click();
    await page.getByRole('row', { name: /large target billing/ }).waitFor();
    expect(await violationsOf(w)).toEqual([]);
  });

  test('is a list that keys go through while details of each row show', async () => {
    await using w = await openConsole('/map?as=list', { prepare: shop });
    const { page } = w;
    const resources = page.getByRole('grid', { name: 'Resources' });
    await resources.getByRole('row').nth(3).waitFor();
    await resources.focus();
    const seen = new Set<string | null>([null]);
    for (let row = 0; row < 3; row += 1) {
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => seen.has(new URL(page.url()).searchParams.get('arn'))).toBe(false);
      seen.add(new URL(page.url()).searchParams.get('arn'));
    }
    expect(seen.size).toBe(4);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: /Comes from/ }).waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: /Connections/ }).click();
    const connections = page.getByRole('grid', { name: 'Connections' });
    await connections.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /Comes from/ }).waitFor();
  });
});

describe.skipIf(noBrowser)('why', () => {
  test('shows wanted and found side by side, from the list of what nobody took', async () => {
    let id = '';
    const prepare = async (server: Server) => {
      await shop(server);
      id = await order(server, 80);
    };
    await using w = await openConsole('/why', { prepare });
    const { page } = w;
    expect(await violationsOf(w)).toEqual([]);
    await page.getByRole('link', { name: 'default' }).click();
    await page.getByRole('row', { name: /OrderPlaced/ }).click();
    await page.getByText('None of one way took it.').waitFor();
    await page.getByText('[{"numeric":[">",100]}]').waitFor();
    await page.getByText('is above 100').waitFor();
    await page.getByText('widen the condition of detail.total').waitFor();
    expect(new URL(page.url()).searchParams.get('id')).toBe(id);
    expect(await violationsOf(w)).toEqual([]);
  });

  test('says so where the journal knows nothing', async () => {
    await using w = await openConsole('/why', { prepare: shop });
    w.expectError('404');
    await w.page.getByLabel('Id of an event').pressSequentially('nobody-1');
    await w.page.keyboard.press('Enter');
    await w.page.getByText(/knows of no event nobody-1/).waitFor();
  });
});

describe.skipIf(noBrowser)('time and faults', () => {
  test('moves a virtual clock on to what falls due', async () => {
    const prepare = async (server: Server) => {
      const url = await makeQueue(server, 'later');
      await sendTo(server, url, ['one'], { DelaySeconds: 600 });
    };
    await using w = await openConsole('/time', { server: { clock: 'virtual' }, prepare });
    const { page } = w;
    await page.getByText(/delayed in/).waitFor();
    expect(await violationsOf(w)).toEqual([]);
    await page.getByRole('button', { name: 'To the next, in 10 min' }).click();
    await page.getByText('Nothing waits for a moment').waitFor();
    w.expectError('400');
    await page.getByLabel('Move on by another span').pressSequentially('soon');
    await page.keyboard.press('Enter');
    await page.getByText(/no span of time/).waitFor();
  });

  test('adds a fault, counts its hits, and removes it', async () => {
    await using w = await openConsole('/time', { prepare: shop });
    const { page, server } = w;
    await page.getByText('millrace start --clock virtual').waitFor();
    await page.getByRole('button', { name: 'Add a fault' }).click();
    await page.getByLabel('Service').selectOption('sqs');
    await page.getByLabel('Error code').pressSequentially('Broken');
    await page.getByText('Every sqs operation is refused with Broken.').waitFor();
    expect(await violationsOf(w)).toEqual([]);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('0 of 0').waitFor();
    await makeQueue(server, 'refused').catch(() => {});
    await page.getByText(/^[1-9] of [1-9]/).waitFor();
    await page.getByRole('button', { name: /^Remove fault/ }).click();
    await page.getByText('Nothing is made to fail').waitFor();
  });
});

describe.skipIf(noBrowser)('the palette', () => {
  test('leads to a resource, a view and an event by keys alone', async () => {
    await using w = await openConsole('/time', { prepare: shop });
    const { page } = w;
    await page.getByRole('heading', { name: 'Faults', exact: true }).waitFor();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: /A view, a resource/ });
    await field.waitFor();
    expect(await violationsOf(w)).toEqual([]);
    await field.pressSequentially('billing');
    await page.getByRole('option', { name: /billing queue/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Comes from 1' }).waitFor();
    await page.keyboard.press('Control+k');
    await field.pressSequentially('5f0e-11aa');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    w.expectError('404');
    await page.getByText(/knows of no event 5f0e-11aa/).waitFor();
  });
});
