/** Sending a notification to a topic: `content` is what Publish takes. */
import type { Send } from '../../admin-api/index.ts';
import { parseArn } from '../../core/arn.ts';
import type { Sending } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { inOrder, membersOf } from '../send-content.ts';
import { isEndpointArn } from './direct.ts';

/** Undefined for what is none of SNS's. */
export function sending({ ids }: Stack, send: Send): Sending | undefined {
  const { arn, again } = send;
  const found = parseArn(arn);
  if (found?.service !== 'sns') return undefined;
  const fifo = found.resource.endsWith('.fifo');
  const attributes = { ...(fifo && { Attributes: { FifoTopic: 'true' } }) };
  const make = { operation: 'CreateTopic', input: { Name: found.resource, ...attributes } };
  const isTopic = !isEndpointArn(arn);
  return {
    form: 'notification',
    operation: 'Publish',
    input: {
      ...(isTopic ? { TopicArn: arn } : { TargetArn: arn }),
      ...membersOf(send, 'TopicArn', 'TargetArn', 'PhoneNumber'),
      ...inOrder(arn, again, () => ids.uuid()),
    },
    id: ({ MessageId }) => String(MessageId),
    ...(isTopic && { make }),
  };
}
