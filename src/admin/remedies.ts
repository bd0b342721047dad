/** What to change where a target has refused the one who delivers. */
import type { Way } from '../admin-api/index.ts';
import { parseArn } from '../core/arn.ts';
import { shortArn } from '../journal/draw.ts';
import type { Fact } from '../journal/journal.ts';

const ACTIONS: Readonly<Record<string, string>> = {
  sqs: 'sqs:SendMessage',
  sns: 'sns:Publish',
  lambda: 'lambda:InvokeFunction',
  events: 'events:PutEvents',
  kinesis: 'kinesis:PutRecord',
  logs: 'logs:PutLogEvents',
};

/** One sentence; undefined for what is no question of permissions. */
export function remedyFor(
  { outcome, target = '' }: Fact,
  { arn, kind }: Pick<Way, 'arn' | 'kind'>,
  placeArn: string,
): string | undefined {
  if (outcome !== 'NO_PERMISSIONS') return undefined;
  const { service = '', resource = '' } = parseArn(target) ?? {};
  if (resource.startsWith('api-destination/')) return 'Its connection must be authorized.';
  const action = ACTIONS[service];
  if (action === undefined) return undefined;
  if (service === 'events') {
    const account = parseArn(arn)?.account;
    return `The policy of ${shortArn(target)} must let account ${account} do ${action}.`;
  }
  // A topic speaks for its subscriptions.
  const [principal, source] =
    kind === 'subscription' ? ['sns.amazonaws.com', placeArn] : ['events.amazonaws.com', arn];
  const who = `${principal} (aws:SourceArn ${source})`;
  return `The policy of ${shortArn(target)} must let ${who} do ${action}.`;
}
