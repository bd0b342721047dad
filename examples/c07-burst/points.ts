/** Says on the bus what steps are worth. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { consumer } from './consumer.ts';
import { type Points, pointsOf, type Standing } from './progress.ts';

const events = new EventBridgeClient({});

export const handler = consumer<Standing>({
  read: JSON.parse,
  // A batch is at most ten, as many as the bus takes at once.
  keyOf: () => 'all',
  work: async (standings) => {
    const details = standings.map(
      (standing): Points => ({ ...standing, points: pointsOf(standing.steps) }),
    );
    const Entries = details.map((detail) => ({
      EventBusName: 'c07-wellbeing',
      Source: 'com.well.points',
      DetailType: 'PointsUpdated',
      Detail: JSON.stringify(detail),
    }));
    const answer = await events.send(new PutEventsCommand({ Entries }));
    const failed = answer.Entries?.find(({ ErrorCode }) => ErrorCode);
    if (failed) throw new Error(failed.ErrorMessage);
  },
});
