/**
 * What a connection of the generator sends: one worker per connection, one request after another.
 *
 * A worker sees each answer before it makes the next request, so a receive can be followed by the
 * delete of what it got. `counted` is how many messages the answer stood for.
 */
import type { Answer } from './connection.ts';
import { type DataKind, dataWorker, isDataKind } from './data-scenarios.ts';
import { jsonRequest, lambdaRequest, numbered, randomText, snsRequest } from './requests.ts';

export interface Worker {
  /** The next request; `answer` belongs to the one before. */
  next(answer: Answer | undefined): Buffer;
  counted(answer: Answer): number;
}

export interface Scenario {
  readonly kind:
    | ('send' | 'send-batch' | 'receive-delete' | 'receive')
    | ('put-events' | 'publish' | 'invoke')
    | DataKind;
  /** Queue URL, topic ARN, or name of a bus, function, table or stream. */
  readonly to: string;
  /** Bytes of each body. */
  readonly bytes?: number;
  /** Sources that events carry, in turn; see `put-events.ts`. */
  readonly sources?: readonly string[];
  /** Seconds a receive waits. */
  readonly waitSeconds?: number;
  /** What one request counts for, such as the deliveries of one publish. */
  readonly weight?: number;
  /** How many items a table holds; see `data-scenarios.ts`. */
  readonly items?: number;
  /** Where in a stream to begin. */
  readonly iterators?: readonly string[];
}

/** Where a request carries its running number. */
export const MARK = '########';

export function worker(scenario: Scenario, index: number): Worker {
  const { kind } = scenario;
  if (isDataKind(kind)) return dataWorker(kind, scenario, index);
  switch (kind) {
    case 'send':
      return repeat(sendRequest(scenario), scenario.weight ?? 1);
    case 'send-batch':
      return repeat(batchRequest(scenario), 10);
    case 'put-events':
      return repeat(eventsRequest(scenario, index), 10);
    case 'publish':
      return repeat(publishRequest(scenario), scenario.weight ?? 1);
    case 'invoke':
      return repeat(invokeRequest(scenario), 1);
    case 'receive':
      return repeat(receiveRequest(scenario), 1);
    case 'receive-delete':
      return receiveDelete(scenario);
  }
}

/** The same request again and again, with a running number in its body. */
function repeat(template: Buffer, weight: number): Worker {
  return { next: numbered(template, MARK), counted: () => weight };
}

function body({ bytes = 1024 }: Scenario): string {
  return MARK + randomText(bytes - MARK.length);
}

function sendRequest(scenario: Scenario): Buffer {
  const input = { QueueUrl: scenario.to, MessageBody: body(scenario) };
  return jsonRequest('sqs', 'SendMessage', input);
}

function batchRequest(scenario: Scenario): Buffer {
  const Entries = Array.from({ length: 10 }, (_, i) => ({
    Id: `m${i}`,
    MessageBody: body(scenario),
  }));
  return jsonRequest('sqs', 'SendMessageBatch', { QueueUrl: scenario.to, Entries });
}

function eventsRequest(scenario: Scenario, index: number): Buffer {
  const sources = scenario.sources ?? ['bench'];
  const Entries = Array.from({ length: 10 }, (_, i) => ({
    Source: sources[(index * 10 + i) % sources.length],
    DetailType: 'OrderPlaced',
    EventBusName: scenario.to,
    Detail: JSON.stringify({
      orderId: MARK,
      customer: { id: index, tier: 'gold' },
      lines: [{ sku: 'A-1', quantity: 2 }],
      note: randomText((scenario.bytes ?? 512) - 100),
    }),
  }));
  return jsonRequest('events', 'PutEvents', { Entries });
}

export function publishRequest(scenario: Pick<Scenario, 'to' | 'bytes'>): Buffer {
  // A form escapes '#', so the mark is put in afterwards, over text of the same length.
  const Message = `MMMMMMMM${randomText((scenario.bytes ?? 1024) - MARK.length)}`;
  const bytes = snsRequest('Publish', { TopicArn: scenario.to, Message });
  bytes.write(MARK, bytes.indexOf('MMMMMMMM'), 'latin1');
  return bytes;
}

function invokeRequest(scenario: Scenario): Buffer {
  const payload = JSON.stringify({ text: body(scenario) });
  return lambdaRequest(`POST /2015-03-31/functions/${scenario.to}/invocations`, payload);
}

function receiveRequest(scenario: Scenario): Buffer {
  return jsonRequest('sqs', 'ReceiveMessage', {
    QueueUrl: scenario.to,
    MaxNumberOfMessages: scenario.weight ?? 10,
    WaitTimeSeconds: scenario.waitSeconds ?? 0,
  });
}

/** Ten messages received, the same ten deleted; counts what was deleted. */
function receiveDelete(scenario: Scenario): Worker {
  const receive = receiveRequest({ ...scenario, weight: 10 });
  let deleting = 0;
  return {
    counted: () => deleting,
    next: (answer) => {
      const handles = answer && deleting === 0 ? receiptHandles(answer.body) : [];
      deleting = handles.length;
      if (deleting === 0) return receive;
      const Entries = handles.map((ReceiptHandle, i) => ({ Id: `m${i}`, ReceiptHandle }));
      return jsonRequest('sqs', 'DeleteMessageBatch', { QueueUrl: scenario.to, Entries });
    },
  };
}

/** Found by text search: parsing ten 1 KiB bodies would cost more than the rest of the loop. */
function receiptHandles(answer: Buffer): string[] {
  const text = answer.toString('latin1');
  return Array.from(text.matchAll(/"ReceiptHandle":"([^"]+)"/g), (match) => match[1] ?? '');
}
