/**
 * Archives: each is a log and a managed rule whose matches go there. Everything that comes to a
 * bus passes its rules once, so an archive has what its bus took, in the same commit.
 *
 * A replayed event carries `replay-name`, which the managed rule's pattern does not let through,
 * so that nothing is archived twice.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
 */
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Trim, Write } from '../../storage/storage.ts';
import type { Archive as ArchiveAnswer, Operations } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type BusAddress, busArn, namedArn, parseBusArn } from './arns.ts';
import { findBus } from './buses.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import { checkPattern } from './matching.ts';
import { type Archive, partitionOf, type Rule, rulesOf, storeOf } from './store.ts';

/** Who AWS says manages the rules of archives. */
const MANAGER = 'prod.vhs.events.aws.internal';

export const TRIM_ARCHIVE = 'events/trim-archive';
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

export async function knownArchive(call: Call, name: string) {
  const row = await storeOf(call.stack).archives.get(partitionOf(call), name);
  if (row) return row;
  throw fault('ResourceNotFoundException', `Archive ${name} does not exist.`);
}

export const CreateArchive: Operation<Operations['CreateArchive']> = (call, input) =>
  change(call.stack, async () => {
    const { ArchiveName: name, EventPattern: pattern } = input;
    const { stack } = call;
    const { archives } = storeOf(stack);
    if (await archives.get(partitionOf(call), name)) {
      throw fault('ResourceAlreadyExistsException', `Archive ${name} already exists.`);
    }
    const bus = await sourceBus(call, input.EventSourceArn);
    if (pattern !== undefined) checkPattern(pattern);
    const archive = withRetention(call, {
      name,
      bus,
      description: input.Description,
      pattern,
      retentionDays: input.RetentionDays ?? 0,
      kmsKeyIdentifier: input.KmsKeyIdentifier,
      log: `events/archives/${partitionOf(call)}/${name}/${stack.ids.uuid()}`,
      createdAtMs: stack.clock.nowMs(),
    });
    const rule = managedRule(call, archive);
    return {
      writes: [
        archives.put(partitionOf(call), name, archive, 0),
        storeOf(stack).rules.put(rulesOf(bus), rule.name, rule),
        ...trimming(stack, call, archive, stack.clock.nowMs()),
      ],
      answer: answerOf(call, archive),
    };
  });

async function sourceBus(call: Call, arn: string): Promise<BusAddress> {
  const bus = parseBusArn(arn);
  if (!bus || bus.account !== call.account || bus.region !== call.region) {
    const reason = 'Must contain an event bus ARN of this account and Region.';
    throw fault('ValidationException', `Parameter EventSourceArn is not valid. Reason: ${reason}`);
  }
  if (await findBus(call.stack, bus)) return bus;
  throw fault('ResourceNotFoundException', `Event bus ${bus.name} does not exist.`);
}

function ruleName(archive: string): string {
  return `Events-Archive-${archive}`;
}

/** As AWS's own looks in ListRules and ListTargetsByRule. */
function managedRule(call: Call, { name, pattern, log }: Archive): Rule {
  const wanted = { ...JSON.parse(pattern ?? '{}'), 'replay-name': [{ exists: false }] };
  const target = { Id: ruleName(name), Arn: `arn:aws:events:${call.region}:::` };
  return {
    name: ruleName(name),
    pattern: JSON.stringify(wanted),
    state: 'ENABLED',
    managedBy: MANAGER,
    createdBy: call.account,
    archiveLog: log,
    targets: [target],
    tags: [],
  };
}

export const UpdateArchive: Operation<Operations['UpdateArchive']> = (call, input) =>
  change(call.stack, async () => {
    const { EventPattern: pattern, RetentionDays: days, Description: description } = input;
    if (pattern === undefined && days === undefined && description === undefined) {
      const message =
        'At least one of EventPattern, RetentionDays or Description must be provided.';
      throw fault('ValidationException', message);
    }
    const { value: before, version } = await knownArchive(call, input.ArchiveName);
    if (pattern !== undefined) checkPattern(pattern);
    const updated = withRetention(call, {
      ...before,
      description: description ?? before.description,
      pattern: pattern ?? before.pattern,
      retentionDays: days ?? before.retentionDays,
      kmsKeyIdentifier: input.KmsKeyIdentifier ?? before.kmsKeyIdentifier,
    });
    const { archives, rules } = storeOf(call.stack);
    const rule = managedRule(call, updated);
    const { stack } = call;
    return {
      writes: [
        archives.put(partitionOf(call), updated.name, updated, version),
        rules.put(rulesOf(updated.bus), rule.name, rule),
        ...trimming(stack, call, updated, stack.clock.nowMs()),
      ],
      answer: answerOf(call, updated),
    };
  });

export const DeleteArchive: Operation<Operations['DeleteArchive']> = (call, input) =>
  change(call.stack, async () => {
    const { value: archive, version } = await knownArchive(call, input.ArchiveName);
    const { archives, rules } = storeOf(call.stack);
    return {
      writes: [
        archives.remove(partitionOf(call), archive.name, version),
        rules.remove(rulesOf(archive.bus), ruleName(archive.name)),
        { kind: 'trim', log: archive.log, keep: 0 },
      ],
      answer: {},
    };
  });

export const DescribeArchive: Operation<Operations['DescribeArchive']> = async (call, input) => {
  const { value: archive } = await knownArchive(call, input.ArchiveName);
  return {
    ArchiveArn: namedArn(call, 'archive', archive.name),
    Description: archive.description,
    EventPattern: archive.pattern,
    KmsKeyIdentifier: archive.kmsKeyIdentifier,
    ...(await contents(call, archive)),
  };
};

export const ListArchives: Operation<Operations['ListArchives']> = async (call, input) => {
  const { NamePrefix: prefix, EventSourceArn: source, State: state } = input;
  if ([prefix, source, state].filter((filter) => filter !== undefined).length > 1) {
    const filters = 'State, EventSourceArn, or NamePrefix';
    const message = `At most one filter is allowed for ListArchives. Use either : ${filters}.`;
    throw fault('ValidationException', message);
  }
  const rows = await storeOf(call.stack).archives.list(partitionOf(call));
  const all = rows
    .map(({ value }) => value)
    .filter(({ name, bus }) => name.startsWith(prefix ?? '') && (!source || busArn(bus) === source))
    .filter(() => state === undefined || state === 'ENABLED');
  const { items, NextToken } = listed(call, all, ({ name }) => name, input);
  const Archives = await Promise.all(items.map((archive) => contents(call, archive)));
  return { Archives, NextToken };
};

function answerOf(call: Call, { name, createdAtMs }: Archive) {
  return {
    ArchiveArn: namedArn(call, 'archive', name),
    State: 'ENABLED' as const,
    CreationTime: createdAtMs,
  };
}

async function contents({ stack }: Call, archive: Archive): Promise<ArchiveAnswer> {
  const { first, next, bytes } = await stack.storage.bounds(archive.log);
  return {
    ArchiveName: archive.name,
    EventSourceArn: busArn(archive.bus),
    State: 'ENABLED',
    RetentionDays: archive.retentionDays,
    SizeBytes: bytes,
    EventCount: next - first,
    CreationTime: archive.createdAtMs,
  };
}

// ---------------------------------------------------------------- retention

/** The archive with a trimming of its own, which puts an earlier one out of force. */
function withRetention({ stack }: Call, archive: Archive): Archive {
  return { ...archive, retentionId: archive.retentionDays > 0 ? stack.ids.uuid() : undefined };
}

interface Note {
  readonly partition: string;
  readonly archive: string;
  readonly retentionId: string;
}

/** The write that plans the next look at what is too old, an hour from now at the earliest. */
function trimming(
  stack: Stack,
  at: { readonly account: string; readonly region: string },
  archive: Archive,
  oldestMs: number,
): readonly Write[] {
  const { retentionId, retentionDays, name } = archive;
  if (retentionId === undefined) return [];
  const note: Note = { partition: partitionOf(at), archive: name, retentionId };
  const soonest = stack.clock.nowMs() + HOUR_MS;
  const dueAtMs = Math.max(oldestMs + retentionDays * DAY_MS, soonest);
  return [schedule(stack, TIMETABLE, TRIM_ARCHIVE, JSON.stringify(note), dueAtMs)];
}

/** Lets go of events that have been in the archive for longer than it retains them. */
export const trimArchive: Job = async (stack, due) => {
  const { partition, archive: name, retentionId } = JSON.parse(due.note) as Note;
  const row = await storeOf(stack).archives.get(partition, name);
  const archive = row?.value;
  if (!archive || archive.retentionId !== retentionId) return [];
  const beforeMs = stack.clock.nowMs() - archive.retentionDays * DAY_MS + 1;
  const trim: Trim = { kind: 'trim', log: archive.log, beforeMs };
  const kept = { from: 1, max: 1, sinceMs: beforeMs };
  const [oldest] = await stack.storage.read(archive.log, kept);
  const oldestMs = oldest?.atMs ?? stack.clock.nowMs();
  return [trim, ...trimming(stack, archive.bus, archive, oldestMs)];
};
