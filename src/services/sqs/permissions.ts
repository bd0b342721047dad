/** AddPermission and RemovePermission: one statement of the queue's policy, by its label. */
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change } from './change.ts';
import { fault, invalidParameter, missingParameter } from './errors.ts';
import { type Attributes, changedRow, findQueue, type Queue, queueRows } from './queue.ts';

const MOST_ACTIONS = 7;
const MOST_STATEMENTS = 20;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html */
const ACTIONS = new Set([
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
]);

interface PolicyDocument {
  readonly Version: string;
  readonly Id?: string;
  readonly Statement: readonly { readonly Sid?: string }[];
}

export const AddPermission: Operation<Sqs.Operations['AddPermission']> = (call, input) => {
  const { Label: label, AWSAccountIds: accounts, Actions: actions } = input;
  checkPermission(label, accounts, actions);
  return changePolicy(call, input.QueueUrl, 'sqs:AddPermission', (policy, queue) => {
    if (policy.Statement.some(({ Sid: sid }) => sid === label)) {
      throw invalidParameter('Label', label, 'Already exists.');
    }
    if (policy.Statement.length >= MOST_STATEMENTS) {
      const found = `${policy.Statement.length + 1} Statements were found`;
      throw fault('OverLimit', `${found}, maximum allowed is ${MOST_STATEMENTS}.`);
    }
    const statement = {
      Sid: label,
      Effect: 'Allow',
      Principal: { AWS: single(accounts.map((account) => `arn:aws:iam::${account}:root`)) },
      Action: single(actions.map((action) => `SQS:${action}`)),
      Resource: queue.arn,
    };
    return { ...policy, Statement: [...policy.Statement, statement] };
  });
};

export const RemovePermission: Operation<Sqs.Operations['RemovePermission']> = (call, input) =>
  changePolicy(call, input.QueueUrl, 'sqs:RemovePermission', (policy) => {
    const left = policy.Statement.filter(({ Sid: sid }) => sid !== input.Label);
    if (left.length === policy.Statement.length) {
      throw invalidParameter('Label', input.Label, "can't find label on existing policy.");
    }
    return { ...policy, Statement: left };
  });

function checkPermission(
  label: string,
  accounts: readonly string[],
  actions: readonly string[],
): void {
  if (!/^[\w-]{1,80}$/.test(label)) {
    const alphabet = 'alphanumeric characters, hyphens, or underscores';
    throw invalidParameter('Label', label, `Can only include ${alphabet}. 1 to 80 in length`);
  }
  if (accounts.length === 0) throw missingParameter('PrincipalId');
  if (actions.length === 0) throw missingParameter('Actions');
  if (actions.length > MOST_ACTIONS) {
    const found = `${actions.length} Actions were found`;
    throw fault('OverLimit', `${found}, maximum allowed is ${MOST_ACTIONS}.`);
  }
  const stranger = actions.find((action) => !ACTIONS.has(action));
  if (stranger !== undefined) {
    const reason = 'Please refer to the appropriate WSDL for a list of valid actions.';
    throw invalidParameter('ActionName', `SQS:${stranger}`, reason);
  }
  const nobody = accounts.find((account) => !/^\d{12}$/.test(account));
  if (nobody !== undefined) throw invalidParameter('PrincipalId', nobody, 'Unable to verify.');
}

function changePolicy(
  call: Call,
  url: string,
  action: string,
  next: (policy: PolicyDocument, queue: Queue) => PolicyDocument,
): Promise<Record<string, never>> {
  return change(call.stack.storage, async () => {
    const queue = await findQueue(call, url, action);
    const policy = next(documentOf(queue), queue);
    const { Policy: _before, ...others } = queue.row.attributes;
    const attributes: Attributes =
      policy.Statement.length === 0 ? others : { ...others, Policy: JSON.stringify(policy) };
    const row = changedRow(queue, { attributes, modifiedAtMs: call.stack.clock.nowMs() });
    const { partition, name, version } = queue;
    return { writes: [queueRows(call.stack).put(partition, name, row, version)], answer: {} };
  });
}

/** The queue's policy, or the empty one that AWS begins with. */
function documentOf({ row, arn }: Queue): PolicyDocument {
  const text = row.attributes.Policy;
  if (!text) return { Version: '2012-10-17', Id: `${arn}/SQSDefaultPolicy`, Statement: [] };
  const policy = JSON.parse(text);
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return { ...policy, Statement: statements };
}

/** AWS writes a list of one as the one. */
function single(texts: readonly string[]): string | readonly string[] {
  const [first] = texts;
  return texts.length === 1 && first !== undefined ? first : texts;
}
