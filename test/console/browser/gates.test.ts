/**
 * No way to act on the console from another site: a real browser tries, from another port of this
 * machine (another origin, the same site) and from another site.
 */
import { createServer } from 'node:http';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import type { Server } from '../../../src/index.ts';
import { noBrowser, openConsole } from './browser.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:jobs';
const MESSAGE = JSON.stringify({ arn: ARN, content: { MessageBody: 'from elsewhere' } });

/** A page of somebody else's. */
async function elsewhere() {
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end('<title>elsewhere</title><body>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

const clientOf = ({ endpoint }: Server) => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new SQSClient({ endpoint, credentials, region: 'us-east-1' });
};

async function jobs(server: Server): Promise<string | undefined> {
  const sqs = clientOf(server);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
  return (await sqs.send(asked)).Attributes?.ApproximateNumberOfMessages;
}

/** All the ways in which a page can send something; runs in it. Answers what it could read. */
const ATTACK = `async (url, message) => {
  const send = url + '/_millrace/v1/send';
  const read = [];
  const tried = async (request) => {
    try {
      const answer = await request();
      if (answer && answer.type !== 'opaque') read.push(await answer.text());
    } catch {}
  };
  const plain = { method: 'POST', mode: 'no-cors', body: message, credentials: 'include' };
  await tried(() => fetch(send, plain));
  await tried(() => fetch(send, { ...plain, headers: { 'content-type': 'text/plain' } }));
  const headers = { 'content-type': 'application/json', 'x-millrace-console': '1' };
  await tried(() => fetch(send, { method: 'POST', body: message, headers }));
  await tried(() => fetch(url + '/_millrace/v1/status'));
  await tried(() => fetch(url + '/_millrace/v1/status', { mode: 'no-cors' }));
  navigator.sendBeacon(send, new Blob([message], { type: 'text/plain' }));
  for (const src of ['/_millrace/v1/status', '/']) {
    const frame = document.createElement('iframe');
    frame.src = url + src;
    document.body.append(frame);
    await new Promise((resolve) => {
      frame.onload = frame.onerror = resolve;
      setTimeout(resolve, 2000);
    });
  }
  const form = document.createElement('form');
  Object.assign(form, { method: 'POST', action: send, enctype: 'text/plain', target: 'gone' });
  const sink = document.createElement('iframe');
  sink.name = 'gone';
  const field = document.createElement('input');
  Object.assign(field, { name: message.slice(0, -1) + ',"x":"', value: '"}' });
  form.append(field);
  document.body.append(sink, form);
  const sent = new Promise((resolve) => { sink.onload = resolve; setTimeout(resolve, 2000); });
  form.submit();
  await sent;
  return read;
}`;

describe.skipIf(noBrowser)('a page of somebody else', () => {
  test.each(['127.0.0.1', 'shop.localhost'])('at %s neither acts nor reads', async (host) => {
    await using w = await openConsole('/tail', { prepare: jobs });
    await using other = await elsewhere();
    const page = await w.browser.newPage();
    await page.goto(`http://${host}:${other.port}/`);
    const attack = `(${ATTACK})(${JSON.stringify(w.url)}, ${JSON.stringify(MESSAGE)})`;
    expect(await page.evaluate(attack)).toEqual([]);
    expect(await jobs(w.server)).toBe('0');
    const shown = await Promise.all(page.frames().map((frame) => frame.content().catch(() => '')));
    for (const content of shown) expect(content).not.toMatch(/millrace<|"services"/);
  });

  test('the console itself sends the same', async () => {
    await using w = await openConsole('/tail', { prepare: jobs });
    const sent = await w.page.evaluate(
      `fetch('_millrace/v1/send', { method: 'POST', body: ${JSON.stringify(MESSAGE)},
        headers: { 'content-type': 'application/json', 'x-millrace-console': '1' },
      }).then((answer) => answer.status)`,
    );
    expect(sent).toBe(200);
    expect(await jobs(w.server)).toBe('1');
  });

  test('a read-only console sends nothing', async () => {
    await using w = await openConsole('/tail', {
      prepare: jobs,
      server: { console: { port: 0, readOnly: true } },
    });
    w.expectError('403');
    const sent = await w.page.evaluate(
      `fetch('_millrace/v1/send', { method: 'POST', body: ${JSON.stringify(MESSAGE)},
        headers: { 'content-type': 'application/json', 'x-millrace-console': '1' },
      }).then((answer) => answer.status)`,
    );
    expect(sent).toBe(403);
    expect(await jobs(w.server)).toBe('0');
  });

  test('no script runs that is not a file of the console', async () => {
    await using w = await openConsole('/tail');
    w.expectError('Content Security Policy');
    await w.page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.head.append(script);
      const image = document.createElement('div');
      image.setAttribute('onclick', 'window.ran = true');
      document.body.append(image);
      image.click();
    }`);
    expect(await w.page.evaluate('window.ran')).toBeUndefined();
  });
});
