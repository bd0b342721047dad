/**
 * The targets of a rule, kept in the rule's own document.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
 */
import { parseArn } from '../../core/arn.ts';
import type { Operations, RemoveTargetsResultEntry, Target } from '../../wire/types/events.ts';
import type { Operation } from '../service.ts';
import { API_DESTINATION, destinationOf } from './addresses.ts';
import { type BusAddress, busArn } from './arns.ts';
import { tooMany } from './buses.ts';
import { change, listed } from './change.ts';
import { fault, notBuilt } from './errors.ts';
import { checkInput } from './inputs.ts';
import { knownRule, putRule, refuseManaged } from './rules.ts';

/** Entries of one request, says the API reference; the model allows more. */
const MOST_ENTRIES = 10;

export const PutTargets: Operation<Operations['PutTargets']> = (call, input) =>
  change(call.stack, async () => {
    checkEntries('targets', input.Targets);
    const { rule, version, bus } = await knownRule(call, input.Rule, input.EventBusName);
    refuseManaged(rule);
    for (const target of input.Targets) checkTarget(target, bus);
    // Those that are known stay where they are, and of two with one Id the later one counts.
    const targets = new Map(rule.targets.map((target) => [target.Id, target]));
    for (const target of input.Targets) targets.set(target.Id, target);
    if (targets.size > call.stack.settings.quotas['events.targetsPerRule']) throw tooMany();
    return {
      writes: [putRule(call, bus, { ...rule, targets: [...targets.values()] }, version)],
      answer: { FailedEntryCount: 0, FailedEntries: [] },
    };
  });

export const RemoveTargets: Operation<Operations['RemoveTargets']> = (call, input) =>
  change(call.stack, async () => {
    checkEntries('ids', input.Ids);
    const { rule, version, bus } = await knownRule(call, input.Rule, input.EventBusName);
    refuseManaged(rule, input.Force);
    const failed = input.Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id));
    const targets = rule.targets.filter(({ Id }) => !input.Ids.includes(Id));
    const FailedEntries = failed.map((id): RemoveTargetsResultEntry => {
      const message = `Rule '${rule.name}' does not have a target with the Id '${id}'.`;
      return { TargetId: id, ErrorCode: 'ResourceNotFoundException', ErrorMessage: message };
    });
    return {
      writes: [putRule(call, bus, { ...rule, targets }, version)],
      answer: { FailedEntryCount: FailedEntries.length, FailedEntries },
    };
  });

export const ListTargetsByRule: Operation<Operations['ListTargetsByRule']> = async (
  call,
  input,
) => {
  const { rule } = await knownRule(call, input.Rule, input.EventBusName);
  const all = [...rule.targets].sort((a, b) => (a.Id < b.Id ? -1 : 1));
  const { items, NextToken } = listed(call, all, ({ Id }) => Id, input);
  return { Targets: items, NextToken };
};

function checkEntries(name: string, entries: readonly unknown[]): void {
  if (entries.length <= MOST_ENTRIES) return;
  const constraint = `Member must have length less than or equal to ${MOST_ENTRIES}`;
  const value = JSON.stringify(entries);
  throw fault(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
      constraint,
  );
}

function checkTarget(target: Target, bus: BusAddress): void {
  const destination = destinationOf(target);
  if (destination.kind === 'malformed') {
    const reason = 'Provided Arn is not in correct format.';
    throw fault('ValidationException', `Parameter ${target.Arn} is not valid. Reason: ${reason}`);
  }
  // Thrown, not a failed entry: a target that never gets anything must not go unnoticed.
  if (destination.kind === 'unbuilt') throw notBuilt(`the ${destination.name} target`);
  const { kind } = destination.address;
  if (kind === 'sqs' && target.Arn.endsWith('.fifo') && !target.SqsParameters?.MessageGroupId) {
    throw lacking('SqsParameters', target);
  }
  if (kind === 'kinesis' && target.RoleArn === undefined) throw withoutRole(target);
  if (kind === 'events') checkBusTarget(target, bus);
  if (kind !== API_DESTINATION && target.HttpParameters) {
    const message = `Parameter(s) HttpParameters not valid for target: ${target.Id}.`;
    throw fault('ValidationException', message);
  }
  checkDeadLetters(target);
  checkInput(target, kind);
}

/**
 * Documented; with which words AWS refuses another one is not. Accepted, it would lose all letters.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
function checkDeadLetters({ DeadLetterConfig: config }: Target): void {
  const arn = config?.Arn;
  if (arn === undefined) return;
  if (parseArn(arn)?.service === 'sqs' && !arn.endsWith('.fifo')) return;
  const reason = 'It must be a standard SQS queue.';
  throw fault(
    'ValidationException',
    `Parameter DeadLetterConfig.Arn is not valid. Reason: ${reason}`,
  );
}

function lacking(parameter: string, { Id }: Target) {
  const message = `Parameter(s) ${parameter} must be specified for target: ${Id}.`;
  return fault('ValidationException', message);
}

/** In AWS's words, as seen in awsdocs/aws-codepipeline-user-guide#18. */
function withoutRole({ Arn }: Target) {
  return fault('ValidationException', `RoleArn is required for target ${Arn}.`);
}

function checkBusTarget(target: Target, bus: BusAddress): void {
  if (target.Arn !== busArn(bus)) return;
  const reason = 'An event bus cannot be the target of its own rule.';
  throw fault('ValidationException', `Parameter ${target.Arn} is not valid. Reason: ${reason}`);
}
