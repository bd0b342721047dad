/** ARNs in few words. */

export interface ArnParts {
  readonly service: string;
  readonly account: string;
  readonly region: string;
  /** Without the kind before it: a function's, a rule's, a subscription's name. */
  readonly name: string;
}

export function arnParts(arn: string): ArnParts | undefined {
  const [prefix, , service, region = '', account = '', ...rest] = arn.split(':');
  if (prefix !== 'arn' || !service) return undefined;
  return { service, region, account, name: nameOf(service, rest.join(':')) };
}

/** What people call it: `orders` of `arn:aws:events:us-east-1:000000000000:event-bus/orders`. */
function nameOf(service: string, resource: string): string {
  if (service === 'logs') return resource.replace(/^[a-z-]+:/, '');
  if (service === 'lambda') return resource.replace(/^[a-z-]+:|:\$LATEST$/g, '');
  return resource.replace(/^[a-z-]+\//, '');
}

export function shortName(arn: string): string {
  return arnParts(arn)?.name ?? arn;
}

const KINDS: Readonly<Record<string, string>> = {
  sqs: 'queue',
  sns: 'topic',
  kinesis: 'stream',
  dynamodb: 'table',
  lambda: 'function',
  logs: 'log group',
};

/** `bus`, `rule`, `queue` …: what an ARN is of. */
export function kindOf(arn: string): string {
  const parts = arnParts(arn);
  if (!parts) return 'endpoint';
  if (parts.service === 'sns' && /^[^:]+:[0-9a-f-]{36}$/.test(parts.name)) return 'subscription';
  if (parts.service !== 'events') return KINDS[parts.service] ?? parts.service;
  const [kind = ''] = arn.split(':').slice(5).join(':').split('/');
  return kind === 'event-bus' ? 'bus' : kind;
}
