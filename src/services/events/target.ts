/**
 * An event bus as the target of another bus's rule, in any account and Region. The event keeps
 * its id, time, account and all; it is the same event on another bus.
 *
 * An event goes through such a target once: what a bus got from a bus it does not pass on to a
 * third, nor back. So forwarding never loops.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html
 */
import { deliver } from '../../delivery/deliver.ts';
import { type Delivery, Refused, type Target } from '../../delivery/targets.ts';
import { denial } from './access.ts';
import { type BusAddress, parseBusArn } from './arns.ts';
import { findBus } from './buses.ts';
import { type Event, readEvent, withResource } from './event.ts';
import type { Shape } from './matching.ts';
import { openBus, route } from './route.ts';

export const bus: Target = {
  inside: true,
  async handOver(stack, { delivery, payload }) {
    const shape = delivery.shape as Shape | undefined;
    const { replicates } = shape ?? {};
    const original = readEvent(payload.body);
    const event = replicates === undefined ? original : withResource(original, replicates);
    const address = parseBusArn(delivery.to.arn);
    const found = address && (await findBus(stack, address));
    if (!address || !found) {
      throw new Refused('NO_RESOURCE', `Event bus ${delivery.to.arn} does not exist.`);
    }
    if (shape?.isForwarded) throw secondHop(delivery, address, event);
    const denied = denial(stack, address, found.bus, delivery.account, {
      source: event.value.source,
      detailType: event.value['detail-type'],
      account: event.value.account,
      ruleArn: delivery.sourceArn,
    });
    if (denied) throw new Refused('NO_PERMISSIONS', denied.message);
    const routed = route(stack, await openBus(stack, address), event, {
      traceHeader: delivery.traceHeader,
      hops: delivery.hops + 1,
      isForwarded: true,
    });
    return { writes: [...routed.writes, ...(await deliver(stack, routed.items))] };
  },
};

/** Code and message as seen on AWS: https://pubudu.dev/posts/manage-amazon-eventbridge-bus-to-bus-recursive-message-passing */
function secondHop({ region }: Delivery, to: BusAddress, { id }: Event): Refused {
  const code = to.region === region ? 'THIRD_ACCOUNT_HOP_DETECTED' : 'THIRD_REGION_HOP_DETECTED';
  return new Refused(
    code,
    `Event ingestion rejected for event ${id} because an event can be sent to an event bus ` +
      'target only once. This event was previously delivered to an event bus target.',
  );
}
