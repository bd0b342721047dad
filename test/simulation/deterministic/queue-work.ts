/** Clients of queues: what is sent, received, deleted, given back, held longer and forgotten. */

import type { Received } from '../history.ts';
import type { Reply } from './node.ts';
import {
  ask,
  explain,
  keyOf,
  newText,
  oneOf,
  type Queue,
  queueOf,
  type Scene,
  spanOf,
  type Work,
} from './scene.ts';
import { BEGIN_MS } from './world.ts';

interface SendAnswer {
  readonly MessageId?: string;
  readonly SequenceNumber?: string;
}

interface Answered {
  readonly Messages?: readonly {
    readonly MessageId: string;
    readonly ReceiptHandle: string;
    readonly Body: string;
    readonly Attributes?: Readonly<Record<string, string>>;
  }[];
}

interface Held extends Received {
  readonly queue: Queue;
  readonly receiptHandle: string;
}

export async function send(
  scene: Scene,
  queue: Queue,
  { key, text }: { readonly key: string; readonly text: string },
  more: { readonly group?: string; readonly dedupId?: string; readonly delayMs?: number } = {},
): Promise<Reply> {
  const { group, dedupId, delayMs } = more;
  const reply = await ask(scene, 'sqs', 'SendMessage', {
    ...{ QueueUrl: queue.url, MessageBody: text },
    ...(delayMs !== undefined && { DelaySeconds: delayMs / 1000 }),
    ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: dedupId }),
  });
  explain(scene, 'SendMessage', reply);
  const { MessageId: messageId, SequenceNumber } = reply.answer as SendAnswer;
  scene.entries.push({
    ...{ op: 'send', queue: queue.name, key, digest: text, ...more, ...spanOf(reply) },
    ...(messageId !== undefined && { messageId }),
    ...(SequenceNumber !== undefined && { sequence: BigInt(SequenceNumber) }),
  });
  return reply;
}

export function sendJob(name: string): Work {
  return async (scene) => {
    const delayMs = scene.ids.random() < 0.2 ? 1000 * Math.ceil(scene.ids.random() * 20) : 0;
    await send(scene, queueOf(scene, name), newText(scene), delayMs > 0 ? { delayMs } : {});
  };
}

/** What got no answer is sent again, under its deduplication id. */
export function sendOrder(name: string): Work {
  return async (scene, index) => {
    const what = newText(scene);
    const group = `g${index}-${Math.floor(scene.ids.random() * 2)}`;
    const options = { group, dedupId: `d-${what.key}` };
    await insist(scene, () => send(scene, queueOf(scene, name), what, options));
  };
}

/** Asks again for as long as there is no answer, at most so long that it is one and the same. */
export async function insist(scene: Scene, once: () => Promise<Reply>): Promise<void> {
  const untilMs = scene.world.moment() + 120_000;
  while (scene.world.moment() < untilMs) {
    const { outcome } = await once();
    if (outcome === 'ok') return;
    await scene.world.pause(200);
  }
}

/** Receives from one queue, and does with each message what comes to its mind. */
export function consume(name: string): Work {
  return async (scene) => {
    const queue = queueOf(scene, name);
    const max = 1 + Math.floor(scene.ids.random() * 10);
    for (const held of await receive(scene, queue, max)) await treat(scene, held);
  };
}

async function receive(scene: Scene, queue: Queue, max: number): Promise<readonly Held[]> {
  const WaitTimeSeconds = scene.draining ? 0 : oneOf(scene.ids, [0, 1, 5, 20]);
  const reply = await ask(scene, 'sqs', 'ReceiveMessage', {
    ...{ QueueUrl: queue.url, MaxNumberOfMessages: max, WaitTimeSeconds },
    MessageSystemAttributeNames: ['All'],
  });
  explain(scene, 'ReceiveMessage', reply);
  const { Messages = [] } = reply.answer as Answered;
  const held = Messages.map((message): Held => {
    const text = queue.unwrap(message.Body);
    const { ApproximateReceiveCount, SequenceNumber, MessageGroupId } = message.Attributes ?? {};
    return {
      ...{ queue, key: keyOf(text), digest: text, receiptHandle: message.ReceiptHandle },
      ...{ messageId: message.MessageId, handle: `${queue.name} ${scene.keys++}` },
      receiveCount: Number(ApproximateReceiveCount),
      ...(SequenceNumber !== undefined && { sequence: BigInt(SequenceNumber) }),
      ...(MessageGroupId !== undefined && { group: MessageGroupId }),
    };
  });
  const { name, leaseMs } = queue;
  const messages = held.map(({ queue: _queue, receiptHandle: _handle, ...received }) => received);
  // One without an answer may have received something.
  if (messages.length > 0 || reply.outcome === 'unknown') {
    scene.entries.push({ op: 'receive', queue: name, leaseMs, messages, ...spanOf(reply) });
  }
  return held;
}

async function treat(scene: Scene, held: Held): Promise<void> {
  const luck = scene.draining ? 1 : scene.ids.random();
  if (luck < 0.1) return;
  if (luck < 0.2) return change(scene, held, 0);
  if (luck < 0.25) await change(scene, held, held.queue.leaseMs + 5_000);
  if (luck < 0.4) await scene.world.pause(scene.ids.random() * held.queue.leaseMs * 1.5);
  const { queue, receiptHandle, handle } = held;
  const input = { QueueUrl: queue.url, ReceiptHandle: receiptHandle };
  const reply = await ask(scene, 'sqs', 'DeleteMessage', input);
  // A delete that comes too late is refused by ordered queues.
  explain(scene, 'DeleteMessage', reply, TOO_LATE);
  scene.entries.push({ op: 'delete', queue: queue.name, handle, ...spanOf(reply) });
}

const TOO_LATE = ['InvalidParameterValue', 'ReceiptHandleIsInvalid', 'MessageNotInflight'];

async function change(scene: Scene, held: Held, leaseMs: number): Promise<void> {
  const { queue, receiptHandle, handle } = held;
  const reply = await ask(scene, 'sqs', 'ChangeMessageVisibility', {
    ...{ QueueUrl: queue.url, ReceiptHandle: receiptHandle, VisibilityTimeout: leaseMs / 1000 },
  });
  explain(scene, 'ChangeMessageVisibility', reply, TOO_LATE);
  scene.entries.push({ op: 'change', queue: queue.name, handle, leaseMs, ...spanOf(reply) });
}

/** Ticks of a schedule say when they were due. */
export function tickText(scene: () => Scene): Queue['unwrap'] {
  const seen = new Set<string>();
  return (body) => {
    const { id, time } = JSON.parse(body) as { readonly id: string; readonly time: string };
    const firedAtMs = Date.parse(time) - BEGIN_MS;
    if (!seen.has(id)) scene().firedAtMs.push(firedAtMs);
    seen.add(id);
    return JSON.stringify({ key: `tick ${id}` });
  };
}
