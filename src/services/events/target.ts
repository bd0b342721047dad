/**
 * An event bus as the target of another bus's rule, in any account and Region. The event keeps
 * its id, time, account and all; it is the same event on another bus. Other services put new
 * events on it.
 *
 * An event goes through such a target once: what a bus got from a bus it does not pass on to a
 * third, nor back. So forwarding never loops.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html
 */
import { deliver } from '../../delivery/deliver.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Delivery, type Payload, Refused, type Target } from '../../delivery/targets.ts';
import { denial } from './access.ts';
import { type BusAddress, parseBusArn } from './arns.ts';
import { findBus } from './buses.ts';
import { buildEvent, type Event, readEvent, withResource } from './event.ts';
import type { Shape } from './matching.ts';
import { openBus, publishFact, route } from './route.ts';

export const bus: Target = {
  inside: true,
  async handOver(stack, { delivery, payload }) {
    const address = parseBusArn(delivery.to.arn);
    const found = address && (await findBus(stack, address));
    if (!address || !found) {
      throw new Refused('NO_RESOURCE', `Event bus ${delivery.to.arn} does not exist.`);
    }
    const isNew = payload.event !== undefined;
    const event = isNew ? newEvent(stack, delivery, payload) : forwarded(delivery, payload);
    const shape = delivery.shape as Shape | undefined;
    if (!isNew && shape?.isForwarded) throw secondHop(delivery, address, event);
    const denied = denial(stack, address, found.bus, delivery.account, {
      source: event.value.source,
      detailType: event.value['detail-type'],
      account: event.value.account,
      ...(!isNew && { ruleArn: delivery.sourceArn }),
    });
    if (denied) throw new Refused('NO_PERMISSIONS', denied.message);
    const { traceHeader } = delivery;
    const routed = route(stack, await openBus(stack, address), event, {
      traceHeader,
      hops: delivery.hops + 1,
      isForwarded: !isNew,
    });
    const writes = [...routed.writes, ...(await deliver(stack, routed.items))];
    if (!isNew) return { writes };
    const published = publishFact(stack, delivery.to.arn, event, traceHeader);
    return { writes: [...published, ...writes], produced: event.id };
  },
};

function forwarded({ shape }: Delivery, { body }: Payload): Event {
  const { replicates } = (shape as Shape | undefined) ?? {};
  const original = readEvent(body);
  return replicates === undefined ? original : withResource(original, replicates);
}

/** As if the one who delivers had put it with PutEvents. */
function newEvent(stack: Stack, { account, region }: Delivery, { event, body }: Payload): Event {
  const { source = '', detailType = '', resources = [] } = event ?? {};
  const most = stack.settings.quotas['events.requestBytes'];
  const texts = [source, detailType, body, ...resources];
  if (texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) >= most) {
    throw new Refused('SDK_CLIENT_ERROR', 'The event is larger than a request may be.');
  }
  const about = { source, detailType, resources, timeMs: stack.clock.nowMs(), detail: body };
  const made = buildEvent({ id: stack.ids.uuid(), account, region, ...about });
  if (!made) throw new Refused('SDK_CLIENT_ERROR', 'Detail is malformed.');
  return made;
}

/** Code and message as seen on AWS: https://pubudu.dev/posts/manage-amazon-eventbridge-bus-to-bus-recursive-message-passing */
function secondHop({ region }: Delivery, to: BusAddress, { id }: Event): Refused {
  const code = to.region === region ? 'THIRD_ACCOUNT_HOP_DETECTED' : 'THIRD_REGION_HOP_DETECTED';
  return new Refused(
    code,
    `Event ingestion rejected for event ${id} because an event can be sent to an event bus ` +
      'target only once. This event was previously delivered to an event bus target.',
  );
}
