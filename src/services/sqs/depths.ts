/** How much is in queues, for who looks at many of them from time to time. */
import type { Depths } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Queue, queueByArn } from './queue.ts';
import { depthsOf } from './queue-summaries.ts';

export async function depths(stack: Stack, arns: readonly string[]): Promise<Depths> {
  const queues: Queue[] = [];
  for (const arn of arns) {
    const queue = await queueByArn(stack, arn);
    if (queue) queues.push(queue);
  }
  const found = await depthsOf(stack, queues);
  return Object.fromEntries(queues.flatMap(({ arn }, at) => (found[at] ? [[arn, found[at]]] : [])));
}
