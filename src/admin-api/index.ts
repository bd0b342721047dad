/**
 * The shapes of the admin API, `/_millrace/v1/…`: what the console, the command line and whoever
 * else looks may rely on. `openapi.json` says the same for other languages; `test/admin` holds
 * the answers of a server against it.
 *
 * Times are milliseconds since 1970 on the stack's clock. Ids are those of the journal: an event's
 * id, a message's MessageId, a record's `shardId:sequenceNumber`, an invocation's request id.
 * Lists are answered in pages: `next`, where there is more, is the `after` of the next request.
 * Requests that change something are POST with a JSON body, and refused in read-only mode.
 */

/** Every refusal's body; `code` is AWS's where an AWS operation refused. */
export interface Refusal {
  readonly message: string;
  readonly code?: string;
}

/** `GET /trace/<id>`; `?as=text` draws it, `?as=mermaid` as a sequence diagram. */
export type { Fact, FactKind } from '../journal/journal.ts';
export type { Trace, TraceNode } from '../journal/trace.ts';
export type * from './archives.ts';
export type * from './control.ts';
export type * from './dead-letters.ts';
export type * from './functions.ts';
export type * from './map.ts';
export type * from './operations.ts';
export type * from './queues.ts';
export type * from './server.ts';
export type * from './tail.ts';
export type * from './why.ts';
