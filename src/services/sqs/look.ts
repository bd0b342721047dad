/**
 * A look at a queue that changes nothing: no message is received, counted or hidden by it.
 *
 * What is past retention is not shown, as no receive would give it. A message of a FIFO queue that
 * is visible and still not to be had is told by what it waits behind; to know that, all that
 * stands before it has to be looked at too.
 */

import type { QueueMessage } from '../../admin-api/index.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Peeked } from '../../storage/storage.ts';
import { Refused } from '../admin-http.ts';
import { shownAttributes } from './contents.ts';
import { decodeMeta } from './message.ts';
import { addressOfArn, type Queue, queueAt } from './queue.ts';

export interface Seen {
  readonly message: Peeked;
  /** The id of the hidden message of its group that it waits behind, visible as it is itself. */
  readonly blockedBy?: string;
}

/** Messages of one peek: 100 MiB when each is as large as can be. */
const PAGE = 100;

/** The messages after a position, in the order of their positions. */
export async function* messagesAfter(
  stack: Stack,
  queue: Queue,
  position: number,
): AsyncGenerator<Seen> {
  const { storage, clock } = stack;
  const nowMs = clock.nowMs();
  const bornAfterMs = nowMs - queue.retentionMs;
  const hidden = new Map<string, string>();
  let after = queue.fifo ? 0 : position;
  for (;;) {
    const page = await storage.peek(queue.storage, { nowMs, max: PAGE, after });
    for (const message of page) {
      after = message.position;
      if (message.sentAtMs < bornAfterMs) continue;
      const seen = queue.fifo ? inGroup(hidden, message) : { message };
      if (message.position > position) yield seen;
    }
    if (page.length < PAGE) return;
  }
}

/** Notes the first hidden message of each group in `hidden`. */
function inGroup(hidden: Map<string, string>, message: Peeked): Seen {
  const { group = '', state, id } = message;
  const blockedBy = hidden.get(group);
  if (state !== 'visible') {
    if (blockedBy === undefined) hidden.set(group, id);
    return { message };
  }
  return blockedBy === undefined ? { message } : { message, blockedBy };
}

export interface Page {
  readonly seen: readonly Seen[];
  /** Where to go on; absent at the end. */
  readonly next?: string;
}

/** Messages looked at for one page, so that a filter that finds little ends too. */
const MOST_LOOKED = 10_000;
/** Characters of the bodies of one page. */
const MOST_CHARS = 8_388_608;

/** A page of up to `limit` messages that `matches`; with a rare one it may be empty and go on. */
export async function pageAfter(
  stack: Stack,
  queue: Queue,
  { after, limit }: { readonly after: number; readonly limit: number },
  matches: (seen: Seen) => boolean | Promise<boolean>,
): Promise<Page> {
  const seen: Seen[] = [];
  let looked = 0;
  let chars = 0;
  let last = after;
  for await (const one of messagesAfter(stack, queue, after)) {
    if (seen.length === limit || looked === MOST_LOOKED || chars > MOST_CHARS) {
      return { seen, next: String(last) };
    }
    looked += 1;
    last = one.message.position;
    if (!(await matches(one))) continue;
    seen.push(one);
    chars += one.message.body.length;
  }
  return { seen };
}

/** A message as the admin API shows it. */
export function shown({ message, blockedBy }: Seen): QueueMessage {
  const { id, position, token, state, visibleAtMs, sentAtMs, group, body, claims } = message;
  const { attributes, dedupId } = decodeMeta(message.meta ?? '');
  const { firstClaimedAtMs } = message;
  return {
    id,
    position,
    token,
    state,
    ...(state !== 'visible' && { visibleAtMs }),
    ...(blockedBy !== undefined && { blockedBy }),
    sentAtMs,
    ...(claims > 0 && firstClaimedAtMs !== undefined && { firstReceivedAtMs: firstClaimedAtMs }),
    receives: claims,
    ...(group !== undefined && { group }),
    ...(dedupId !== undefined && { dedupId }),
    body,
    ...(attributes && { attributes: shownAttributes(attributes) }),
  };
}

/** The queue of an ARN; refuses what is none. */
export async function queueOfArn(stack: Stack, arn: string): Promise<Queue> {
  const address = addressOfArn(arn);
  if (!address) throw new Refused(400, `"${arn}" is not the ARN of a queue.`);
  const queue = await queueAt(stack, address);
  if (!queue) throw new Refused(404, `There is no queue ${arn}.`);
  return queue;
}
