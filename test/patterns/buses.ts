/** Publishers for the tests of the patterns: one that remembers, and a queue behind a bus. */
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { OutgoingEvent, Publisher, Unpublished } from '../../src/patterns/publisher.ts';
import type { Aws } from '../../src/testing/index.ts';

export interface Remembering extends Publisher {
  readonly published: OutgoingEvent[];
  /** Ids that are refused for as long as they are in here. */
  readonly refused: Set<string>;
  /** What whole requests fail with, one each. */
  readonly outages: Error[];
}

export function remembering(): Remembering {
  const published: OutgoingEvent[] = [];
  const refused = new Set<string>();
  const outages: Error[] = [];
  return {
    ...{ published, refused, outages },
    publish: async (events) => {
      const outage = outages.shift();
      if (outage) throw outage;
      published.push(...events.filter(({ id }) => !refused.has(id)));
      return events
        .filter(({ id }) => refused.has(id))
        .map((event): Unpublished => ({ event, code: 'NotAuthorized', message: 'No.' }));
    },
  };
}

/** EventBridge may send to the queue. */
const OPEN = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }],
});

export interface Bus {
  readonly client: EventBridgeClient;
  readonly name: string;
  /** The events that have reached the queue behind the bus since the last call. */
  received(): Promise<readonly Received[]>;
}

export interface Received {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: { readonly metadata: Record<string, unknown>; readonly data: unknown };
}

export async function createBus(aws: Aws, name = 'shop'): Promise<Bus> {
  const client = aws.client(EventBridgeClient);
  const sqs = aws.client(SQSClient);
  await client.send(new CreateEventBusCommand({ Name: name }));
  const log = { QueueName: `${name}-log`, Attributes: { Policy: OPEN } };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand(log));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const rule = { EventBusName: name, Name: 'all', EventPattern: '{"source":[{"prefix":""}]}' };
  await client.send(new PutRuleCommand(rule));
  const Targets = [{ Id: 'log', Arn: Attributes?.QueueArn }];
  await client.send(new PutTargetsCommand({ EventBusName: name, Rule: 'all', Targets }));
  return {
    ...{ client, name },
    received: async () => {
      await aws.settled();
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
      const received: Received[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(receive);
        if (Messages.length === 0) return received;
        received.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as Received));
      }
    },
  };
}
