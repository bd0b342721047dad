/** Sending a record to a stream: `content` is what PutRecord takes, its data in base64. */
import type { Send } from '../../admin-api/index.ts';
import { parseArn } from '../../core/arn.ts';
import type { Sending } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { membersOf } from '../send-content.ts';

/** Undefined for what is no stream. */
export function sending(_stack: Stack, send: Send): Sending | undefined {
  const found = parseArn(send.arn);
  if (found?.service !== 'kinesis' || !found.resource.startsWith('stream/')) return undefined;
  const name = found.resource.slice('stream/'.length);
  return {
    form: 'record',
    operation: 'PutRecord',
    input: { StreamName: name, ...membersOf(send, 'StreamName', 'StreamARN') },
    id: ({ ShardId, SequenceNumber }) => `${ShardId}:${SequenceNumber}`,
    make: { operation: 'CreateStream', input: { StreamName: name, ShardCount: 1 } },
  };
}
