/** Queues and functions, as somebody looks at them. */
import { CreateEventSourceMappingCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import type { Server } from '../../../src/index.ts';
import { noBrowser, openConsole } from './browser.ts';
import {
  bodiesOf,
  clientsOf,
  functionArn,
  makeFunction,
  makeQueue,
  queueArn,
  sendTo,
  violationsOf,
  write,
} from './shop.ts';

const BODIES = ['{"order":1}', '{"order":2}', 'three'];

describe.skipIf(noBrowser)('the queues', () => {
  test('show messages and why they are where they are, and receive none', async () => {
    let url = '';
    const prepare = async (server: Server) => {
      url = await makeQueue(server, 'orders');
      await makeQueue(server, 'billing');
      await sendTo(server, url, BODIES);
      await sendTo(server, url, ['{"order":4}'], { DelaySeconds: 600 });
      const { sqs } = clientsOf(server);
      await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 300 }));
    };
    await using w = await openConsole('/queues', { prepare });
    const { page, server } = w;
    await page.getByText('4 messages in 2 queues').waitFor();
    expect(await w.violations()).toEqual([]);
    // The same name as the queue's own: list and queue ask for it each in its way.
    const asked = new Set<string | null>();
    page.on('request', (request) => asked.add(new URL(request.url()).searchParams.get('prefix')));
    await page.getByLabel('Names that begin with').pressSequentially('orders');
    await page.getByText('4 messages in 1 queue').waitFor();
    const letters = [...asked].filter((prefix) => prefix && prefix !== 'orders');
    expect(letters.length).toBeLessThan(5);
    await page.getByRole('link', { name: 'orders' }).click();
    await page.getByText(/^hidden (\d+ min|\d+ s)/).waitFor();
    expect(await page.title()).toBe('orders · Queues · millrace');
    const rows = page.getByRole('row').filter({ hasText: /order|three/ });
    expect(await rows.count()).toBe(4);
    await page.getByRole('radio', { name: /Delayed 1/ }).check();
    await page.getByRole('row', { name: /"order":4/ }).click();
    await page.getByRole('button', { name: 'Copy body' }).waitFor();
    expect(await violationsOf(w)).toEqual([]);
    expect(new URL(page.url()).searchParams.get('state')).toBe('delayed');
    // All that was visible is there as it was, received by nobody.
    expect(await bodiesOf(server, url)).toHaveLength(2);
  });

  test('stay where one looks when something happens in another Region', async () => {
    const prepare = async (server: Server) =>
      sendTo(server, await makeQueue(server, 'orders'), BODIES);
    await using w = await openConsole('/queues', { prepare });
    const { page, server } = w;
    await page.getByText('3 messages in 1 queue').waitFor();
    let latest = '';
    page.on('response', async (answer) => {
      if (!answer.url().endsWith('/session')) return;
      // What is still on its way when the page is closed cannot be read.
      const said: unknown = await answer.json().catch(() => ({ places: [] }));
      const { places } = said as { places: readonly { region: string }[] };
      latest = places[0]?.region ?? latest;
    });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const sqs = new SQSClient({ endpoint: server.endpoint, credentials, region: 'eu-west-1' });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'elsewhere' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
    const lookAgain = async () => {
      await page.evaluate("dispatchEvent(new Event('visibilitychange'))");
      return latest;
    };
    await expect.poll(lookAgain).toBe('eu-west-1');
    const place = page.getByLabel('Account and Region');
    await place.locator('option', { hasText: 'eu-west-1' }).waitFor({ state: 'attached' });
    expect(await place.inputValue()).toBe('000000000000 us-east-1');
    expect(await page.getByRole('link', { name: 'orders' }).count()).toBe(1);
  });

  test('show the groups of a FIFO queue, and who is behind whom', async () => {
    const prepare = async (server: Server) => {
      const url = await makeQueue(server, 'steps.fifo', {
        FifoQueue: 'true',
        ContentBasedDeduplication: 'true',
      });
      await sendTo(server, url, ['a1', 'a2'], { MessageGroupId: 'a' });
      await sendTo(server, url, ['b1'], { MessageGroupId: 'b' });
      const { sqs } = clientsOf(server);
      await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 1 }));
    };
    await using w = await openConsole(`/queues?queue=${queueArn('steps.fifo')}`, { prepare });
    const { page } = w;
    await page.getByRole('row', { name: /blocked behind/ }).click();
    await page.getByRole('button', { name: 'Only this group' }).click();
    await page.getByRole('row', { name: /b1/ }).waitFor({ state: 'detached' });
    expect(await page.getByLabel('Message group').inputValue()).toBe('a');
    expect(await w.violations()).toEqual([]);
  });
});

const SOURCE = `export const handler = async (event) => {
  console.log('handling', JSON.stringify(event));
  if (event.fail) throw new TypeError('no such order');
  return { fine: true, event };
};`;

describe.skipIf(noBrowser)('the functions', () => {
  test('show runs with what went in and out, and run again with another input', async () => {
    const prepare = async (server: Server) => {
      await makeFunction(server, 'ship', SOURCE);
      await makeQueue(server, 'orders');
      const { lambda } = clientsOf(server);
      const EventSourceArn = queueArn('orders');
      await lambda.send(
        new CreateEventSourceMappingCommand({ FunctionName: 'ship', EventSourceArn }),
      );
      for (const payload of ['{"fail":true}', '{"order":7}']) {
        const Payload = Buffer.from(payload);
        await lambda.send(new InvokeCommand({ FunctionName: 'ship', Payload }));
      }
    };
    await using w = await openConsole('/functions', { prepare });
    const { page } = w;
    await page.getByRole('link', { name: 'ship' }).waitFor();
    expect(await w.violations()).toEqual([]);
    await page.getByRole('link', { name: 'ship' }).click();
    await page.getByText('fed by').waitFor();
    const runs = page.getByRole('grid', { name: 'Runs' }).getByRole('row', { name: /ms/ });
    await runs.nth(1).waitFor();
    await page.getByText('Failed only').click();
    await runs.nth(1).waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /TypeError/ }).click();
    await page.getByRole('tab', { name: 'Error' }).waitFor();
    await page.getByRole('tab', { name: /Logs/ }).click();
    await page.getByText(/handling/).waitFor();
    expect(await violationsOf(w)).toEqual([]);
    const before = new URL(page.url()).searchParams.get('run');
    await page.getByRole('button', { name: 'Edit and invoke' }).click();
    const dialog = page.getByRole('dialog');
    const input = dialog.getByRole('textbox', { name: 'Input' });
    await write(input, '{"order":');
    await dialog.getByText(/A function takes JSON/).waitFor();
    await write(input, '{"order": 8}');
    expect(await w.violations()).toEqual([]);
    // It may be asked for the new run a moment before the journal has it.
    w.expectError('404');
    await dialog.getByRole('button', { name: 'Invoke' }).click();
    await page.getByRole('tab', { name: 'Result' }).waitFor();
    expect(new URL(page.url()).searchParams.get('run')).not.toBe(before);
    await page.getByRole('tab', { name: /Causes 1/ }).click();
    await page
      .getByRole('tabpanel')
      .getByText(before ?? '', { exact: true })
      .waitFor();
  });

  test('say so where there is no such run yet', async () => {
    const path = `/functions?function=${functionArn('ship')}&run=nobody-knows`;
    await using w = await openConsole(path);
    w.expectError('404');
    await w.page.getByText('No such run yet').waitFor();
    await w.page.getByText('No runs yet').waitFor();
    expect(await w.violations()).toEqual([]);
  });
});
