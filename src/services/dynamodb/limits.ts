/**
 * What an account may provision: the quotas that a new account has on AWS.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
import type { Operations } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';

export const DescribeLimits: Operation<Operations['DescribeLimits']> = () => ({
  AccountMaxReadCapacityUnits: 80_000,
  AccountMaxWriteCapacityUnits: 80_000,
  TableMaxReadCapacityUnits: 40_000,
  TableMaxWriteCapacityUnits: 40_000,
});
