/**
 * Archives of FIFO topics: every message is kept in a log, in the commit that published it, for
 * as many days as the ArchivePolicy says. Ending the policy lets go of all of them.
 * https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-topic-owner.html
 */
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { TopicAddress } from './arns.ts';
import type { Notice } from './notice.ts';
import { type Archive, ofTopic, type Topic } from './store.ts';
import { findTopic } from './topic.ts';
import { archiveDays } from './topic-attributes.ts';

const DAY_MS = 86_400_000;
const KIND = 'sns/trim-archive';

interface Note {
  readonly topic: TopicAddress;
  readonly log: string;
}

/** The write that keeps a message, where its topic has an archive. */
export function archived({ archive }: Topic, notice: Notice, body: string): readonly Write[] {
  if (!archive) return [];
  const record = { atMs: notice.atMs, key: notice.id, body };
  return [{ kind: 'append', log: archive.log, record }];
}

/** What an ArchivePolicy, valid or absent, makes of a topic's archive. */
export function archiveFor(
  stack: Stack,
  address: TopicAddress,
  before: Archive | undefined,
  policy: string | undefined,
): { readonly archive?: Archive; readonly writes: readonly Write[] } {
  const days = policy === undefined ? undefined : archiveDays(policy);
  if (typeof days !== 'number') {
    return { writes: before ? [{ kind: 'trim', log: before.log, keep: 0 }] : [] };
  }
  if (before) return { archive: { ...before, retentionDays: days }, writes: [] };
  const archive = {
    log: `sns/archive/${ofTopic(address)}/${stack.ids.uuid()}`,
    sinceMs: stack.clock.nowMs(),
    retentionDays: days,
  };
  return { archive, writes: [trimLater(stack, address, archive)] };
}

/** Before this moment nothing can be replayed. */
export function beginningMs({ sinceMs, retentionDays }: Archive, nowMs: number): number {
  return Math.max(sinceMs, nowMs - retentionDays * DAY_MS);
}

/** Old messages go in steps of a small part of the time they are kept for. */
function trimLater(stack: Stack, topic: TopicAddress, { log, retentionDays }: Archive): Write {
  const note: Note = { topic, log };
  const atMs = stack.clock.nowMs() + (retentionDays * DAY_MS) / 24;
  return schedule(stack, TIMETABLE, KIND, JSON.stringify(note), atMs);
}

const trimArchive: Job = async (stack, { note }) => {
  const { topic, log } = JSON.parse(note) as Note;
  const archive = (await findTopic(stack, topic))?.topic.archive;
  if (archive?.log !== log) return [];
  const beforeMs = beginningMs(archive, stack.clock.nowMs());
  return [{ kind: 'trim', log, beforeMs }, trimLater(stack, topic, archive)];
};

export const archiveJobs: Readonly<Record<string, Job>> = { [KIND]: trimArchive };
