/**
 * What it means to deliver to a stream: a record in one of its shards, in the commit of whoever
 * delivers.
 *
 * The partition key is read from the event where the rule says so, and is the event's id
 * otherwise. EventBridge puts in the name of the rule's role, so in the stream's own account no
 * policy is asked for.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html
 */
import type { Stack } from '../../delivery/stack.ts';
import { type Parcel, Refused, type Target } from '../../delivery/targets.ts';
import { decisionOf } from './access.ts';
import { parseStreamArn } from './arns.ts';
import { type Found, findStream } from './lookup.ts';
import { watching } from './on-demand-watch.ts';
import { appends } from './placing.ts';

const LONGEST_KEY = 256;

export const streamTarget: Target = {
  inside: true,
  async handOver(stack, parcel) {
    const { arn } = parcel.delivery.to;
    const address = parseStreamArn(arn);
    const found = address && (await findStream(stack, address));
    const { status = 'DELETING' } = found?.row.value ?? {};
    if (!found || status === 'CREATING' || status === 'DELETING') {
      throw new Refused('NO_RESOURCE', `The stream ${arn} does not exist.`);
    }
    checkPolicy(stack, found, parcel);
    const stream = found.row.value;
    const data = Buffer.from(parcel.payload.body);
    const partitionKey = keyOf(parcel);
    if (data.length + Buffer.byteLength(partitionKey) > stream.maxRecordKiB * 1024) {
      throw new Refused('SDK_CLIENT_ERROR', 'The record is larger than the stream takes.');
    }
    const id = stack.ids.uuid();
    const records = appends(stack, stream, [{ data, partitionKey, id }]);
    return { writes: [...records, ...(await watching(stack, found))], produced: id };
  },
};

function keyOf({ delivery }: Parcel): string {
  const { partitionKey } = delivery.to.params ?? {};
  const isKey = typeof partitionKey === 'string' && partitionKey !== '';
  return isKey ? partitionKey.slice(0, LONGEST_KEY) : delivery.cause;
}

function checkPolicy(stack: Stack, { address, row }: Found, { delivery, principal }: Parcel): void {
  const { account, roleArn, sourceArn } = delivery;
  if (!stack.settings.enforcePolicies || account === address.account) return;
  const resource = { arn: delivery.to.arn, account: address.account, policy: row.value.policy };
  const who = roleArn === undefined ? { service: principal } : { arn: roleArn, account };
  const context = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account };
  if (decisionOf(stack, resource, who, 'kinesis:PutRecord', context) === 'allow') return;
  const sentence = `is not authorized to perform: kinesis:PutRecord on resource: ${resource.arn}`;
  throw new Refused('NO_PERMISSIONS', `${roleArn ?? principal} ${sentence}`);
}
