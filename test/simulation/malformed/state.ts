/**
 * All that a client can see of the server's state, as one text: to tell whether a refused request
 * has changed anything.
 */
import { call, roundTrip } from '../../../bench/api.ts';
import { snsRequest } from '../../../bench/requests.ts';

export async function visibleState(port: number): Promise<string> {
  const lines: string[] = [];
  const note = (what: string, answer: unknown) => lines.push(`${what} ${JSON.stringify(answer)}`);
  const queues = await call(port, 'sqs', 'ListQueues', { MaxResults: 1000 });
  for (const QueueUrl of strings(queues.QueueUrls)) {
    const input = { QueueUrl, AttributeNames: ['All'] };
    note(QueueUrl, await call(port, 'sqs', 'GetQueueAttributes', input));
    note('tags', await call(port, 'sqs', 'ListQueueTags', { QueueUrl }));
  }
  const buses = await call(port, 'events', 'ListEventBuses', {});
  for (const { Name } of records(buses.EventBuses)) {
    note('bus', await call(port, 'events', 'DescribeEventBus', { Name }));
    const rules = await call(port, 'events', 'ListRules', { EventBusName: Name });
    for (const rule of records(rules.Rules)) {
      const input = { Rule: rule.Name, EventBusName: Name };
      note('rule', [rule, await call(port, 'events', 'ListTargetsByRule', input)]);
    }
  }
  for (const list of ['ListArchives', 'ListConnections', 'ListApiDestinations'] as const) {
    note(list, await call(port, 'events', list, {}));
  }
  for (const list of ['ListTopics', 'ListSubscriptions'] as const) {
    note(list, await snsText(port, list, {}));
  }
  for (const arn of arnsIn(await snsText(port, 'ListTopics', {}), 'TopicArn')) {
    note(arn, await snsText(port, 'GetTopicAttributes', { TopicArn: arn }));
  }
  for (const arn of arnsIn(await snsText(port, 'ListSubscriptions', {}), 'SubscriptionArn')) {
    if (!arn.startsWith('arn:')) continue;
    note(arn, await snsText(port, 'GetSubscriptionAttributes', { SubscriptionArn: arn }));
  }
  return lines.sort().join('\n');
}

/** The answer without its request id. */
async function snsText(
  port: number,
  action: string,
  input: Readonly<Record<string, string>>,
): Promise<string> {
  const { body } = await roundTrip(port, snsRequest(action, input));
  return body.toString().replace(/<RequestId>[^<]*<\/RequestId>/, '');
}

function arnsIn(xml: string, element: string): readonly string[] {
  const found = xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'));
  return Array.from(found, (match) => match[1] ?? '');
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function records(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}
