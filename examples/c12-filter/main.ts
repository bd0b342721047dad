/**
 * C-12: orders carry where they come from, and each region's function asks for its own. The
 * publisher routes nothing, the functions filter nothing.
 */
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { check } from '../check.ts';
import { startLocal } from '../local.ts';
import { makeFunction } from '../make-function.ts';

await using local = await startLocal();
const lambda = new LambdaClient({});
const sns = new SNSClient({});
const logs = new CloudWatchLogsClient({});

const REGIONS = {
  US: { location: ['us-west', 'us-east'] },
  EU: { location: ['eu-west', 'eu-east'] },
} as const;
type Region = keyof typeof REGIONS;

async function topicWithFilters(name: string, FilterPolicyScope: string): Promise<string> {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  for (const [region, policy] of Object.entries(REGIONS)) {
    const FunctionName = `${name}-${region}`;
    const Endpoint = await makeFunction(lambda, {
      FunctionName,
      Handler: 'order.handler',
      folder: import.meta.dirname,
    });
    await lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: 'topic',
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
        SourceArn: TopicArn,
      }),
    );
    const Attributes = { FilterPolicyScope, FilterPolicy: JSON.stringify(policy) };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint, Attributes }));
  }
  return TopicArn;
}

/** The orders that a region's function was run for since it was last asked. */
const seen = new Map<string, number>();
async function ordersOf(name: string, region: Region): Promise<readonly string[]> {
  const logGroupName = `/aws/lambda/${name}-${region}`;
  const ask = new FilterLogEventsCommand({ logGroupName, filterPattern: 'ORDER' });
  const { events = [] } = await logs.send(ask).catch(() => ({ events: [] }));
  const lines = events.map(({ message = '' }) => /ORDER (.*)/.exec(message)?.[1] ?? message);
  const before = seen.get(logGroupName) ?? 0;
  seen.set(logGroupName, lines.length);
  return lines.slice(before);
}

/** Publishes, and checks who got it. */
async function publish(
  name: string,
  TopicArn: string,
  what: { readonly Message: string; readonly location?: string },
  must: Readonly<Record<Region, number>>,
): Promise<string> {
  const { Message, location } = what;
  const attribute = { DataType: 'String', StringValue: location };
  const command = new PublishCommand({
    TopicArn,
    Message,
    ...(location !== undefined && { MessageAttributes: { location: attribute } }),
  });
  const { MessageId = '' } = await sns.send(command);
  await local.settled();
  const got = {
    US: (await ordersOf(name, 'US')).length,
    EU: (await ordersOf(name, 'EU')).length,
  };
  const from = location === undefined ? 'no location' : `location ${location}`;
  check(`${Message}, ${from}`, got, must);
  return MessageId;
}

console.log('Filtered by message attributes:');
const byAttributes = await topicWithFilters('c12-orders', 'MessageAttributes');
const attributes = publish.bind(undefined, 'c12-orders', byAttributes);
await attributes({ Message: 'order 1', location: 'eu-west' }, { US: 0, EU: 1 });
await attributes({ Message: 'order 2', location: 'us-east' }, { US: 1, EU: 0 });
const elsewhere = await attributes({ Message: 'order 3', location: 'ap-1' }, { US: 0, EU: 0 });
await attributes({ Message: 'order 4' }, { US: 0, EU: 0 });

console.log('\nFiltered by what the message says:');
const byBody = await topicWithFilters('c12-bodies', 'MessageBody');
const body = publish.bind(undefined, 'c12-bodies', byBody);
const order = (location: string) => JSON.stringify({ order: 5, location });
await body({ Message: order('eu-west') }, { US: 0, EU: 1 });
await body({ Message: order('us-west') }, { US: 1, EU: 0 });
await body({ Message: order('ap-1'), location: 'eu-west' }, { US: 0, EU: 0 });
await body({ Message: 'no JSON' }, { US: 0, EU: 0 });

console.log(`\nWhy nobody got order 3:\n\n${await local.trace(elsewhere)}`);
