/**
 * SQS and SNS.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 */
import { arnOf } from '../../core/arn.ts';
import { regionInHost } from '../../core/region-in-host.ts';
import { type Finder, itself, named, type Wishes } from './wish.ts';

/** The account is the URL's own, and so is the Region where it has one. */
const byUrl: Finder = (url, { region, account }) => {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/[?#].*$/, '');
  const segments = path.split('/').filter((segment) => segment !== '');
  const name = segments.at(-1);
  if (name === undefined) return undefined;
  const owner = segments.length > 1 ? (segments.at(-2) ?? account) : account;
  const host = /^[a-z]+:\/\/([^/]*)/i.exec(url)?.[1] ?? '';
  const inPath = segments.at(-4) === 'queue' ? segments.at(-3) : undefined;
  return arnOf('sqs', inPath ?? regionInHost(host) ?? region, owner, name);
};

const byName: Finder = (name, { region, account }, input) => {
  const owner = input.QueueOwnerAWSAccountId;
  return arnOf('sqs', region, typeof owner === 'string' ? owner : account, name);
};

const QUEUE = { QueueUrl: byUrl, QueueName: byName, SourceArn: itself('sqs') };

/** A batch needs leave for what its entries are. */
const unbatched = (operation: string) =>
  operation.replace(/^(.*(?:Message|Visibility))Batch$/, '$1');

export const sqsWishes: Wishes = (operation, input, place) => {
  const action = `sqs:${unbatched(operation)}`;
  if (operation !== 'StartMessageMoveTask') return named(action, QUEUE, input, place);
  const { DestinationArn } = input;
  const source = named(action, QUEUE, input, place);
  if (typeof DestinationArn !== 'string') return source;
  return [...source, { action: 'sqs:SendMessage', resource: DestinationArn }];
};

/** The topic of a subscription's ARN. */
const ofSubscription: Finder = (arn) => arn.split(':').slice(0, 6).join(':');

const TOPIC = {
  TopicArn: itself('sns'),
  TargetArn: itself('sns'),
  ResourceArn: itself('sns'),
  EndpointArn: itself('sns'),
  PlatformApplicationArn: itself('sns'),
  SubscriptionArn: ofSubscription,
};

export const snsWishes: Wishes = (operation, input, place) => {
  const action = `sns:${operation === 'PublishBatch' ? 'Publish' : operation}`;
  const { Name: name, Platform: platform, Protocol: protocol, Endpoint: endpoint } = input;
  if (operation === 'CreateTopic' || operation === 'CreatePlatformApplication') {
    const path = operation === 'CreateTopic' ? '' : `app/${String(platform)}/`;
    const resource = arnOf('sns', place.region, place.account, `${path}${String(name)}`);
    return [{ action, resource }];
  }
  const wishes = named(action, TOPIC, input, place);
  if (operation !== 'Subscribe') return wishes;
  const context = { 'sns:Protocol': text(protocol), 'sns:Endpoint': text(endpoint) };
  return wishes.map((wish) => ({ ...wish, context }));
};

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
