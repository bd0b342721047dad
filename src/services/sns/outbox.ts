/**
 * The outbox: e-mail, SMS and mobile push go no further than here, where tests and people read
 * them. It is a durable log per account and Region, kept to its latest messages.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Attribute, Handover, Parcel, Target } from '../../delivery/targets.ts';
import type { LogEntry, Storage, Write } from '../../storage/storage.ts';
import { partitionOf } from './store.ts';

export interface Outgoing {
  readonly protocol: string;
  /** Phone number, e-mail address or ARN of a platform endpoint. */
  readonly endpoint: string;
  readonly messageId: string;
  readonly message: string;
  readonly subject?: string | undefined;
  readonly attributes?: Readonly<Record<string, Attribute>> | undefined;
  readonly structure?: string | undefined;
  readonly topicArn?: string | undefined;
  readonly subscriptionArn?: string | undefined;
}

export interface Posted extends Outgoing {
  readonly atMs: number;
  readonly position: number;
}

interface Place {
  readonly account: string;
  readonly region: string;
}

const KEPT = 10_000;
/** Old messages are let go of once in this many. */
const TRIM_EVERY = 500;

const posted = new WeakMap<Storage, number>();

/** The writes that put a message into the outbox. */
export function post(stack: Stack, place: Place, outgoing: Outgoing): readonly Write[] {
  const log = logOf(place);
  const record = { atMs: stack.clock.nowMs(), body: JSON.stringify(outgoing) };
  const count = (posted.get(stack.storage) ?? 0) + 1;
  posted.set(stack.storage, count);
  const append = { kind: 'append', log, record } as const;
  return count % TRIM_EVERY === 0 ? [append, { kind: 'trim', log, keep: KEPT }] : [append];
}

/** Every message of the place that is still kept, oldest first. */
export async function outbox(stack: Stack, place: Place): Promise<readonly Posted[]> {
  const log = logOf(place);
  const { first } = await stack.storage.bounds(log);
  const entries = await stack.storage.read(log, { from: first, max: KEPT + TRIM_EVERY });
  return entries.map(readPosted);
}

function readPosted({ body, atMs, position }: LogEntry): Posted {
  return { ...(JSON.parse(body) as Outgoing), atMs, position };
}

/** Empties the outbox. */
export async function clearOutbox(stack: Stack, place: Place): Promise<void> {
  await stack.storage.commit([{ kind: 'trim', log: logOf(place), keep: 0 }]);
}

function logOf(place: Place): string {
  return `sns/outbox/${partitionOf(place)}`;
}

/** Handing over to it always succeeds, in the publisher's own commit. */
export const outboxTarget: Target = {
  inside: true,
  handOver(stack: Stack, { delivery, payload }: Parcel): Handover {
    const { sourceArn, account, region } = delivery;
    const writes = post(
      stack,
      { account, region },
      {
        protocol: String(delivery.to.params?.protocol),
        endpoint: delivery.to.arn,
        messageId: delivery.cause,
        message: payload.body,
        subject: payload.subject,
        attributes: payload.attributes,
        topicArn: sourceArn.slice(0, sourceArn.lastIndexOf(':')),
        subscriptionArn: sourceArn,
      },
    );
    return { writes };
  },
};
