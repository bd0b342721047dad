/**
 * Putting events on an EventBridge bus, and never overlooking one that was not taken.
 *
 * PutEvents answers 200 with some entries refused. Those that may succeed later are tried again
 * here; what is left is answered, for the caller to keep.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { chunksOf } from './chunks.ts';
import { atOnce, type Backoff } from './clock.ts';
import type { DomainEvent } from './decider.ts';

/** An event on its way: it has an id, which stays the same however often it is published. */
export interface OutgoingEvent<Type extends string = string, Data = unknown>
  extends DomainEvent<Type, Data> {
  readonly id: string;
  readonly source: string;
}

export interface Unpublished {
  readonly event: OutgoingEvent;
  /** AWS's code, such as `ThrottlingException`. */
  readonly code: string;
  readonly message: string;
}

export interface Publisher {
  /** Publishes in order and answers what was not taken. Throws when a whole request failed. */
  publish(events: readonly OutgoingEvent[]): Promise<readonly Unpublished[]>;
}

export interface PublisherOptions {
  readonly client: EventBridgeClient;
  /** Name or ARN of the bus. Default: the account's default bus. */
  readonly bus?: string;
  /** How often entries are tried again that AWS may take later. Default 3. */
  readonly retries?: number;
  /** Waits before that. Default: at once. */
  readonly backoff?: Backoff;
}

/** Entries in a request, and its size: the quota there has been longest. */
const LIMITS = { most: 10, mostBytes: 256 * 1024 };
const PASSING = new Set(['ThrottlingException', 'InternalFailure', 'InternalException']);

/**
 * Each event becomes an entry with `source`, its type as detail type, and the detail
 * `{ metadata: { eventId, 'idempotency-key', … }, data }`; metadata of the event's own wins.
 *
 * ```ts
 * const publisher = eventBridgePublisher({ client: new EventBridgeClient({}), bus: 'orders' });
 * ```
 */
export function eventBridgePublisher(options: PublisherOptions): Publisher {
  return {
    publish: async (events) => {
      const unpublished: Unpublished[] = [];
      for (const chunk of chunksOf(
        events.map((event) => carried(event, options.bus)),
        LIMITS,
      )) {
        unpublished.push(...(await putChunk(options, chunk)));
      }
      return unpublished;
    },
  };
}

interface Carried {
  readonly event: OutgoingEvent;
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

function carried(event: OutgoingEvent, bus: string | undefined): Carried {
  const { id, source, type, data } = event;
  const metadata = { eventId: id, 'idempotency-key': id, ...event.metadata };
  const Detail = JSON.stringify({ metadata, data });
  const entry = {
    ...{ Source: source, DetailType: type, Detail },
    ...(bus !== undefined && { EventBusName: bus }),
  };
  const bytes = Buffer.byteLength(source) + Buffer.byteLength(type) + Buffer.byteLength(Detail);
  return { event, entry, bytes };
}

async function putChunk(
  { client, retries = 3, backoff = atOnce }: PublisherOptions,
  chunk: readonly Carried[],
): Promise<readonly Unpublished[]> {
  // Loaded here, so that who publishes nothing need not have this client installed.
  const { PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  const refused: Unpublished[] = [];
  let left = chunk;
  for (let attempt = 1; ; attempt++) {
    const command = new PutEventsCommand({ Entries: left.map(({ entry }) => entry) });
    const { Entries = [] } = await client.send(command);
    const again: Carried[] = [];
    for (const [at, { ErrorCode: code, ErrorMessage: message = '' }] of Entries.entries()) {
      const one = left[at];
      if (!one || code === undefined) continue;
      if (PASSING.has(code) && attempt <= retries) again.push(one);
      else refused.push({ event: one.event, code, message });
    }
    if (again.length === 0) return refused;
    left = again;
    await backoff(attempt);
  }
}
