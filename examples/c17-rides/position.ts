/**
 * Keeps where each ride was last. A sample that is older than what is known, because a phone sent
 * it late, changes nothing; the track notes in which order samples came.
 */
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { KinesisStreamEvent } from 'aws-lambda';
import { samplesIn } from './records.ts';
import type { LocationUpdated } from './rides.ts';

const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = 'c17-positions';

export async function handler({ Records }: KinesisStreamEvent): Promise<void> {
  const rides = Map.groupBy(samplesIn(Records), ({ rideId }) => rideId);
  await Promise.all([...rides].map(([rideId, samples]) => follow(rideId, samples)));
}

async function follow(rideId: string, samples: readonly LocationUpdated[]): Promise<void> {
  await tables.send(
    new UpdateCommand({
      TableName,
      Key: { rideId },
      UpdateExpression: 'SET track = list_append(if_not_exists(track, :none), :more)',
      ExpressionAttributeValues: { ':none': [], ':more': samples.map((one) => one.sequence) },
    }),
  );
  const latest = samples.reduce((one, other) => (other.ts > one.ts ? other : one));
  const move = new UpdateCommand({
    TableName,
    Key: { rideId },
    UpdateExpression: 'SET lat = :lat, lon = :lon, ts = :ts',
    ConditionExpression: 'attribute_not_exists(ts) OR ts < :ts',
    ExpressionAttributeValues: { ':lat': latest.lat, ':lon': latest.lon, ':ts': latest.ts },
  });
  await tables.send(move).catch((cause) => {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
  });
}
