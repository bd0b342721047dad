/**
 * What may be subscribed: protocols, and endpoints that fit them.
 * https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
 */
import { parseArn } from '../../core/arn.ts';
import type { Call } from '../call.ts';
import { PHONE_NUMBER } from './direct.ts';
import { fault, invalid } from './errors.ts';
import { partitionOf, storeOf, type Topic } from './store.ts';
import { isFifo } from './topic.ts';

const NOT_BUILT = new Set(['firehose']);
const PROTOCOLS = new Set([
  ...['http', 'https', 'email', 'email-json', 'sms', 'sqs', 'application', 'lambda'],
  ...NOT_BUILT,
]);

/** The endpoint as it is kept; refuses one that does not fit its protocol or topic. */
export async function checkEndpoint(
  call: Call,
  topic: Topic,
  protocol: string,
  endpoint: string,
): Promise<string> {
  if (!PROTOCOLS.has(protocol)) {
    throw invalid(`Amazon SNS does not support this protocol string: ${protocol}`);
  }
  // Observed: https://github.com/hashicorp/terraform-provider-aws/issues/38441
  if (isFifo(topic) && protocol !== 'sqs') throw invalid(`Invalid protocol type: ${protocol}`);
  if (NOT_BUILT.has(protocol)) {
    throw invalid(`Protocol Reason: millrace has not built delivery to ${protocol} yet`);
  }
  const wrong = await CHECKS[protocol]?.(call, topic, endpoint);
  if (wrong) throw wrong;
  return endpoint;
}

type Wrong = Error | undefined;
type Check = (call: Call, topic: Topic, endpoint: string) => Wrong | Promise<Wrong>;

const CHECKS: Readonly<Record<string, Check>> = {
  http: url('http:'),
  https: url('https:'),
  email,
  'email-json': email,
  sms: (_call, _topic, endpoint) =>
    // Observed without the usual "Invalid parameter: " in front.
    PHONE_NUMBER.test(endpoint)
      ? undefined
      : fault('InvalidParameter', `Invalid SMS endpoint: ${endpoint}`),
  sqs: queue,
  application,
  lambda: aFunction,
};

function url(protocol: string): Check {
  return (_call, _topic, endpoint) => {
    // Observed: https://github.com/argoproj/argo-events/issues/414
    const right = URL.canParse(endpoint) && new URL(endpoint).protocol === protocol;
    return right ? undefined : invalid('Endpoint must match the specified protocol');
  };
}

function email(_call: Call, _topic: Topic, endpoint: string): Wrong {
  return /^[^\s@]+@[^\s@]+$/.test(endpoint) ? undefined : invalid('Email address');
}

/** The doubled beginning is AWS's own (observed). */
function queue(_call: Call, topic: Topic, endpoint: string): Wrong {
  const arn = parseArn(endpoint);
  if (arn?.service !== 'sqs' || arn.resource === '') return invalid('SQS endpoint ARN');
  if (!arn.resource.endsWith('.fifo') || isFifo(topic)) return undefined;
  const why = 'FIFO SQS Queues can not be subscribed to standard SNS topics';
  return invalid(`Invalid parameter: Endpoint Reason: ${why}`);
}

/** Whether there is such a function shows when a message is delivered. */
function aFunction(_call: Call, _topic: Topic, endpoint: string): Wrong {
  const arn = parseArn(endpoint);
  const isFunction = arn?.service === 'lambda' && /^function:[^:]+(:[^:]+)?$/.test(arn.resource);
  return isFunction ? undefined : invalid('Lambda endpoint ARN');
}

async function application(call: Call, _topic: Topic, endpoint: string): Promise<Wrong> {
  const arn = parseArn(endpoint);
  const path = arn?.service === 'sns' ? arn.resource : '';
  if (!arn || !path.startsWith('endpoint/')) return invalid('Endpoint');
  const id = path.slice('endpoint/'.length);
  const found = await storeOf(call.stack).endpoints.get(partitionOf(arn), id);
  return found
    ? undefined
    : invalid(`Endpoint Reason: Endpoint does not exist for endpoint ${endpoint}`);
}
