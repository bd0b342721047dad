/** Sending a message to a queue: `content` is what SendMessage takes. */
import type { Send } from '../../admin-api/index.ts';
import { parseArn } from '../../core/arn.ts';
import type { Sending } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { inOrder, membersOf } from '../send-content.ts';
import { queueUrl } from './queue-urls.ts';

/** Undefined for what is no queue. */
export function sending(stack: Stack, send: Send): Sending | undefined {
  const { arn, again } = send;
  const found = parseArn(arn);
  if (found?.service !== 'sqs') return undefined;
  const { account, region, resource: name } = found;
  const attributes = name.endsWith('.fifo') && { Attributes: { FifoQueue: 'true' } };
  return {
    form: 'message',
    operation: 'SendMessage',
    input: {
      QueueUrl: queueUrl({ endpoint: stack.endpoint() }, { account, region, name }),
      ...membersOf(send, 'QueueUrl'),
      ...inOrder(arn, again, () => stack.ids.uuid()),
    },
    id: ({ MessageId }) => String(MessageId),
    make: { operation: 'CreateQueue', input: { QueueName: name, ...attributes } },
  };
}
