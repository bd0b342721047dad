/**
 * Resource policies of streams and consumers, by which other accounts may use them.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html
 */
import { validatePolicy } from '../../core/policy.ts';
import type { Write } from '../../storage/storage.ts';
import type { Operations } from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { parseConsumerArn } from './arns.ts';
import { change } from './change.ts';
import { activeConsumer } from './consumers.ts';
import { fault, invalid } from './errors.ts';
import { activeStream } from './lookup.ts';
import { partitionOf, storeOf } from './store.ts';

interface Resource {
  readonly policy: string | undefined;
  readonly put: (policy: string | undefined) => Write;
}

type Input = { readonly ResourceARN: string; readonly StreamId?: string | undefined };

async function resourceOf(call: Call, { ResourceARN: arn, StreamId }: Input): Promise<Resource> {
  const { streams, consumers } = storeOf(call.stack);
  if (parseConsumerArn(arn)) {
    const { stream, row } = await activeConsumer(call, { ConsumerARN: arn, StreamId });
    const put = (policy: string | undefined) =>
      consumers.put(stream.row.value.id, row.key, { ...row.value, policy }, row.version);
    return { policy: row.value.policy, put };
  }
  const { address, row } = await activeStream(call, { StreamARN: arn, StreamId });
  const put = (policy: string | undefined) =>
    streams.put(partitionOf(address), row.key, { ...row.value, policy }, row.version);
  return { policy: row.value.policy, put };
}

export const PutResourcePolicy: Operation<Operations['PutResourcePolicy']> = (call, input) =>
  change(call.stack, async () => {
    const { put } = await resourceOf(call, input);
    const reason = validatePolicy(input.Policy);
    if (reason !== undefined) throw invalid(reason);
    return { writes: [put(input.Policy)], answer: {} };
  });

export const DeleteResourcePolicy: Operation<Operations['DeleteResourcePolicy']> = (call, input) =>
  change(call.stack, async () => {
    const { policy, put } = await resourceOf(call, input);
    if (policy === undefined) throw policyMissing(input.ResourceARN);
    return { writes: [put(undefined)], answer: {} };
  });

export const GetResourcePolicy: Operation<Operations['GetResourcePolicy']> = async (
  call,
  input,
) => {
  const { policy } = await resourceOf(call, input);
  if (policy === undefined) throw policyMissing(input.ResourceARN);
  return { Policy: policy };
};

function policyMissing(arn: string) {
  return fault('ResourceNotFoundException', `Resource policy not found for resource ARN: ${arn}`);
}
