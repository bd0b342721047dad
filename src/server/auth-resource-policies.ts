/**
 * The policies that bear on a resource, read as its owner reads them. A resource that does not
 * exist has none: whoever may not see it learns nothing of it.
 */
import { rootArn } from '../access/identity.ts';
import { type Arn, parseArn } from '../core/arn.ts';
import { AwsError } from '../core/errors.ts';
import type { Stack } from '../delivery/stack.ts';

type Ask = (operation: string, input: object) => Promise<object>;
type Read = (ask: Ask, arn: Arn, text: string) => Promise<readonly unknown[]>;

const READERS: Readonly<Record<string, Read>> = {
  sqs: async (ask, { account, resource }) => {
    const QueueUrl = `http://localhost/${account}/${resource}`;
    const { Attributes } = (await ask('GetQueueAttributes', {
      QueueUrl,
      AttributeNames: ['Policy'],
    })) as { Attributes?: { Policy?: string } };
    return [Attributes?.Policy];
  },
  sns: async (ask, _arn, text) => {
    if (text.split(':').length !== 6 || text.includes('/')) return [];
    const { Attributes } = (await ask('GetTopicAttributes', { TopicArn: text })) as {
      Attributes?: { Policy?: string };
    };
    return [Attributes?.Policy];
  },
  events: async (ask, { resource }) => {
    const [kind, ...path] = resource.split('/');
    if (kind !== 'event-bus' && kind !== 'rule') return [];
    const bus = kind === 'rule' ? path.slice(0, -1).join('/') : path.join('/');
    const { Policy } = (await ask('DescribeEventBus', { Name: bus || 'default' })) as {
      Policy?: string;
    };
    return [Policy];
  },
  lambda: async (ask, { resource }) => {
    const [kind, name, qualifier] = resource.split(':');
    if (kind === 'layer' && qualifier !== undefined) {
      const input = { LayerName: name, VersionNumber: Number(qualifier) };
      return [((await ask('GetLayerVersionPolicy', input)) as { Policy?: string }).Policy];
    }
    if (kind !== 'function') return [];
    const Qualifier = qualifier === '$LATEST' ? undefined : qualifier;
    const answer = await ask('GetPolicy', { FunctionName: name, Qualifier });
    return [(answer as { Policy?: string }).Policy];
  },
  dynamodb: async (ask, { resource }, text) => {
    if (!resource.startsWith('table/')) return [];
    // Streams have policies of their own, which are not built; a table's says nothing of them.
    if (resource.includes('/stream/')) return [];
    const ResourceArn = text.replace(/\/index\/.*$/, '');
    return [((await ask('GetResourcePolicy', { ResourceArn })) as { Policy?: string }).Policy];
  },
  kinesis: async (ask, _arn, ResourceARN) => [
    ((await ask('GetResourcePolicy', { ResourceARN })) as { Policy?: string }).Policy,
  ],
  logs: async (ask) => {
    const { resourcePolicies: found = [] } = (await ask('DescribeResourcePolicies', {})) as {
      resourcePolicies?: readonly { policyDocument?: string }[];
    };
    return found.map(({ policyDocument }) => policyDocument);
  },
};

export async function resourcePolicies(stack: Stack, resource: string): Promise<readonly string[]> {
  const arn = parseArn(resource);
  const read = arn && READERS[arn.service];
  if (!arn || !read) return [];
  const { account, region, service } = arn;
  const as = { account, region, principalArn: rootArn(account) };
  const ask: Ask = (operation, input) => stack.invoke(service, operation, input, as);
  try {
    const found = await read(ask, arn, resource);
    return found.filter((text): text is string => typeof text === 'string' && text !== '');
  } catch (cause) {
    // No such resource, or one without a policy: both are errors of AWS.
    if (cause instanceof AwsError && cause.status < 500) return [];
    throw cause;
  }
}
