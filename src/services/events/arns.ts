/**
 * Names and ARNs of EventBridge's resources.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 */
import { arnOf, parseArn } from '../../core/arn.ts';
import type { Call } from '../call.ts';

export const DEFAULT_BUS = 'default';

/** Where a bus is. Its rules live in the partition `account/region/name`. */
export interface BusAddress {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** The bus that a caller names by name, by ARN, or not at all. */
export function busAddress(
  call: Pick<Call, 'account' | 'region'>,
  nameOrArn: string | undefined,
): BusAddress {
  const here = { account: call.account, region: call.region };
  if (nameOrArn === undefined) return { ...here, name: DEFAULT_BUS };
  return parseBusArn(nameOrArn) ?? { ...here, name: nameOrArn };
}

/** The bus of an ARN, or undefined when it is none of a bus. */
export function parseBusArn(text: string): BusAddress | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'events' || !arn.resource.startsWith('event-bus/')) return undefined;
  const name = arn.resource.slice('event-bus/'.length);
  return { account: arn.account, region: arn.region, name };
}

export function busArn({ account, region, name }: BusAddress): string {
  return arnOf('events', region, account, `event-bus/${name}`);
}

/** A rule of the default bus has no bus in its ARN. */
export function ruleArn({ account, region, name }: BusAddress, rule: string): string {
  const path = name === DEFAULT_BUS ? rule : `${name}/${rule}`;
  return arnOf('events', region, account, `rule/${path}`);
}

/** The rule of an ARN and its bus, or undefined when it is none of a rule. */
export function parseRuleArn(
  text: string,
): { readonly bus: BusAddress; readonly rule: string } | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'events' || !arn.resource.startsWith('rule/')) return undefined;
  const path = arn.resource.slice('rule/'.length);
  const slash = path.lastIndexOf('/');
  const name = slash < 0 ? DEFAULT_BUS : path.slice(0, slash);
  return { bus: { account: arn.account, region: arn.region, name }, rule: path.slice(slash + 1) };
}

/** The ARN of what has a name in an account and Region: `archive`, `replay`, `connection` … */
export function namedArn(
  call: Pick<Call, 'account' | 'region'>,
  kind: 'archive' | 'replay' | 'connection' | 'api-destination' | 'event-source',
  name: string,
): string {
  return arnOf('events', call.region, call.account, `${kind}/${name}`);
}
