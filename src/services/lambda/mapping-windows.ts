/**
 * Tumbling windows, as functions see them: what stands beside the records of a batch, and the
 * state that they answer with.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
import type { WindowShare } from '../../delivery/sources.ts';

/** To go behind the records of the event. */
export function windowFrame(window: WindowShare, sourceArn: string): string {
  const { startMs, endMs, shardId, state, isFinal, isEarly } = window;
  const span = { start: secondsOf(startMs), end: secondsOf(endMs) };
  return (
    `,"window":${JSON.stringify(span)},"state":${state},"shardId":${JSON.stringify(shardId)},` +
    `"eventSourceARN":${JSON.stringify(sourceArn)},"isFinalInvokeForWindow":${isFinal},` +
    `"isWindowTerminatedEarly":${isEarly}`
  );
}

function secondsOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The state in a function's answer as JSON text; undefined when there is none. */
export function stateIn(payload: string): string | undefined {
  try {
    const { state } = JSON.parse(payload) ?? {};
    return state === undefined || state === null ? undefined : JSON.stringify(state);
  } catch {
    return undefined;
  }
}
