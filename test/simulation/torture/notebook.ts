/**
 * Every call of every worker, noted as the checker wants it.
 *
 * The notebook also decides what an answer means: 200 is a promise, 4xx a refusal with nothing
 * done, anything else says nothing.
 */
import { hash } from 'node:crypto';
import { jsonRequest, snsRequest } from '../../../bench/requests.ts';
import type { Entry, Outcome, Received } from '../history.ts';
import type { Client, Reply } from './client.ts';

export interface Queue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly leaseMs: number;
  /** Finds what the producer wrote in what the consumer got. */
  readonly unwrap: (body: string) => string;
}

/** A received message and what it takes to delete it. */
export interface Held extends Received {
  readonly queue: Queue;
  readonly receiptHandle: string;
  /** The message as the producer wrote it. */
  readonly text: string;
}

export interface SendOptions {
  readonly group?: string;
  readonly dedupId?: string;
  readonly delayMs?: number;
}

export interface PublishOptions {
  readonly expects: readonly string[];
  readonly group?: string;
  readonly dedupId?: string;
}

/** Members of AWS-JSON answers that are read here. */
interface Answered {
  readonly MessageId?: string;
  readonly SequenceNumber?: string;
  readonly FailedEntryCount?: number;
  readonly Messages?: readonly {
    readonly MessageId: string;
    readonly ReceiptHandle: string;
    readonly Body: string;
    readonly Attributes?: Readonly<Record<string, string>>;
  }[];
}

export class Notebook {
  entries: Entry[] = [];
  /** Answers that a healthy server has no reason for. */
  readonly complaints: string[] = [];
  /** Answers 503, where servers may give them. */
  unavailable = 0;
  /**
   * Many nodes share a database that goes away, and then say so; and a request that its client has
   * given up may take effect later, on a node that stood still.
   */
  readonly #manyNodes: boolean;
  #handles = 0;

  constructor({ manyNodes = false } = {}) {
    this.#manyNodes = manyNodes;
  }

  async send(client: Client, queue: Queue, text: string, options: SendOptions = {}) {
    const input = {
      QueueUrl: queue.url,
      MessageBody: text,
      ...(options.delayMs && { DelaySeconds: options.delayMs / 1000 }),
      ...(options.group && { MessageGroupId: options.group }),
      ...(options.dedupId && { MessageDeduplicationId: options.dedupId }),
    };
    const reply = await client.send(jsonRequest('sqs', 'SendMessage', input));
    const outcome = this.#outcome('SendMessage', reply);
    const { MessageId, SequenceNumber } = parse(reply);
    this.entries.push({
      ...{ op: 'send', queue: queue.name, key: keyOf(text), digest: digestOf(text) },
      ...options,
      ...spanOf(reply, outcome),
      ...(MessageId && { messageId: MessageId }),
      ...(SequenceNumber && { sequence: BigInt(SequenceNumber) }),
    });
    return outcome;
  }

  /** A request whose text is carried on to where it is expected. */
  async publishBy(
    client: Client,
    operation: string,
    request: Buffer,
    text: string,
    options: PublishOptions,
  ) {
    const reply = await client.send(request);
    const isConditional = operation === 'UpdateItem';
    const outcome = this.#outcome(operation, reply, isConditional && this.#manyNodes);
    this.#notePublish(reply, outcome, text, options);
    return outcome;
  }

  async receive(client: Client, queue: Queue, max: number, waitSeconds: number): Promise<Held[]> {
    const input = {
      QueueUrl: queue.url,
      MaxNumberOfMessages: max,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
    };
    const reply = await client.send(jsonRequest('sqs', 'ReceiveMessage', input));
    const outcome = this.#outcome('ReceiveMessage', reply);
    const { leaseMs } = queue;
    const span = spanOf(reply, outcome);
    if (outcome !== 'ok') {
      // One without an answer may have received something.
      this.entries.push({ op: 'receive', queue: queue.name, leaseMs, messages: [], ...span });
      return [];
    }
    const messages = (parse(reply).Messages ?? []).map((message): Held => {
      const text = queue.unwrap(message.Body);
      const { ApproximateReceiveCount, SequenceNumber } = message.Attributes ?? {};
      return {
        ...{ queue, text, key: keyOf(text), digest: digestOf(text) },
        ...{ messageId: message.MessageId, receiptHandle: message.ReceiptHandle },
        handle: `${queue.name} ${++this.#handles}`,
        receiveCount: Number(ApproximateReceiveCount),
        ...(SequenceNumber && { sequence: BigInt(SequenceNumber) }),
      };
    });
    const noted = messages.map(
      ({ queue: _queue, receiptHandle: _handle, text: _text, ...rest }) => rest,
    );
    if (noted.length > 0) {
      this.entries.push({ op: 'receive', queue: queue.name, leaseMs, messages: noted, ...span });
    }
    return messages;
  }

  async delete(client: Client, held: Held): Promise<Outcome> {
    const input = { QueueUrl: held.queue.url, ReceiptHandle: held.receiptHandle };
    const reply = await client.send(jsonRequest('sqs', 'DeleteMessage', input));
    // A delete that comes too late is refused by ordered queues.
    const outcome = this.#outcome('DeleteMessage', reply, true);
    this.entries.push({
      ...{ op: 'delete', queue: held.queue.name, handle: held.handle },
      ...spanOf(reply, outcome),
    });
    return outcome;
  }

  async change(client: Client, held: Held, leaseMs: number): Promise<Outcome> {
    const reply = await client.send(
      jsonRequest('sqs', 'ChangeMessageVisibility', {
        QueueUrl: held.queue.url,
        ReceiptHandle: held.receiptHandle,
        VisibilityTimeout: leaseMs / 1000,
      }),
    );
    const outcome = this.#outcome('ChangeMessageVisibility', reply, true);
    this.entries.push({
      ...{ op: 'change', queue: held.queue.name, handle: held.handle, leaseMs },
      ...spanOf(reply, outcome),
    });
    return outcome;
  }

  async putEvent(client: Client, kind: string, text: string, options: PublishOptions) {
    const entry = { Source: 'torture', DetailType: kind, Detail: text };
    const reply = await client.send(jsonRequest('events', 'PutEvents', { Entries: [entry] }));
    const refused = (parse(reply).FailedEntryCount ?? 0) > 0;
    if (refused) this.complaints.push(`PutEvents: ${reply.answer?.body}`);
    const outcome = refused ? 'refused' : this.#outcome('PutEvents', reply);
    this.#notePublish(reply, outcome, text, options);
    return outcome;
  }

  async publish(
    client: Client,
    topicArn: string,
    text: string,
    options: PublishOptions & { readonly more?: Readonly<Record<string, string>> },
  ) {
    const { more, ...publish } = options;
    const input = {
      ...{ TopicArn: topicArn, Message: text },
      ...(publish.group && { MessageGroupId: publish.group }),
      ...(publish.dedupId && { MessageDeduplicationId: publish.dedupId }),
      ...more,
    };
    const reply = await client.send(snsRequest('Publish', input));
    const outcome = this.#outcome('Publish', reply);
    this.#notePublish(reply, outcome, text, publish);
    return outcome;
  }

  #notePublish(reply: Reply, outcome: Outcome, text: string, options: PublishOptions): void {
    const span = spanOf(reply, outcome);
    this.entries.push({
      ...{ op: 'publish', key: keyOf(text), digest: digestOf(text) },
      ...options,
      ...span,
    });
  }

  #outcome(operation: string, { answer }: Reply, mayRefuse = false): Outcome {
    if (!answer) return 'unknown';
    if (answer.status === 200) return 'ok';
    if (answer.status === 503 && this.#manyNodes) {
      this.unavailable++;
      return 'unknown';
    }
    const refused = answer.status >= 400 && answer.status < 500;
    if (!refused || !mayRefuse) {
      this.complaints.push(`${operation}: ${answer.status} ${answer.body.toString()}`);
    }
    return refused ? 'refused' : 'unknown';
  }
}

function parse({ answer }: Reply): Answered {
  if (answer?.status !== 200 || answer.body[0] !== 0x7b) return {};
  return JSON.parse(answer.body.toString());
}

function spanOf({ invokedAtMs, returnedAtMs }: Reply, outcome: Outcome) {
  return { invokedAtMs, returnedAtMs, outcome };
}

/** Messages are JSON objects that begin with their key. */
export function keyOf(text: string): string {
  return /^\{"key":"([^"]+)"/.exec(text)?.[1] ?? `unreadable ${text.slice(0, 40)}`;
}

export function digestOf(text: string): string {
  return hash('md5', text, 'base64');
}
