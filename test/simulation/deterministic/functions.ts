/**
 * The functions of a simulation: handlers in this process, registered anew at each start of a
 * node. They carry on what they get to a queue of their own, through the node that runs them, and
 * fail now and then.
 */
import type { RunningStack } from '../../../src/app.ts';
import { registerFunction } from '../../../src/services/lambda/registered-functions.ts';
import type { Node } from './node.ts';
import { keyOf, type Scene } from './scene.ts';

interface Carried {
  readonly group: string;
  readonly text: string;
}

interface Event {
  /** Of an invocation that no source has made. */
  readonly text?: string;
  readonly Records?: readonly {
    readonly body?: string;
    readonly kinesis?: { readonly data: string; readonly partitionKey: string };
    readonly dynamodb?: {
      readonly NewImage: {
        readonly id: { readonly S: string };
        readonly text: { readonly S: string };
      };
    };
  }[];
}

/** How each kind of record is read, and where it is carried to. */
const CARRIERS: Readonly<Record<string, { readonly to: string }>> = {
  'carry-calls': { to: 'called.fifo' },
  'carry-changes': { to: 'changes.fifo' },
  'carry-records': { to: 'records.fifo' },
  'carry-invoked': { to: 'invoked.fifo' },
};

/** Share of invocations that fail, after some of their records. */
const FAILING = 0.15;

export function registerAll(scene: () => Scene) {
  return async (stack: RunningStack, node: Node): Promise<void> => {
    for (const [name, { to }] of Object.entries(CARRIERS)) {
      const address = { account: '000000000000', region: 'us-east-1', name };
      await registerFunction(stack, address, (event) => carry(scene(), node, event, to));
    }
  };
}

async function carry(scene: Scene, node: Node, event: Event, to: string): Promise<void> {
  const QueueUrl = scene.queues.get(to)?.url;
  const records = event.Records?.map(carriedOf) ?? [invokedWith(event.text ?? '')];
  const fails = !scene.draining && mayFail(scene, event) && scene.ids.random() < FAILING;
  const until = fails ? Math.floor(scene.ids.random() * records.length) : undefined;
  for (const { group, text } of records.slice(0, until)) {
    const MessageDeduplicationId = keyOf(text);
    const input = { QueueUrl, MessageBody: text, MessageGroupId: group, MessageDeduplicationId };
    const { outcome } = await node.ask('sqs', 'SendMessage', input);
    if (outcome !== 'ok') throw new Error('a simulated failure: the record could not be sent');
  }
  if (fails) throw new Error('a simulated failure');
}

/** An asynchronous event is given up after its third failure, so it fails once at most. */
function mayFail({ failed }: Scene, { text }: Event): boolean {
  if (text === undefined) return true;
  const isFirst = !failed.has(text);
  failed.add(text);
  return isFirst;
}

function invokedWith(text: string): Carried {
  return { group: keyOf(text), text };
}

type Fed = NonNullable<Event['Records']>[number];

function carriedOf({ body, kinesis, dynamodb }: Fed): Carried {
  if (body !== undefined) return invokedWith(body);
  if (kinesis) {
    return { group: kinesis.partitionKey, text: Buffer.from(kinesis.data, 'base64').toString() };
  }
  const { id, text } = dynamodb?.NewImage ?? { id: { S: '' }, text: { S: '' } };
  return { group: id.S, text: text.S };
}
