/**
 * The test kit: a whole millrace inside a test, in memory and on a virtual clock.
 *
 * ```ts
 * import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
 * import { startAws } from 'millrace/testing';
 *
 * await using aws = await startAws();
 * const sqs = aws.client(SQSClient);
 * await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
 * await aws.clock.advance('15m');
 * await aws.settled();
 * ```
 */

export type { Duration } from '../core/duration.ts';
export { type Aws, type AwsOptions, type Credentials, startAws } from './aws.ts';
export type { TestClock } from './clock.ts';
export type { ApiFault, DeliveryFault, TestFault, TestFaults } from './faults.ts';
export type { Handler, Registration, TestFunction } from './functions.ts';
