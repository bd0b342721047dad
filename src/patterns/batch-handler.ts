/**
 * One message at a time out of a batch of SQS, with a failure costing that message alone.
 *
 * For an event source mapping with `ReportBatchItemFailures`. In a FIFO queue the messages of a
 * group that come after a failed one are reported with it, unhandled: else they would overtake it.
 */

/** What is used of a message in Lambda's event; `SQSRecord` of @types/aws-lambda is one. */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes?: { readonly MessageGroupId?: string | undefined } | undefined;
}

export interface QueueEvent<Message extends QueueRecord = QueueRecord> {
  readonly Records: readonly Message[];
}

/** Mutable, as Lambda's own types are. */
export interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

export interface BatchHandlerOptions<Message> {
  /** Told of each failure; the answer carries only the ids. */
  readonly onFailure?: (cause: unknown, message: Message) => void;
}

/**
 * ```ts
 * export const handler = batchHandler(async ({ body }) => reserve(JSON.parse(body)));
 * ```
 */
export function batchHandler<Message extends QueueRecord>(
  handle: (message: Message) => Promise<unknown>,
  { onFailure = () => undefined }: BatchHandlerOptions<Message> = {},
): (event: QueueEvent<Message>) => Promise<BatchAnswer> {
  return async ({ Records }) => {
    const stopped = new Set<string>();
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const message of Records) {
      const group = isFifo(message) ? message.attributes?.MessageGroupId : undefined;
      const fail = () => batchItemFailures.push({ itemIdentifier: message.messageId });
      if (group !== undefined && stopped.has(group)) {
        fail();
        continue;
      }
      try {
        await handle(message);
      } catch (cause) {
        onFailure(cause, message);
        fail();
        if (group !== undefined) stopped.add(group);
      }
    }
    return { batchItemFailures };
  };
}

/** Standard queues have groups too (fair queues), but no order in them. */
function isFifo({ attributes }: QueueRecord): boolean {
  return attributes !== undefined && 'SequenceNumber' in attributes;
}
