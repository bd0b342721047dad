/**
 * Rules that follow a timetable: rate and cron expressions, in UTC, precise to the minute.
 *
 * Each firing is a job in the timetable, and the job plans the next one in its own commit, so a
 * timetable survives a crash and no firing is doubled. A rule that is changed, disabled or
 * deleted leaves its job behind, which then does nothing. Firings missed while nothing ran are
 * made up for by a single one.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
import { ScheduleError } from '../../cron/error.ts';
import { next, parseSchedule } from '../../cron/schedule.ts';
import { deliver } from '../../delivery/deliver.ts';
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { type BusAddress, busArn, ruleArn } from './arns.ts';
import { buildEvent } from './event.ts';
import { activeRule } from './matching.ts';
import { itemsOf, matchFact, publishFact } from './route.ts';
import { type Rule, rulesOf, storeOf } from './store.ts';

export const SCHEDULED_RULE = 'events/scheduled-rule';

interface Note {
  readonly bus: BusAddress;
  readonly rule: string;
  readonly scheduleId: string;
  /** When the rule was put or enabled; a rate counts from here. */
  readonly anchorMs: number;
}

export function isSchedule(expression: string): boolean {
  try {
    parseSchedule(expression);
    return true;
  } catch (cause) {
    if (cause instanceof ScheduleError) return false;
    throw cause;
  }
}

/** The write that plans the first firing of a rule that has just been put or enabled. */
export function timetableOf(stack: Stack, bus: BusAddress, rule: Rule): readonly Write[] {
  const { schedule: expression, scheduleId } = rule;
  if (expression === undefined || scheduleId === undefined) return [];
  if (rule.state === 'DISABLED') return [];
  const anchorMs = stack.clock.nowMs();
  return planned(stack, expression, { bus, rule: rule.name, scheduleId, anchorMs });
}

function planned(stack: Stack, expression: string, note: Note): readonly Write[] {
  const dueAtMs = next(parseSchedule(expression), stack.clock.nowMs(), note.anchorMs);
  if (dueAtMs === undefined) return [];
  return [schedule(stack, TIMETABLE, SCHEDULED_RULE, JSON.stringify(note), dueAtMs)];
}

export const fireScheduledRule: Job = async (stack, due) => {
  const note = JSON.parse(due.note) as Note;
  const row = await storeOf(stack).rules.get(rulesOf(note.bus), note.rule);
  const rule = row?.value;
  if (rule?.schedule === undefined || rule.scheduleId !== note.scheduleId) return [];
  if (rule.state === 'DISABLED') return [];
  const fired = await fire(stack, note.bus, rule, due.dueAtMs);
  return [...fired, ...planned(stack, rule.schedule, note)];
};

async function fire(
  stack: Stack,
  bus: BusAddress,
  rule: Rule,
  timeMs: number,
): Promise<readonly Write[]> {
  const event = buildEvent({
    id: stack.ids.uuid(),
    account: bus.account,
    region: bus.region,
    source: 'aws.events',
    detailType: 'Scheduled Event',
    resources: [ruleArn(bus, rule.name)],
    timeMs,
    detail: '{}',
  });
  if (!event) return [];
  const active = activeRule(bus, rule);
  const items = itemsOf(stack, active, event, { hops: 0, isForwarded: false });
  return [
    ...publishFact(stack, busArn(bus), event),
    ...matchFact(stack, active, event),
    ...(await deliver(stack, items)),
  ];
}
