/**
 * A function as a target: of rules, of subscriptions, and of the records of other functions. It is
 * invoked with an asynchronous event, so it has been handed over when the event is stored; errors
 * of the function are then Lambda's to deal with.
 */
import { isJson } from '../../core/json-text.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Handover, type Parcel, Refused, type Target } from '../../delivery/targets.ts';
import { type Asker, denial } from './access.ts';
import { parseFunctionArn } from './arns.ts';
import { enqueueEvent } from './async-events.ts';
import { resolve } from './lookup.ts';

export const functionTarget: Target = {
  inside: true,
  async handOver(stack: Stack, parcel: Parcel): Promise<Handover> {
    const { delivery, payload } = parcel;
    const { arn } = delivery.to;
    const address = parseFunctionArn(arn);
    const resolved = address && (await resolve(stack, address));
    if (!resolved) throw new Refused('NO_RESOURCE', `The function ${arn} does not exist.`);
    const denied = await denial(stack, resolved, askerOf(parcel));
    if (denied !== undefined) throw new Refused('NO_PERMISSIONS', denied);
    const most = stack.settings.quotas['lambda.asyncPayloadBytes'];
    const bytes = Buffer.byteLength(payload.body);
    if (bytes > most) {
      const what = `${bytes} byte payload is too large for the Event invocation type`;
      throw new Refused('SDK_CLIENT_ERROR', `${what} (limit ${most} bytes)`);
    }
    if (!isJson(payload.body)) {
      throw new Refused('SDK_CLIENT_ERROR', 'Could not parse request body into json.');
    }
    const requestId = stack.ids.uuid();
    const { cause, traceHeader } = delivery;
    const request = { requestId, payload: payload.body, causes: [cause], traceHeader };
    return { writes: enqueueEvent(stack, resolved, request), produced: requestId };
  },
};

function askerOf({ delivery, principal }: Parcel): Asker {
  const { roleArn, account, policySourceArn, sourceArn } = delivery;
  if (roleArn !== undefined) return { arn: roleArn, account };
  return {
    service: principal,
    sourceArn: policySourceArn ?? sourceArn,
    sourceAccount: account,
  };
}
