/**
 * Data protection policies are stored and shown. Messages are not audited or masked by them yet.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-data-protection-policies.html
 */
import type { Operations } from '../../wire/types/sns.ts';
import type { Operation } from '../service.ts';
import { checkAccess } from './access.ts';
import { change } from './change.ts';
import { invalid } from './errors.ts';
import { partitionOf, storeOf } from './store.ts';
import { isFifo, knownTopic } from './topic.ts';

const MOST_CHARS = 30_720;

/** Refuses what is no policy. */
export function checkDataProtectionPolicy(text: string): void {
  if (text.length > MOST_CHARS || !isPolicy(text)) throw invalid('DataProtectionPolicy');
}

function isPolicy(text: string): boolean {
  try {
    const policy: unknown = JSON.parse(text);
    return typeof policy === 'object' && policy !== null && 'Statement' in policy;
  } catch {
    return false;
  }
}

export const PutDataProtectionPolicy: Operation<Operations['PutDataProtectionPolicy']> = (
  call,
  { ResourceArn: arn, DataProtectionPolicy: text },
) =>
  change(call.stack, async () => {
    const { topic, version } = await knownTopic(call, arn, 'ResourceArn');
    checkAccess(call, topic, 'SNS:PutDataProtectionPolicy');
    // "Not supported for FIFO topics" says the guide.
    if (isFifo(topic)) throw invalid('ResourceArn');
    const { dataProtectionPolicy: _, ...rest } = topic;
    if (text !== '') checkDataProtectionPolicy(text);
    const changed = text === '' ? rest : { ...rest, dataProtectionPolicy: text };
    const { topics } = storeOf(call.stack);
    const put = topics.put(partitionOf(topic), topic.name, changed, version);
    return { writes: [put], answer: {} };
  });

export const GetDataProtectionPolicy: Operation<Operations['GetDataProtectionPolicy']> = async (
  call,
  { ResourceArn: arn },
) => {
  const { topic } = await knownTopic(call, arn, 'ResourceArn');
  checkAccess(call, topic, 'SNS:GetDataProtectionPolicy');
  return { DataProtectionPolicy: topic.dataProtectionPolicy };
};
