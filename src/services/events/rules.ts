/**
 * Rules: put, describe, enable, disable, delete and list. A rule is one document with its
 * targets; whoever changes it replaces it as a whole.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
 */
import type { Write } from '../../storage/storage.ts';
import type { Operations, PutRuleRequest, RuleState } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type BusAddress, DEFAULT_BUS, ruleArn } from './arns.ts';
import { knownBus, tooMany } from './buses.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import { checkPattern } from './matching.ts';
import { isSchedule, timetableOf } from './schedules.ts';
import { type Rule, rulesOf, storeOf } from './store.ts';

export interface FoundRule {
  readonly rule: Rule;
  readonly version: number;
  readonly bus: BusAddress;
}

/** The rule that the caller names, or AWS's refusal. */
export async function knownRule(
  call: Call,
  name: string,
  busName: string | undefined,
): Promise<FoundRule> {
  const { address } = await knownBus(call, busName);
  const row = await storeOf(call.stack).rules.get(rulesOf(address), name);
  if (row) return { rule: row.value, version: row.version, bus: address };
  const message = `Rule ${name} does not exist on EventBus ${address.name}.`;
  throw fault('ResourceNotFoundException', message);
}

/** Refuses to change the rule of an AWS service, unless the caller insists. */
export function refuseManaged({ name, managedBy }: Rule, force = false): void {
  if (managedBy === undefined || force) return;
  // The text is what users report: https://github.com/rebuy-de/aws-nuke/issues/448
  const message = `${name} is a managed rule. Set 'force' parameter to true to override.`;
  throw fault('ManagedRuleException', message);
}

export const PutRule: Operation<Operations['PutRule']> = (call, input) =>
  change(call.stack, async () => {
    const { address } = await knownBus(call, input.EventBusName);
    checkTrigger(call, input, address);
    const { rules } = storeOf(call.stack);
    const partition = rulesOf(address);
    const before = await rules.get(partition, input.Name);
    if (before) refuseManaged(before.value);
    await checkRoom(call, partition, input);
    const rule = withTimetable(call, {
      name: input.Name,
      pattern: input.EventPattern,
      schedule: input.ScheduleExpression,
      state: input.State ?? 'ENABLED',
      description: input.Description,
      roleArn: input.RoleArn,
      createdBy: before?.value.createdBy ?? call.account,
      targets: before?.value.targets ?? [],
      // Tags given for a rule that exists are ignored, says the API reference.
      tags: before?.value.tags ?? input.Tags ?? [],
    });
    const writes = [
      rules.put(partition, rule.name, rule, before?.version ?? 0),
      ...timetableOf(call.stack, address, rule),
    ];
    return { writes, answer: { RuleArn: ruleArn(address, rule.name) } };
  });

function checkTrigger(call: Call, input: PutRuleRequest, address: BusAddress): void {
  const { EventPattern: pattern, ScheduleExpression: schedule } = input;
  if (!pattern && !schedule) {
    const message = 'Parameter(s) EventPattern or ScheduleExpression must be specified.';
    throw fault('ValidationException', message);
  }
  if (schedule !== undefined) {
    if (address.name !== DEFAULT_BUS) {
      const message = 'ScheduleExpression is supported only on the default event bus.';
      throw fault('ValidationException', message);
    }
    if (!isSchedule(schedule)) {
      throw fault('ValidationException', 'Parameter ScheduleExpression is not valid.');
    }
  }
  if (pattern === undefined) return;
  if (pattern.length > call.stack.settings.quotas['events.patternChars']) throw tooMany();
  checkPattern(pattern);
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
async function checkRoom(call: Call, partition: string, input: PutRuleRequest): Promise<void> {
  const { quotas } = call.stack.settings;
  const others = (await storeOf(call.stack).rules.list(partition))
    .map(({ value }) => value)
    .filter(({ name }) => name !== input.Name);
  if (others.length >= quotas['events.rulesPerBus']) throw tooMany();
  if (!hasWildcards(input.EventPattern)) return;
  const wild = others.filter(({ pattern }) => hasWildcards(pattern));
  if (wild.length >= quotas['events.wildcardRulesPerBus']) throw tooMany();
}

function hasWildcards(pattern: string | undefined): boolean {
  return pattern?.includes('"wildcard"') === true && checkPattern(pattern).wildcards > 0;
}

/** The rule with a timetable of its own, which puts an earlier one out of force. */
function withTimetable({ stack }: Call, rule: Rule): Rule {
  return { ...rule, scheduleId: rule.schedule === undefined ? undefined : stack.ids.uuid() };
}

export const EnableRule: Operation<Operations['EnableRule']> = (call, input) =>
  changeState(call, input, 'ENABLED');

export const DisableRule: Operation<Operations['DisableRule']> = (call, input) =>
  changeState(call, input, 'DISABLED');

function changeState(
  call: Call,
  input: { readonly Name: string; readonly EventBusName?: string | undefined },
  state: RuleState,
) {
  return change(call.stack, async () => {
    const { rule, version, bus } = await knownRule(call, input.Name, input.EventBusName);
    refuseManaged(rule);
    if (rule.state === state) return { writes: [], answer: {} };
    const changed = withTimetable(call, { ...rule, state });
    const writes = [putRule(call, bus, changed, version), ...timetableOf(call.stack, bus, changed)];
    return { writes, answer: {} };
  });
}

export function putRule(call: Call, bus: BusAddress, rule: Rule, version: number): Write {
  return storeOf(call.stack).rules.put(rulesOf(bus), rule.name, rule, version);
}

export const DeleteRule: Operation<Operations['DeleteRule']> = (call, input) =>
  change(call.stack, async () => {
    const { address } = await knownBus(call, input.EventBusName);
    const { rules } = storeOf(call.stack);
    const row = await rules.get(rulesOf(address), input.Name);
    if (!row) return { writes: [], answer: {} };
    refuseManaged(row.value, input.Force);
    if (row.value.targets.length > 0) {
      throw fault('ValidationException', "Rule can't be deleted since it has targets.");
    }
    return { writes: [rules.remove(rulesOf(address), input.Name, row.version)], answer: {} };
  });

export const DescribeRule: Operation<Operations['DescribeRule']> = async (call, input) => {
  const { rule, bus } = await knownRule(call, input.Name, input.EventBusName);
  return { ...describe(bus, rule), CreatedBy: rule.createdBy };
};

export const ListRules: Operation<Operations['ListRules']> = async (call, input) => {
  const { address } = await knownBus(call, input.EventBusName);
  const rows = await storeOf(call.stack).rules.list(rulesOf(address));
  const all = rows.filter(({ key }) => key.startsWith(input.NamePrefix ?? ''));
  const { items, NextToken } = listed(call, all, ({ key }) => key, input);
  return { Rules: items.map(({ value }) => describe(address, value)), NextToken };
};

export const ListRuleNamesByTarget: Operation<Operations['ListRuleNamesByTarget']> = async (
  call,
  input,
) => {
  const { address } = await knownBus(call, input.EventBusName);
  const rows = await storeOf(call.stack).rules.list(rulesOf(address));
  const all = rows.filter(({ value }) => value.targets.some(({ Arn }) => Arn === input.TargetArn));
  const { items, NextToken } = listed(call, all, ({ key }) => key, input);
  return { RuleNames: items.map(({ key }) => key), NextToken };
};

function describe(bus: BusAddress, rule: Rule) {
  return {
    Name: rule.name,
    Arn: ruleArn(bus, rule.name),
    EventPattern: rule.pattern,
    ScheduleExpression: rule.schedule,
    State: rule.state,
    Description: rule.description,
    RoleArn: rule.roleArn,
    ManagedBy: rule.managedBy,
    EventBusName: bus.name,
  };
}
