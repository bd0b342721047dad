/** The event store: the one place that is written to, and what all read models come from. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoEventStore } from '../../src/patterns/index.ts';
import { upcasters } from './order.ts';

export const EVENTS = 'c06-events';

const client = new DynamoDBClient({});

export const store = dynamoEventStore({ client, table: EVENTS, clock: Date, upcasters });

/** As the shop wrote before it knew of currencies. */
export const oldStore = dynamoEventStore({ client, table: EVENTS, clock: Date });
