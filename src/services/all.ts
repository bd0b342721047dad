/** Every service that is built. */
import { dynamodb } from './dynamodb/index.ts';
import { dynamodbstreams } from './dynamodbstreams/index.ts';
import { events } from './events/index.ts';
import { kinesis } from './kinesis/index.ts';
import { lambda } from './lambda/index.ts';
import { logs } from './logs/index.ts';
import type { Service } from './service.ts';
import { sns } from './sns/index.ts';
import { sqs } from './sqs/index.ts';
import { sts } from './sts/index.ts';

export const allServices: readonly Service[] = [
  dynamodb,
  dynamodbstreams,
  events,
  kinesis,
  lambda,
  logs,
  sns,
  sqs,
  sts,
];
