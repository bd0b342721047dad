/**
 * The order flow, deployed: orders are placed into it, and its functions can be troubled.
 */
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Books, OrderState } from './books.ts';
import { connect, deploy } from './deploy.ts';
import { putFunction } from './deploy-functions.ts';
import { envelope, type Order } from './events.ts';
import type { Fault } from './faults.ts';
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

export const SCENARIOS = {
  ok: { title: 'all is well', card: '4242', sku: 'book', end: SHIPPED },
  declined: { title: 'card declined', card: '0002', sku: 'book', end: CANCELED },
  soldOut: { title: 'out of stock', card: '4242', sku: 'rare', end: CANCELED },
  both: { title: 'both', card: '0002', sku: 'rare', end: CANCELED },
} as const satisfies Record<string, Scenario>;

export interface Placing {
  readonly orderId: string;
  readonly scenario: Scenario;
}

export interface Placed extends Placing {
  readonly eventId: string;
}

export interface Flow {
  /** Places up to ten orders at once. */
  place(orders: readonly Placing[]): Promise<readonly Placed[]>;
  /** Gives a function a fault, or takes it away. */
  trouble(name: string, fault?: Fault): Promise<void>;
  /** Stops feeding a function, or goes on with it. */
  feeding(name: string, on: boolean): Promise<void>;
  deadLetters(): Promise<number>;
  close(): void;
}

export interface FlowOptions {
  /** The file of the books. */
  readonly books: string;
  /** Of all functions. */
  readonly fault?: Fault | undefined;
}

export async function startFlow(options: FlowOptions): Promise<Flow> {
  const clients = connect();
  const { events, lambda, sqs } = clients;
  const { mappingIds, deadLetterUrls } = await deploy(clients, options);
  return {
    place: async (orders) => {
      const Entries = orders.map(placed);
      const answer = await events.send(new PutEventsCommand({ Entries }));
      return orders.map((order, index) => {
        const { EventId: eventId, ErrorMessage } = answer.Entries?.[index] ?? {};
        if (!eventId) throw new Error(ErrorMessage ?? 'The order was not accepted.');
        return { ...order, eventId };
      });
    },
    trouble: (name, fault) => putFunction(lambda, name, { books: options.books, fault }),
    feeding: async (name, on) => {
      const UUID = mappingIds.get(name);
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: on }));
      const wanted = on ? 'Enabled' : 'Disabled';
      const ask = new GetEventSourceMappingCommand({ UUID });
      while ((await lambda.send(ask)).State !== wanted);
    },
    deadLetters: async () => {
      const ask = (QueueUrl: string) =>
        sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl,
            AttributeNames: ['ApproximateNumberOfMessages'],
          }),
        );
      const answers = await Promise.all([...deadLetterUrls.values()].map(ask));
      return answers.reduce(
        (sum, { Attributes }) => sum + Number(Attributes?.ApproximateNumberOfMessages),
        0,
      );
    },
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

function placed({ orderId, scenario }: Placing) {
  const order: Order = {
    orderId,
    customer: { id: 'u-1', email: 'a@example.com' },
    items: [{ sku: scenario.sku, qty: 2, price: 10 }],
    totalAmount: 20,
    card: scenario.card,
  };
  return envelope(BUS, 'order-service', { type: 'OrderPlaced', order }, undefined);
}

export function differencesOf(state: OrderState, { end }: Scenario): readonly string[] {
  return Object.entries(end)
    .filter(([name, must]) => state[name as keyof OrderState] !== must)
    .map(([name, must]) => `${name} is ${state[name as keyof OrderState]}, must be ${must}`);
}

/** The shop's books, with books on the shelf and nothing that is rare. */
export function stock(books: Books): Books {
  books.fillStock('book', 1000);
  books.fillStock('rare', 0);
  return books;
}
