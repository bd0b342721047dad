/**
 * The head of a streamed HTTP answer, as `awslambda.HttpResponseStream` writes it before the
 * body: JSON, then eight NUL bytes.
 * https://docs.aws.amazon.com/lambda/latest/dg/response-streaming-tutorial.html
 */
const SEPARATOR = Buffer.alloc(8);
/** Headers of that size are no headers. */
const MOST_BYTES = 1024 * 1024;

export interface Prelude {
  readonly json: string;
  /** What came of the body together with the head. */
  readonly rest: Uint8Array;
}

/** Undefined when the pieces end, or are many, before the head does. */
export async function readPrelude(pieces: AsyncIterator<Uint8Array>): Promise<Prelude | undefined> {
  let read = Buffer.alloc(0);
  while (read.length <= MOST_BYTES) {
    const { done, value } = await pieces.next();
    if (done) return undefined;
    // The separator may have come in two pieces.
    const from = Math.max(0, read.length - SEPARATOR.length);
    read = Buffer.concat([read, value]);
    const at = read.indexOf(SEPARATOR, from);
    if (at >= 0) {
      return { json: read.toString('utf8', 0, at), rest: read.subarray(at + SEPARATOR.length) };
    }
  }
  return undefined;
}
