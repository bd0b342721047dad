/**
 * Statements of a topic's policy, one at a time.
 * https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html
 */
import { arnOf } from '../../core/arn.ts';
import type { Operations } from '../../wire/types/sns.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { checkAccess } from './access.ts';
import { isTopicAction, OUT_OF_SCOPE } from './actions.ts';
import { change } from './change.ts';
import { invalid } from './errors.ts';
import { partitionOf, storeOf } from './store.ts';
import { knownTopic, ownerPolicy } from './topic.ts';

interface Statement {
  readonly Sid?: string;
  readonly [member: string]: unknown;
}

interface Document {
  readonly Statement: Statement | readonly Statement[];
  readonly [member: string]: unknown;
}

export const AddPermission: Operation<Operations['AddPermission']> = (call, input) => {
  const { Label: label, AWSAccountId: accounts, ActionName: actions } = input;
  if (!actions.every(isTopicAction)) throw invalid(OUT_OF_SCOPE);
  if (!accounts.every((account) => /^\d{12}$/.test(account))) throw invalid('AWSAccountId');
  return changePolicy(call, input.TopicArn, (statements) => {
    if (statements.some(({ Sid }) => Sid === label)) throw invalid('Statement already exists');
    const added = {
      Sid: label,
      Effect: 'Allow',
      Principal: { AWS: oneOrMore(accounts.map((account) => arnOf('iam', '', account, 'root'))) },
      Action: oneOrMore(actions.map((action) => `SNS:${action}`)),
      Resource: input.TopicArn,
    };
    return [...statements, added];
  });
};

function oneOrMore(texts: readonly string[]): string | readonly string[] {
  const [first, ...more] = texts;
  return first !== undefined && more.length === 0 ? first : texts;
}

/** A label that is not there needs no removal. */
export const RemovePermission: Operation<Operations['RemovePermission']> = (call, input) =>
  changePolicy(call, input.TopicArn, (statements) =>
    statements.filter(({ Sid }) => Sid !== input.Label),
  );

function changePolicy(
  call: Call,
  arn: string,
  revise: (statements: readonly Statement[]) => readonly Statement[],
) {
  return change(call.stack, async () => {
    const { topic, version } = await knownTopic(call, arn);
    checkAccess(call, topic, `SNS:${call.operation}`);
    const policy = JSON.parse(topic.attributes.Policy ?? ownerPolicy(topic)) as Document;
    const statements = [policy.Statement].flat() as readonly Statement[];
    const revised = { ...policy, Statement: revise(statements) };
    const attributes = { ...topic.attributes, Policy: JSON.stringify(revised) };
    const { topics } = storeOf(call.stack);
    const put = topics.put(partitionOf(topic), topic.name, { ...topic, attributes }, version);
    return { writes: [put], answer: {} };
  });
}
