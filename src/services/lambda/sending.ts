/**
 * Invoking a function: `content.payload` is what it is invoked with, as text. It is waited for, so
 * that whoever lands on the run finds it.
 */
import type { Send } from '../../admin-api/index.ts';
import { parseArn } from '../../core/arn.ts';
import type { Sending } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { badContent, membersOf } from '../send-content.ts';

/** Undefined for what is no function. */
export function sending(_stack: Stack, send: Send): Sending | undefined {
  const found = parseArn(send.arn);
  const [kind, name, qualifier] = found?.resource.split(':') ?? [];
  if (found?.service !== 'lambda' || kind !== 'function' || !name) return undefined;
  const { payload = '' } = membersOf(send);
  if (typeof payload !== 'string') throw badContent('An invocation needs "payload", a JSON text.');
  // A run's own ARN names the version; $LATEST is what is meant without one.
  const isLatest = qualifier === undefined || qualifier === '$LATEST';
  return {
    form: 'invocation',
    operation: 'Invoke',
    input: {
      FunctionName: name,
      ...(!isLatest && { Qualifier: qualifier }),
      Payload: Buffer.from(payload).toString('base64'),
    },
    id: (_output, requestId) => requestId,
  };
}
