/**
 * Takes commands, behind a function URL. Who says which version of the order they have seen is
 * refused with 409 when it is another one by now.
 *
 *   POST /orders              { orderId, customerId, orderedAt }
 *   POST /orders/<id>/items   { expectedVersion, line }
 *   POST /orders/<id>/cancel  { expectedVersion, reason }
 */
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { ConcurrencyError } from '../../src/patterns/index.ts';
import { answer } from './answer.ts';
import { type Command, order, Refused } from './order.ts';
import { store } from './store.ts';

interface Asked {
  readonly orderId: string;
  readonly command: Command;
  /** The version that the command was made for. */
  readonly expected: number;
}

export async function handler(event: LambdaFunctionURLEvent) {
  const asked = read(event);
  if (!asked) return answer(404, { message: 'There is no such command.' });
  const { orderId, command, expected } = asked;
  try {
    // As whoever asks has seen it; the append sees to it that it still is so.
    const { state } = await store.load(orderId, order, { atVersion: expected });
    const events = [order.decide(command, state)].flat();
    const { version } = await store.append(orderId, events, {
      expectedVersion: expected,
      commandId: event.headers['idempotency-key'],
    });
    return answer(201, { orderId, version });
  } catch (cause) {
    if (cause instanceof ConcurrencyError) return answer(409, { version: cause.actual });
    if (cause instanceof Refused) return answer(422, { message: cause.message });
    throw cause;
  }
}

function read({ rawPath, body = '{}' }: LambdaFunctionURLEvent): Asked | undefined {
  const [, , id = '', verb] = rawPath.split('/');
  const { orderId = id, expectedVersion: expected = 0, ...rest } = JSON.parse(body);
  if (id === '') return { orderId, expected, command: { type: 'create', ...rest } };
  if (verb === 'items') return { orderId, expected, command: { type: 'add', ...rest } };
  if (verb === 'cancel') return { orderId, expected, command: { type: 'cancel', ...rest } };
  return undefined;
}
