/** What requests wish, by service; see wish.ts. */
import type { Wish } from '../evaluate.ts';
import { dynamodbWishes } from './dynamodb.ts';
import { eventsWishes } from './events.ts';
import { lambdaWishes } from './lambda.ts';
import { snsWishes, sqsWishes } from './queues-and-topics.ts';
import { changeStreamWishes, kinesisWishes, logsWishes, stsWishes } from './streams-and-logs.ts';
import { EVERYTHING, type Input, type Place, type Wishes } from './wish.ts';

const ALL: Readonly<Record<string, Wishes>> = {
  dynamodb: dynamodbWishes,
  dynamodbstreams: changeStreamWishes,
  events: eventsWishes,
  kinesis: kinesisWishes,
  lambda: lambdaWishes,
  logs: logsWishes,
  sns: snsWishes,
  sqs: sqsWishes,
  sts: stsWishes,
};

/** At least one: a service without a table of its own is asked for as a whole. */
export function wishesOf(
  service: string,
  operation: string,
  input: Input,
  place: Place,
): readonly Wish[] {
  const wishes = ALL[service]?.(operation, input, place) ?? [];
  if (wishes.length > 0) return wishes;
  return [{ action: `${service}:${operation}`, resource: EVERYTHING }];
}
