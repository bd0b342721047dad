/** Faults as they are asked for: with names that AWS has. */
import type { FaultRule, FaultSpec } from '../core/faults.ts';
import type { Stack } from '../delivery/stack.ts';
import { operationsOf, services } from '../wire/wire.ts';

/** Throws `RangeError` for what makes no rule, in one sentence. */
export function addFault({ faults }: Pick<Stack, 'faults'>, spec: FaultSpec): FaultRule {
  const { service, operation } = spec;
  if (service !== undefined && !services().includes(service)) {
    throw new RangeError(`There is no service ${service}; names are those of the AWS CLI.`);
  }
  const known =
    service === undefined
      ? services().flatMap((name) => operationsOf(name))
      : operationsOf(service);
  if (operation !== undefined && !known.includes(operation)) {
    throw new RangeError(`${service ?? 'No service'} has no operation ${operation}.`);
  }
  return faults.add(spec);
}
