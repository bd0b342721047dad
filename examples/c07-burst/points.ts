/** Says on the bus what steps are worth. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { consumer } from './luck.ts';
import { type Points, pointsOf, type Standing } from './progress.ts';

const events = new EventBridgeClient({});

export const handler = consumer(async ({ body }) => {
  const standing = JSON.parse(body) as Standing;
  const detail: Points = { ...standing, points: pointsOf(standing.steps) };
  const entry = {
    EventBusName: 'c07-wellbeing',
    Source: 'com.well.points',
    DetailType: 'PointsUpdated',
    Detail: JSON.stringify(detail),
  };
  const answer = await events.send(new PutEventsCommand({ Entries: [entry] }));
  if (answer.FailedEntryCount) throw new Error(answer.Entries?.[0]?.ErrorMessage);
});
