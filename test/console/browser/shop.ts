/** What the console's lists are looked at with: clients, and functions from a folder. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Locator } from 'playwright-core';
import type { Server } from '../../../src/index.ts';
import type { OpenConsole } from './browser.ts';

const AT = 'us-east-1:000000000000';

export const queueArn = (name: string) => `arn:aws:sqs:${AT}:${name}`;
export const functionArn = (name: string) => `arn:aws:lambda:${AT}:function:${name}`;
export const busArn = (name: string) => `arn:aws:events:${AT}:event-bus/${name}`;

export function clientsOf({ endpoint }: Server) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const given = { endpoint, credentials, region: 'us-east-1' };
  return {
    events: new EventBridgeClient(given),
    lambda: new LambdaClient(given),
    sqs: new SQSClient(given),
  };
}

/** The address of a new queue. */
export async function makeQueue(
  server: Server,
  QueueName: string,
  Attributes: Record<string, string> = {},
): Promise<string> {
  const { sqs } = clientsOf(server);
  const made = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return made.QueueUrl ?? '';
}

export async function sendTo(
  server: Server,
  QueueUrl: string,
  bodies: readonly string[],
  more: Partial<SendMessageCommand['input']> = {},
): Promise<void> {
  const { sqs } = clientsOf(server);
  for (const MessageBody of bodies) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
  }
}

/** What `queue` says, each as often as it is there; they are received for good. */
export async function bodiesOf(server: Server, QueueUrl: string): Promise<readonly string[]> {
  const { sqs } = clientsOf(server);
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies.sort();
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
}

/** A queue `work` whose messages were received once too often, so that they lie in `work-dlq`. */
export async function deadLetters(server: Server, bodies: readonly string[]): Promise<string> {
  await makeQueue(server, 'work-dlq');
  const policy = { deadLetterTargetArn: queueArn('work-dlq'), maxReceiveCount: 1 };
  const url = await makeQueue(server, 'work', { RedrivePolicy: JSON.stringify(policy) });
  await sendTo(server, url, bodies);
  const { sqs } = clientsOf(server);
  let received = 0;
  while (received < bodies.length) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    received += Messages.length;
  }
  // The receive that finds them over their limit moves them.
  await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
  return url;
}

/** A function of the source of its module; its folder goes with the process. */
export async function makeFunction(server: Server, name: string, source: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-console-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'index.mjs'), source);
  const { lambda } = clientsOf(server);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: `arn:aws:iam::000000000000:role/${name}`,
      Timeout: 10,
      Code: { S3Bucket: 'hot-reload', S3Key: folder },
    }),
  );
  const waiting = { client: lambda, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilFunctionActiveV2(waiting, { FunctionName: name });
}

/** What axe-core finds in both themes. */
export async function violationsOf(w: OpenConsole): Promise<readonly string[]> {
  const light = await w.violations();
  await w.page.emulateMedia({ colorScheme: 'dark' });
  // Colours take a frame to change, even where nothing is to move.
  await w.page.evaluate('new Promise((then) => setTimeout(then, 150))');
  const dark = await w.violations();
  await w.page.emulateMedia({ colorScheme: 'light' });
  return [...light, ...dark.map((words) => `dark: ${words}`)];
}

/**
 * Writes `text` into an editor instead of what it says. Not with `fill`: over coloured text
 * Chromium inserts a span with a style of its own, which the content security policy refuses.
 */
export async function write(editor: Locator, text: string): Promise<void> {
  await editor.focus();
  await editor.press('Control+a');
  await editor.press('Delete');
  await editor.page().keyboard.insertText(text);
}
