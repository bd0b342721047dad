/**
 * The running order flow: workers on their queues, and orders placed into it.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Books, OrderState } from './books.ts';
import { WORKERS } from './business.ts';
import { consume } from './consume.ts';
import { type Clients, deploy } from './deploy.ts';
import { envelope, type Order } from './events.ts';
import { BUS } from './topology.ts';

export interface Scenario {
  readonly title: string;
  readonly card: string;
  readonly sku: string;
  /** What must hold in the end. */
  readonly end: Partial<OrderState>;
}

const SHIPPED = { status: 'SHIPPED', reserved: 1, charged: 20, shipments: 1, mails: 2 };
const CANCELED = { status: 'CANCELED', reserved: 0, charged: 0, shipments: 0, mails: 2 };

export const SCENARIOS: readonly Scenario[] = [
  { title: 'all is well', card: '4242', sku: 'book', end: SHIPPED },
  { title: 'card declined', card: '0002', sku: 'book', end: CANCELED },
  { title: 'out of stock', card: '4242', sku: 'rare', end: CANCELED },
  { title: 'both', card: '0002', sku: 'rare', end: CANCELED },
];

export interface Flow {
  /** Places an order and answers with its event's id. */
  place(orderId: string, scenario: Scenario): Promise<string>;
  stop(): Promise<void>;
}

/** Real SDK clients, told where millrace is. On AWS they would be made with `{}`. */
export function connect(endpoint: string): Clients {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '111111111111', secretAccessKey: 'any' },
  };
  return {
    events: new EventBridgeClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
  };
}

export async function startFlow(clients: Clients, books: Books): Promise<Flow> {
  const { queueUrls } = await deploy(clients);
  books.fillStock('book', 1000);
  books.fillStock('rare', 0);

  const stopping = new AbortController();
  const consumers = [...queueUrls].map(([name, queueUrl]) => {
    const worker = WORKERS[name];
    if (!worker) throw new Error(`Nobody works on ${name}.`);
    return consume(clients, books, { name, queueUrl, worker }, stopping.signal);
  });
  return {
    place: (orderId, scenario) => place(clients, orderId, scenario),
    stop: async () => {
      stopping.abort();
      await Promise.all(consumers);
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

async function place(clients: Clients, orderId: string, scenario: Scenario): Promise<string> {
  const order: Order = {
    orderId,
    customer: { id: 'u-1', email: 'a@example.com' },
    items: [{ sku: scenario.sku, qty: 2, price: 10 }],
    totalAmount: 20,
    card: scenario.card,
  };
  const entry = envelope(BUS, 'order-service', { type: 'OrderPlaced', order }, undefined);
  const answer = await clients.events.send(new PutEventsCommand({ Entries: [entry] }));
  const [placed] = answer.Entries ?? [];
  if (!placed?.EventId) throw new Error(placed?.ErrorMessage ?? 'The order was not accepted.');
  return placed.EventId;
}
