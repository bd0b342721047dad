/**
 * The shop's Lambda functions, one for each queue. This file and what it imports is all that
 * would be deployed.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Books } from './books.ts';
import { type Consumer, consumer, type Say } from './consumer.ts';
import { withFaults } from './faults.ts';

const events = new EventBridgeClient({});
const books = new Books(process.env.BOOKS ?? 'books.db');

const say: Say = async (Entries) => {
  const answer = await events.send(new PutEventsCommand({ Entries }));
  if (answer.FailedEntryCount) throw new Error(answer.Entries?.[0]?.ErrorMessage);
};

const on = (queue: string): Consumer =>
  withFaults(consumer(queue, books, say), () => process.env.FAULT);

export const inventory = on('inventory');
export const payment = on('payment');
export const readiness = on('readiness');
export const shipping = on('shipping');
export const orders = on('orders');
export const inventoryRelease = on('inventory-release');
export const paymentRefund = on('payment-refund');
export const mail = on('mail');
export const analytics = on('analytics');
