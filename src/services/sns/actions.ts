/**
 * The actions that a topic's policy may speak of.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
 */
import { validatePolicy } from '../../core/policy.ts';

const ACTIONS = new Set(
  [
    ...['AddPermission', 'DeleteTopic', 'GetDataProtectionPolicy', 'GetTopicAttributes'],
    ...['ListSubscriptionsByTopic', 'ListTagsForResource', 'Publish', 'PutDataProtectionPolicy'],
    ...['Receive', 'RemovePermission', 'SetTopicAttributes', 'Subscribe', 'TagResource'],
    ...['UntagResource'],
  ].map((action) => action.toLowerCase()),
);

export const OUT_OF_SCOPE = 'Policy statement action out of service scope!';

/** Whether a topic knows the action, written without `SNS:`. */
export function isTopicAction(action: string): boolean {
  return ACTIONS.has(action.toLowerCase());
}

/**
 * What is wrong with the text of a topic's policy. Actions of other services and those that
 * concern no topic, such as CreateTopic, are refused (observed:
 * https://github.com/hashicorp/terraform/issues/12740).
 */
export function checkPolicy(text: string): string | undefined {
  if (validatePolicy(text) !== undefined) return 'Policy Error: null';
  const { Statement: statements } = JSON.parse(text) as { Statement: unknown };
  const actions = [statements].flat().flatMap((statement) => {
    const { Action, NotAction } = statement as { Action?: unknown; NotAction?: unknown };
    return [Action ?? NotAction].flat();
  });
  return actions.every((action) => inScope(String(action))) ? undefined : OUT_OF_SCOPE;
}

function inScope(action: string): boolean {
  const [service, name = ''] = action.split(':');
  if (service?.toLowerCase() !== 'sns') return false;
  return name.includes('*') || isTopicAction(name);
}
