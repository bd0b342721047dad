/**
 * A read model as a function behind a queue.
 *
 * A model remembers how far each order got in it, in the same write as what it shows. So an event
 * that it has seen changes nothing, and one that comes too early fails and comes again.
 */
import { existsSync, rmSync } from 'node:fs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { batchHandler } from '../../src/patterns/index.ts';
import type { Told } from './order.ts';

/** Faults are switched on by files that these name. */
const { DOWN = '', CRASH = '' } = process.env;

/** Brings an event into a model. Throws `TooEarly` when others must come first. */
export type Apply = (event: Told) => Promise<void>;

export class TooEarly extends Error {
  override readonly name = 'TooEarly';
}

/** Whether the model has not seen the event; `last` is how far the order got in it. */
export function isNext({ streamId, version }: Told, last: number): boolean {
  if (version <= last) return false;
  if (version === last + 1) return true;
  throw new TooEarly(`${streamId} is at ${last}, and this is ${version}.`);
}

export function projector(apply: Apply): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const handle = batchHandler<SQSRecord>(
    async ({ body }) => {
      if (existsSync(DOWN)) throw new Error('The model is down.');
      await apply(JSON.parse(body));
      crashOnce();
    },
    { onFailure: (cause) => console.error(String(cause)) },
  );
  return ({ Records }) => handle({ Records: inOrder(Records) });
}

/** What came in one batch need not wait for itself. */
function inOrder(records: readonly SQSRecord[]): readonly SQSRecord[] {
  const version = ({ body }: SQSRecord) => (JSON.parse(body) as Told).version;
  return records.toSorted((a, b) => version(a) - version(b));
}

/** Dies in the middle of a batch, once. */
function crashOnce(): void {
  if (!existsSync(CRASH)) return;
  rmSync(CRASH);
  process.exit(1);
}
