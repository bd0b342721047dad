/** Inventory and shipping of a shop: orders are reserved once each, passed on, and shipped once. */
import { existsSync } from 'node:fs';
import { once, send, tell } from './inbox.mjs';

const { BROKEN, NEXT_QUEUE } = process.env;

/** Throws while it is broken; a poisoned order fails for ever, alone. */
export async function inventory({ Records }) {
  tell('inventory');
  if (existsSync(BROKEN)) throw new Error('The stock cannot be read.');
  const batchItemFailures = [];
  for (const { messageId, body } of Records) {
    const { orderId, poison } = JSON.parse(body);
    if (poison) {
      batchItemFailures.push({ itemIdentifier: messageId });
      continue;
    }
    once(orderId, 'reserved');
    // Not part of the transaction: after a crash in between it is passed on again.
    await send(NEXT_QUEUE, JSON.stringify({ orderId }));
  }
  return { batchItemFailures };
}

export async function shipping({ Records }) {
  tell('shipping');
  for (const { body } of Records) once(JSON.parse(body).orderId, 'shipped');
}

export async function failing() {
  tell('failing');
  throw new Error('It fails whenever it is tried.');
}

export async function idle() {
  tell('idle');
}

/** Waits for ever the first time that its message comes. */
export async function waits({ Records }) {
  const received = Records?.[0]?.attributes.ApproximateReceiveCount ?? '1';
  tell(`received ${received}`);
  if (received === '1') await new Promise(() => setInterval(() => {}, 1_000));
}

/** Notices nothing. */
export function turns() {
  tell('turns');
  for (;;);
}
