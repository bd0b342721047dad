/** Where clients that look for an endpoint find one: here, as long as they like. */
import type { Operations } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';

const CACHE_MINUTES = 1440;

export const DescribeEndpoints: Operation<Operations['DescribeEndpoints']> = (call) => ({
  Endpoints: [{ Address: new URL(call.endpoint).host, CachePeriodInMinutes: CACHE_MINUTES }],
});
