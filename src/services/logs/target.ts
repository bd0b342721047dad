/**
 * A log group as a target: each payload becomes one log event, in a stream of its own as on AWS.
 *
 * A payload that was made for the log says its timestamp and message itself; an event as it is
 * becomes a message that has the event's time.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-logs.html
 */
import { isObject, parseJson } from '../../core/json-value.ts';
import { type Parcel, Refused, type Target } from '../../delivery/targets.ts';
import { findGroup } from './log-groups.ts';
import { mayWrite } from './resource-policies.ts';
import { append, newStream, parseGroupArn, storeOf, streamsOf } from './store.ts';

export const group: Target = {
  inside: true,
  async handOver(stack, parcel) {
    const { delivery, principal } = parcel;
    const address = parseGroupArn(delivery.to.arn);
    const isHere = address?.account === delivery.account && address.region === delivery.region;
    if (!address || !isHere || !(await findGroup(stack, address))) {
      throw new Refused('NO_RESOURCE', 'The specified log group does not exist.');
    }
    const { enforcePolicies } = stack.settings;
    if (enforcePolicies && !(await mayWrite(stack, address, principal, delivery.sourceArn))) {
      const message = `No resource policy lets ${principal} write into the log group.`;
      throw new Refused('NO_PERMISSIONS', message);
    }
    const { timestampMs, message } = logEventOf(parcel, stack.clock.nowMs());
    const stream = newStream(stack, address, stack.ids.uuid());
    const { streams } = storeOf(stack);
    return {
      writes: [
        streams.put(streamsOf(address), stream.name, stream, 0),
        append(stack, stream, timestampMs, message),
      ],
    };
  },
};

function logEventOf({ delivery, payload }: Parcel, nowMs: number) {
  const { body } = payload;
  if (!delivery.to.params?.isShaped) {
    return { timestampMs: timeOf(readObject(body).time) ?? nowMs, message: body };
  }
  const { timestamp, message } = readObject(body);
  const timestampMs = timeOf(timestamp);
  if (timestampMs === undefined || message === undefined) {
    const reason = 'Input for a log group must be a JSON object with timestamp and message.';
    throw new Refused('INVALID_JSON', reason);
  }
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return { timestampMs, message: text };
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  return isObject(value) ? value : {};
}

/** A moment as a number of milliseconds or as ISO 8601; both are in use. */
function timeOf(value: unknown): number | undefined {
  const timeMs = typeof value === 'string' ? Number(value) || Date.parse(value) : value;
  return typeof timeMs === 'number' && Number.isFinite(timeMs) ? timeMs : undefined;
}
