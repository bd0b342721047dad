/**
 * InvokeWithResponseStream answers with the function's bytes as they come, and then with how it
 * ended. The function runs to its end even if the client goes away, as on AWS.
 * https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
 */
import { leavable } from '../../core/leaving.ts';
import type * as Lambda from '../../wire/types/lambda.ts';
import type { Operation } from '../service.ts';
import { invocable, requestOf } from './invoke.ts';
import { type Streamed, stream } from './run.ts';

type Shape = Lambda.Operations['InvokeWithResponseStream'];

export const InvokeWithResponseStream: Operation<Shape> = async (call, input) => {
  const resolved = await invocable(call, input);
  const request = requestOf(call, 'RequestResponse', input.Payload, input.ClientContext);
  if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
  const streamed = await stream(call.stack, resolved, request);
  return {
    StatusCode: 200,
    ExecutedVersion: streamed.executedVersion,
    EventStream: leavable(events(streamed, input.LogType), () => leave(streamed)),
  };
};

function leave({ body }: Streamed): unknown {
  return body[Symbol.asyncIterator]().return?.();
}

async function* events(
  { body, end }: Streamed,
  logType: Lambda.LogType | undefined,
): AsyncGenerator<Lambda.InvokeWithResponseStreamResponseEventEvent> {
  for await (const piece of body) yield { PayloadChunk: { Payload: piece } };
  const { functionError, error, logTail } = await end;
  yield {
    InvokeComplete: {
      ...(functionError && { ErrorCode: functionError, ErrorDetails: error }),
      ...(logType === 'Tail' && { LogResult: Buffer.from(logTail).toString('base64') }),
    },
  };
}
