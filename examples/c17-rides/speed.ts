/**
 * Computes how fast each ride went, over windows of thirty seconds. What it knows of a window so
 * far it answers with, and Lambda hands it back with the window's next records; when the window
 * ends, the function says what came of it.
 */
import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import type { KinesisStreamTumblingWindowEvent } from 'aws-lambda';
import { samplesIn } from './records.ts';
import { extend, type Leg, type RideSpeedComputed, speedOf, TOO_FAST_KMH } from './rides.ts';

const events = new EventBridgeClient({});

type Window = KinesisStreamTumblingWindowEvent['window'];

export async function handler(event: KinesisStreamTumblingWindowEvent) {
  const state: Record<string, Leg> = { ...event.state };
  for (const sample of samplesIn(event.Records)) {
    state[sample.rideId] = extend(state[sample.rideId], sample);
  }
  if (event.isFinalInvokeForWindow) await say(Object.values(state), event.window);
  return { state };
}

async function say(legs: readonly Leg[], window: Window): Promise<void> {
  const entries = legs.flatMap((leg) => entriesFor(leg, window));
  for (let first = 0; first < entries.length; first += 10) {
    const Entries = entries.slice(first, first + 10);
    const answer = await events.send(new PutEventsCommand({ Entries }));
    if (answer.FailedEntryCount) throw new Error(answer.Entries?.[0]?.ErrorMessage);
  }
}

function entriesFor(leg: Leg, { start: from, end: to }: Window) {
  const { first, samples } = leg;
  const speed: RideSpeedComputed = {
    ...{ rideId: first.rideId, kmh: speedOf(leg), samples, from, to },
  };
  const types = ['RideSpeedComputed', ...(speed.kmh > TOO_FAST_KMH ? ['SpeedAlert'] : [])];
  return types.map(
    (DetailType): PutEventsRequestEntry => ({
      EventBusName: 'c17-rides',
      Source: 'com.rides.speed',
      DetailType,
      Detail: JSON.stringify(speed),
    }),
  );
}
