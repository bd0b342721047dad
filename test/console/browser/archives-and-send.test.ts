/** Archives and sending, as somebody works them. */
import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from 'vitest';
import type { Server } from '../../../src/index.ts';
import { noBrowser, openConsole } from './browser.ts';
import {
  bodiesOf,
  busArn,
  clientsOf,
  makeQueue,
  queueArn,
  sendTo,
  violationsOf,
  write,
} from './shop.ts';

/** A bus whose events are archived, and go into two queues. Answers the queues' addresses. */
async function archived(server: Server): Promise<readonly string[]> {
  const { events } = clientsOf(server);
  const EventBusName = 'shop';
  await events.send(new CreateEventBusCommand({ Name: EventBusName }));
  const EventSourceArn = busArn(EventBusName);
  await events.send(new CreateArchiveCommand({ ArchiveName: 'kept', EventSourceArn }));
  const urls: string[] = [];
  for (const name of ['one', 'two']) {
    const allow = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allow] });
    urls.push(await makeQueue(server, name, { Policy }));
    const EventPattern = '{"source":["shop"]}';
    await events.send(new PutRuleCommand({ Name: `to-${name}`, EventBusName, EventPattern }));
    const Targets = [{ Id: 'q', Arn: queueArn(name), InputPath: '$.detail' }];
    await events.send(new PutTargetsCommand({ Rule: `to-${name}`, EventBusName, Targets }));
  }
  const Entries = [1, 2, 3].map((order) => ({
    ...{ EventBusName, Source: 'shop', DetailType: order === 3 ? 'OrderShipped' : 'OrderPlaced' },
    Detail: JSON.stringify({ order }),
  }));
  await events.send(new PutEventsCommand({ Entries }));
  return urls;
}

describe.skipIf(noBrowser)('the archives', () => {
  test('show what they hold, by pattern, and replay it to the rules that are chosen', async () => {
    let urls: readonly string[] = [];
    const prepare = async (server: Server) => {
      urls = await archived(server);
      for (const url of urls) await bodiesOf(server, url);
    };
    await using w = await openConsole('/archives', { prepare });
    const { page, server } = w;
    await page.getByRole('link', { name: 'kept' }).waitFor();
    expect(await w.violations()).toEqual([]);
    await page.getByRole('link', { name: 'kept' }).click();
    await page.getByText('3 shown, 3 looked at').waitFor();
    const pattern = page.getByRole('searchbox', { name: 'Event pattern' });
    await pattern.fill('{"detail-type":');
    await page.getByText(/This is no JSON yet/).waitFor();
    await pattern.fill('{"detail-type":["OrderShipped"]}');
    await page.getByText('1 shown, 3 looked at').waitFor();
    await page.getByRole('row', { name: /OrderShipped/ }).click();
    await page.getByRole('heading', { name: 'OrderShipped' }).waitFor();
    expect(await violationsOf(w)).toEqual([]);
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/for all 2 rules/).waitFor();
    await dialog.getByLabel('to-two').uncheck();
    await dialog.getByText(/for rule to-one/).waitFor();
    expect(await w.violations()).toEqual([]);
    await dialog.getByRole('button', { name: 'Start replay' }).click();
    await page.getByText('completed', { exact: true }).waitFor();
    const [one = '', two = ''] = urls;
    expect(await bodiesOf(server, one)).toEqual([1, 2, 3].map((order) => `{"order":${order}}`));
    expect(await bodiesOf(server, two)).toEqual([]);
  });
});

describe.skipIf(noBrowser)('a replay', () => {
  test('leaves out no rule of many that is not unticked', async () => {
    const prepare = async (server: Server) => {
      await archived(server);
      const { events } = clientsOf(server);
      const given = { EventBusName: 'shop', EventPattern: '{"source":["shop"]}' };
      for (let number = 0; number < 100; number += 1) {
        await events.send(new PutRuleCommand({ Name: `many-${number}`, ...given }));
      }
    };
    await using w = await openConsole('/archives', { prepare });
    const { page } = w;
    await page.getByRole('link', { name: 'kept' }).click();
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/for all 102 rules/).waitFor();
    await dialog.getByLabel('to-two').uncheck();
    await dialog.getByText(/for 101 of 102 rules/).waitFor();
  });
});

describe.skipIf(noBrowser)('sending', () => {
  test('an event says what is missing, and leads to its trace', async () => {
    await using w = await openConsole(`/send?arn=${busArn('shop')}`, { prepare: archived });
    const { page } = w;
    await page.getByText('Not complete yet').waitFor();
    expect(await w.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Send event' }).click();
    await page.getByText(/An event needs a source/).waitFor();
    await page.getByLabel('Source', { exact: true }).fill('shop');
    await page.getByLabel('Detail type').fill('OrderPlaced');
    await write(page.getByRole('textbox', { name: 'Detail', exact: true }), '{"order": 9}');
    await page.getByText(/aws events put-events/).waitFor();
    await page.getByRole('tab', { name: 'vitest' }).click();
    await page.getByText(/startAws/).waitFor();
    expect(await violationsOf(w)).toEqual([]);
    await page.getByRole('button', { name: 'Send event' }).click();
    await page.waitForURL(/\/trace\?/);
    const id = new URL(page.url()).searchParams.get('id') ?? '';
    const answer = await fetch(`${w.url}/_millrace/v1/contents/${id}`);
    expect(await answer.json()).toMatchObject({
      form: 'event',
      content: { source: 'shop', detail: { order: 9 } },
    });
  });

  test('another edition of a message starts as the first one and is caused by it', async () => {
    let url = '';
    const prepare = async (server: Server) => {
      url = await makeQueue(server, 'orders');
      await sendTo(server, url, ['{"order":1}'], {
        MessageAttributes: { step: { DataType: 'Number', StringValue: '4' } },
      });
    };
    await using w = await openConsole(`/queues?queue=${queueArn('orders')}`, { prepare });
    const { page, server } = w;
    await page.getByRole('row', { name: /order/ }).click();
    await page.getByRole('link', { name: 'Send again' }).click();
    await page.getByText(/Another edition of/).waitFor();
    expect(await page.getByLabel('Value of attribute 1').inputValue()).toBe('4');
    const body = page.getByRole('textbox', { name: 'Body' });
    await body.getByText('"order"').waitFor();
    await write(body, '{"order": 2}');
    expect(await w.violations()).toEqual([]);
    const first = new URL(page.url()).searchParams.get('again');
    await page.getByRole('button', { name: 'Send message' }).click();
    await page.waitForURL(/\/trace\?/);
    const id = new URL(page.url()).searchParams.get('id') ?? '';
    const answer = await fetch(`${w.url}/_millrace/v1/contents/${id}`);
    expect(await answer.json()).toMatchObject({ causes: [first] });
    expect(await bodiesOf(server, url)).toEqual(['{"order":1}', '{"order":2}']);
  });

  test('is refused in words, and stays as it was written', async () => {
    await using w = await openConsole(`/send?arn=${queueArn('nowhere')}`);
    const { page } = w;
    w.expectError('400');
    await write(page.getByRole('textbox', { name: 'Body' }), '{"order": 1}');
    await page.getByRole('button', { name: 'Send message' }).click();
    await page.getByRole('alert').filter({ hasText: /queue/i }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Body' }).textContent()).toContain('order');
    expect(await w.violations()).toEqual([]);
  });
});
