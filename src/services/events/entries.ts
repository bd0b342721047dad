/** What PutEvents and PutPartnerEvents ask of each entry, and how they answer for it. */
import { deliver, type Item } from '../../delivery/deliver.ts';
import type { Write } from '../../storage/storage.ts';
import type { PutEventsRequestEntry, PutEventsResultEntry } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import { change } from './change.ts';
import { fault } from './errors.ts';

export interface EntryPlan {
  readonly answer: PutEventsResultEntry;
  readonly writes: readonly Write[];
  readonly items: readonly Item[];
}

/** Longest detail-type, says PutEventsRequestEntry's documentation. */
const MOST_TYPE_CHARS = 128;

/** The answer to an entry that lacks what every event needs. */
export function missingArgument(entry: PutEventsRequestEntry): EntryPlan | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) return invalid(name, `${name} is a required argument.`);
  }
  if ((entry.DetailType?.length ?? 0) > MOST_TYPE_CHARS) {
    return invalid('DetailType', `DetailType cannot exceed ${MOST_TYPE_CHARS} characters.`);
  }
  return undefined;
}

function invalid(name: string, reason: string): EntryPlan {
  return refused('InvalidArgument', `Parameter ${name} is not valid. Reason: ${reason}`);
}

export function refused(code: string, message: string): EntryPlan {
  return { answer: { ErrorCode: code, ErrorMessage: message }, writes: [], items: [] };
}

function checkSize(call: Call, entries: readonly PutEventsRequestEntry[]): void {
  const most = call.stack.settings.quotas['events.requestBytes'];
  let bytes = 0;
  for (const entry of entries) bytes += sizeOf(entry);
  if (bytes >= most) {
    const message = 'Total size of the entries in the request is over the limit.';
    throw fault('ValidationException', message);
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-calculate-event-entry-size */
function sizeOf({ Time, Source, DetailType, Detail, Resources }: PutEventsRequestEntry): number {
  let bytes = Time === undefined ? 0 : 14;
  for (const text of [Source, DetailType, Detail]) {
    if (text !== undefined) bytes += Buffer.byteLength(text);
  }
  for (const resource of Resources ?? []) bytes += Buffer.byteLength(resource);
  return bytes;
}

/** Plans the entries in their order, commits all plans at once and answers for each. */
export async function putAll<Entry extends PutEventsRequestEntry>(
  call: Call,
  entries: readonly Entry[],
  plan: (entry: Entry) => Promise<EntryPlan>,
) {
  checkSize(call, entries);
  // A hand-over may lose a race, such as for the next sequence number of a FIFO topic.
  return change(call.stack, async () => {
    const plans: EntryPlan[] = [];
    for (const entry of entries) plans.push(await plan(entry));
    const writes = plans.flatMap((planned) => planned.writes);
    const items = plans.flatMap((planned) => planned.items);
    if (items.length > 0) writes.push(...(await deliver(call.stack, items)));
    const Entries = plans.map(({ answer }) => answer);
    const FailedEntryCount = Entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
    return { writes, answer: { FailedEntryCount, Entries } };
  });
}
