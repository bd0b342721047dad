/**
 * Operations called from inside the server: one service asks another as its client would, without
 * a socket between them. The answer is the operation's own; what it refuses is thrown.
 */
import { AwsError } from '../core/errors.ts';
import type { Caller, Invoke, Stack } from '../delivery/stack.ts';
import type { Call } from './call.ts';
import type { Operation, Service } from './service.ts';

export function insideInvoke(services: readonly Service[], stack: () => Stack): Invoke {
  const byName = new Map(services.map((service) => [service.name, service]));
  return async (service, operation, input, as) => {
    const operate = byName.get(service)?.operations[operation] as
      | Operation<{ input: object; output: object }>
      | undefined;
    if (!operate) {
      const message = `millrace has not built ${service}:${operation} yet.`;
      throw new AwsError('NotImplemented', message, { status: 501 });
    }
    return operate(callAs(stack(), service, operation, as), input);
  };
}

/** Nobody can go away or be drained from inside. */
const NEVER = () => () => {};

function callAs(stack: Stack, service: string, operation: string, as: Caller): Call {
  return {
    stack,
    service,
    operation,
    account: as.account,
    region: as.region,
    principalArn: as.principalArn,
    requestId: stack.ids.uuid(),
    endpoint: stack.endpoint(),
    traceHeader: as.traceHeader,
    gone: () => false,
    onGone: NEVER,
    onDrain: NEVER,
  };
}
