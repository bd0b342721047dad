/**
 * What a span says of the resource that it is about, in the words of OpenTelemetry's conventions.
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 * https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/
 */
import { type Arn, parseArn } from '../core/arn.ts';
import type { Attributes } from './otlp.ts';

export interface Place {
  /** Short, for names of spans: a queue's, a topic's, a bus's, a function's. */
  readonly name: string;
  readonly attributes: Attributes;
}

/** `aws_sqs` and `aws.sns` are the conventions' own words; the others are made like these. */
const SYSTEMS: Readonly<Record<string, string>> = {
  sqs: 'aws_sqs',
  sns: 'aws.sns',
  events: 'aws.eventbridge',
  kinesis: 'aws.kinesis',
  dynamodb: 'aws.dynamodb',
};

const known = new Map<string, Place>();
const MOST_KNOWN = 10_000;

/** What is known of an ARN, or of what stands in the place of one: a URL, a phone number. */
export function placeOf(text: string): Place {
  const before = known.get(text);
  if (before) return before;
  const arn = parseArn(text);
  const place = arn ? described(text, arn) : { name: '', attributes: {} };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, place);
  return place;
}

function described(text: string, arn: Arn): Place {
  const where = { 'cloud.region': arn.region, 'cloud.account.id': arn.account };
  if (arn.service === 'lambda') {
    const [, name = '', version] = arn.resource.split(':');
    const faas = { 'faas.name': name, 'faas.version': version, 'cloud.resource_id': text };
    return { name, attributes: { ...faas, ...where } };
  }
  const { name, subscription } = namesIn(arn);
  const isTopic = arn.service === 'sns' && !arn.resource.includes('/');
  return {
    name,
    attributes: {
      'messaging.system': SYSTEMS[arn.service] ?? `aws.${arn.service}`,
      'messaging.destination.name': name,
      'messaging.destination.subscription.name': subscription,
      'aws.sns.topic.arn': isTopic ? text.split(':').slice(0, 6).join(':') : undefined,
      ...where,
    },
  };
}

interface Names {
  readonly name: string;
  readonly subscription?: string;
}

function namesIn({ service, resource }: Arn): Names {
  const parts = resource.split('/');
  const [kind, first = '', second, third] = parts;
  if (service === 'events' && kind === 'rule') {
    return second === undefined
      ? { name: 'default', subscription: first }
      : { name: first, subscription: second };
  }
  if (service === 'sns' && parts.length === 1) {
    const [topic = '', subscription] = resource.split(':');
    return { name: topic, ...(subscription !== undefined && { subscription }) };
  }
  if (service === 'kinesis' && second === 'consumer' && third !== undefined) {
    return { name: first, subscription: third.split(':')[0] ?? third };
  }
  return { name: parts.length === 1 ? resource : first };
}
