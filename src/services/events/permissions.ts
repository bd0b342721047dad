/**
 * The resource policy of a bus: statement by statement, or as a whole.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html
 */
import { arnOf } from '../../core/arn.ts';
import { validatePolicy } from '../../core/policy.ts';
import type { Operations, PutPermissionRequest } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { busArn } from './arns.ts';
import { type FoundBus, knownBus, putBus } from './buses.ts';
import { change } from './change.ts';
import { fault } from './errors.ts';

/** Longest policy in characters. */
const MOST_CHARS = 10_240;

interface Statement {
  readonly Sid?: string;
  readonly [member: string]: unknown;
}

interface Document {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export const PutPermission: Operation<Operations['PutPermission']> = (call, input) =>
  changePolicy(call, input.EventBusName, (statements, resource) => {
    if (input.Policy !== undefined) return wholePolicy(input.Policy);
    const added = statementOf(input, resource);
    return documentOf([...statements.filter(({ Sid }) => Sid !== added.Sid), added]);
  });

export const RemovePermission: Operation<Operations['RemovePermission']> = (call, input) =>
  changePolicy(call, input.EventBusName, (statements) => {
    if (input.RemoveAllPermissions) return undefined;
    const { StatementId: id } = input;
    if (id === undefined) throw fault('ValidationException', 'Parameter StatementId is required.');
    if (statements.length === 0) {
      throw fault('ResourceNotFoundException', 'EventBus does not have a policy.');
    }
    const left = statements.filter(({ Sid }) => Sid !== id);
    if (left.length === statements.length) {
      const message = 'Statement with the provided id does not exist.';
      throw fault('ResourceNotFoundException', message);
    }
    return left.length === 0 ? undefined : documentOf(left);
  });

type Revision = (statements: readonly Statement[], resource: string) => string | undefined;

function changePolicy(call: Call, busName: string | undefined, revise: Revision) {
  return change(call.stack, async () => {
    const { bus, version, address } = await knownBus(call, busName);
    const policy = revise(statementsOf(bus), busArn(address));
    if (policy !== undefined && policy.length > MOST_CHARS) {
      const message = `The policy exceeds ${MOST_CHARS} characters.`;
      throw fault('PolicyLengthExceededException', message);
    }
    const changed = { ...bus, policy, modifiedAtMs: call.stack.clock.nowMs() };
    return { writes: [putBus(call.stack, address, changed, version)], answer: {} };
  });
}

function statementsOf({ policy }: FoundBus['bus']): readonly Statement[] {
  if (policy === undefined) return [];
  const { Statement } = JSON.parse(policy) as { Statement: Statement | readonly Statement[] };
  return Array.isArray(Statement) ? Statement : [Statement as Statement];
}

function documentOf(statements: readonly Statement[]): string {
  const document: Document = { Version: '2012-10-17', Statement: statements };
  return JSON.stringify(document);
}

function wholePolicy(text: string): string {
  const reason = validatePolicy(text);
  if (reason === undefined) return text;
  throw fault('ValidationException', `Parameter Policy is not valid. Reason: ${reason}`);
}

function statementOf(input: PutPermissionRequest, resource: string): Statement {
  const { Action, Principal, StatementId, Condition } = input;
  for (const [name, value] of Object.entries({ Action, Principal, StatementId })) {
    if (value === undefined) throw fault('ValidationException', `Parameter ${name} is required.`);
  }
  if (Action !== 'events:PutEvents') {
    const message = "Provided value in parameter 'action' is not supported.";
    throw fault('ValidationException', message);
  }
  return {
    Sid: StatementId ?? '',
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: arnOf('iam', '', Principal ?? '', 'root') },
    Action,
    Resource: resource,
    ...(Condition && { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  };
}
