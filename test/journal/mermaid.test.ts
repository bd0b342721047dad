import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { startAws } from '../../src/testing/index.ts';

test('a trace is a sequence of who handed what to whom', async () => {
  await using aws = await startAws({ settings: { enforcePolicies: false } });
  const [events, sqs] = [aws.client(EventBridgeClient), aws.client(SQSClient)];
  await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  await events.send(new PutRuleCommand({ Name: 'all', EventPattern: '{"source":["shop"]}' }));
  const place = `${aws.region}:000000000000`;
  const Targets = [
    { Id: '1', Arn: `arn:aws:sqs:${place}:jobs` },
    { Id: '2', Arn: `arn:aws:sqs:${place}:nowhere` },
  ];
  await events.send(new PutTargetsCommand({ Rule: 'all', Targets }));
  const entry = { Source: 'shop', DetailType: 'Sold; #1', Detail: '{}' };
  const { Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  const id = Entries?.[0]?.EventId;
  const drawn = await fetch(`${aws.endpoint}/_millrace/v1/trace/${id}?as=mermaid`);
  expect(await drawn.text()).toBe(`sequenceDiagram
  participant p1 as events:event-bus/default
  participant p2 as client
  participant p3 as sqs:jobs
  participant p4 as sqs:nowhere
  p2->>p1: Sold#59; #35;1
  p1->>p3: all
  p1--xp4: NO_RESOURCE, The queue ${Targets[1]?.Arn} does not exist.
  Note over p1: given up: LOST:NO_RESOURCE
`);
});
