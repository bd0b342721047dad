/** Small parts of an environment: the name of its log stream, and bodies of streamed answers. */
import { PassThrough, type Readable } from 'node:stream';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { FunctionSpec } from './execution.ts';
import { MOST_ANSWER_BYTES } from './failures.ts';

/** `2026/01/15/[$LATEST]` and 32 hexadecimal digits. */
export function streamName({ version }: FunctionSpec, site: { clock: Clock; ids: Ids }): string {
  const day = new Date(site.clock.nowMs()).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${site.ids.hex(16)}`;
}

/** A copy that can be ended early; `ended` is told of when the whole original went through. */
export function copied(from: Readable, ended: () => void): PassThrough {
  const to = new PassThrough();
  from.pipe(to, { end: false });
  from.once('end', ended);
  // The function is not to wait for readers who have left: AWS lets it come to its end.
  to.once('close', () => from.resume());
  // Its process is gone; that is told by the process.
  from.on('error', () => undefined);
  return to;
}

/** The whole text, or undefined when it is more than an answer may be. */
export async function collected(body: Readable): Promise<string | undefined> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) chunks = [];
    else chunks.push(chunk);
  }
  return bytes > MOST_ANSWER_BYTES ? undefined : Buffer.concat(chunks).toString();
}
