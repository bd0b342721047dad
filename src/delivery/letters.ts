/**
 * Dead letters, read again. Whoever gives up what it cannot hand over knows how its letters tell
 * why, and what the delivery was that each of them stands for.
 *
 * A letter is sent again by that very delivery, made anew from what the resources say now: to the
 * one target that did not get it, with the input that the rule makes of it, and with the policy
 * that retries it. Others that got the event the first time do not get it twice. When the target
 * refuses it again, it goes back to a dead-letter queue; it is never dropped for want of one.
 */
import type { Fact } from '../journal/journal.ts';
import { deliver, handOverNow, type Item } from './deliver.ts';
import type { Stack } from './stack.ts';
import { type Attribute, type Delivery, type Handover, Refused } from './targets.ts';

export interface Letter {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly group?: string | undefined;
  readonly traceHeader?: string | undefined;
  /** The queue that it lies in. */
  readonly queueArn: string;
  /** The fact that put it there, where the journal still has it. */
  readonly buried?: Fact | undefined;
  /** What the journal has of the event that it was, oldest first. */
  readonly before: readonly Fact[];
}

export interface Reading {
  /** The rule, subscription, function or queue that gave it up; empty when nothing tells. */
  readonly source: string;
  readonly code: string;
  readonly error: string;
  /** Where it would go back to, as far as that is known without asking. */
  readonly origin?: string | undefined;
}

export interface Letters {
  /** Undefined for what is no letter of this origin. */
  read(letter: Letter): Reading | undefined;
  /** The delivery that it was. Throws `Refused`, with a sentence for people, when it cannot be. */
  again(stack: Stack, letter: Letter, reading: Reading): Promise<Item>;
}

/** Delivers `letter` by `outline`. It is the cause of what comes of it. */
export function deliveryOf(
  stack: Stack,
  letter: Letter,
  outline: Omit<Delivery, 'cause' | 'sinceMs' | 'hops'>,
): Delivery {
  const { id, queueArn, traceHeader } = letter;
  return {
    ...outline,
    cause: id,
    sinceMs: stack.clock.nowMs(),
    hops: 0,
    deadLetterArn: outline.deadLetterArn ?? queueArn,
    ...(traceHeader !== undefined && { traceHeader }),
  };
}

export function textOf({ attributes }: Letter, name: string): string | undefined {
  return attributes[name]?.StringValue;
}

/** Where the last attempt that failed was to go. */
export function lastTarget({ before, buried }: Letter): string | undefined {
  const failed = (fact: Fact) =>
    fact.kind === 'deliver' && fact.arn === buried?.arn && fact.outcome !== 'ok';
  return before.findLast(failed)?.target;
}

/** What the last attempt that failed was told. */
export function lastError({ before, buried }: Letter): string | undefined {
  return before.findLast(({ kind, arn, note }) => kind === 'deliver' && arn === buried?.arn && note)
    ?.note;
}

/**
 * Hands `item` over once more. What is inside the server takes it now or refuses it, so that its
 * dead letter stays where it is; what lies outside, or has its turn, is waited for as ever.
 */
export async function deliverAgain(stack: Stack, item: Item): Promise<Handover> {
  const { to, origin: name, group } = item.delivery;
  const origin = stack.origins.get(name);
  if (!origin) throw new Refused('NO_RESOURCE', `No origin is called ${name}.`);
  const target = stack.targets.get(to.kind);
  const waits = target && (!target.inside || group !== undefined);
  return waits ? { writes: await deliver(stack, [item]) } : handOverNow(stack, origin, item);
}
