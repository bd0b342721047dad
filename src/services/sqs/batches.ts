/**
 * Batch requests: structural faults refuse the whole, anything else fails its own entry.
 */
import { AwsError } from '../../core/errors.ts';
import type { BatchResultErrorEntry } from '../../wire/types/sqs.ts';
import { fault } from './errors.ts';

const MOST_ENTRIES = 10;
const ENTRY_ID = /^[\w-]{1,80}$/;

export function checkEntries(entries: readonly { readonly Id: string }[], shape: string): void {
  if (entries.length === 0) {
    throw fault('EmptyBatchRequest', `There should be at least one ${shape} in the request.`);
  }
  if (entries.length > MOST_ENTRIES) {
    const most = `Maximum number of entries per request are ${MOST_ENTRIES}.`;
    throw fault('TooManyEntriesInBatchRequest', `${most} You have sent ${entries.length}.`);
  }
  const seen = new Set<string>();
  for (const { Id: id } of entries) {
    if (!ENTRY_ID.test(id)) {
      const alphabet = 'alphanumeric characters, hyphens and underscores';
      const only = `A batch entry id can only contain ${alphabet}.`;
      throw fault('InvalidBatchEntryId', `${only} It can be at most 80 letters long.`);
    }
    if (seen.has(id)) throw fault('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    seen.add(id);
  }
}

/**
 * The answer to a batch. AWS leaves out the list that has nothing in it, although its model wants
 * both (observed: aws/aws-sdk#536, #657); clients ask whether there is a list of failures.
 */
export function batchAnswer<Entry>(
  successful: readonly Entry[],
  failed: readonly BatchResultErrorEntry[],
) {
  const answer = {
    ...(successful.length > 0 && { Successful: successful }),
    ...(failed.length > 0 && { Failed: failed }),
  };
  return answer as Required<typeof answer>;
}

/** The failed entry that a refusal amounts to; other errors are no entry's fault and thrown. */
export function failedEntry(id: string, cause: unknown): BatchResultErrorEntry {
  if (!(cause instanceof AwsError)) throw cause;
  return { Id: id, Code: cause.code, Message: cause.message, SenderFault: cause.status < 500 };
}
