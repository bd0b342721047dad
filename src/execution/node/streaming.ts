/**
 * Streamed answers: `awslambda.streamifyResponse` and `awslambda.HttpResponseStream`, the globals
 * of AWS's runtime. https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
 *
 * The stream is Node's own Writable; each chunk becomes a chunk of one HTTP request, and an error
 * comes as its trailers.
 */
import { Writable } from 'node:stream';
import type { Event, RuntimeAnswer, RuntimeClient } from './client.ts';
import { logError } from './console.ts';
import { headerOf, shapeOf } from './errors.ts';
import type { Handler } from './load.ts';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HTTP_PARTS = 'application/vnd.awslambda.http-integration-response';

export function offerStreaming(): void {
  const streamifyResponse = (handler: object, options?: { highWaterMark?: number }) => {
    const highWaterMark = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
    return Object.assign(handler, {
      [STREAMING]: 'response',
      [highWaterMark]: options?.highWaterMark,
    });
  };
  // The metadata come first, then eight zero bytes, then the body.
  const from = (stream: ResponseStream, metadata: unknown) => {
    stream.setContentType(HTTP_PARTS);
    stream.before = Buffer.concat([Buffer.from(JSON.stringify(metadata)), Buffer.alloc(8)]);
    return stream;
  };
  Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream: { from } } });
}

export function isStreaming(handler: Handler): boolean {
  return (handler as unknown as Record<symbol, unknown>)[STREAMING] === 'response';
}

class ResponseStream extends Writable {
  before: Buffer | undefined;
  readonly #client: RuntimeClient;
  readonly #path: string;
  #contentType = 'application/octet-stream';
  #answered: Promise<number> | undefined;
  #over = false;

  constructor(client: RuntimeClient, requestId: string) {
    super({ decodeStrings: true });
    this.#client = client;
    this.#path = `/invocation/${requestId}/response`;
  }

  setContentType(contentType: string): void {
    if (this.#answered) throw new Error('Cannot set content-type, too late.');
    this.#contentType = contentType;
  }

  // AWS's stream takes anything, and sends what is neither text nor bytes as JSON.
  override write(chunk: unknown, ...rest: never[]): boolean {
    const plain = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(plain ? chunk : JSON.stringify(chunk), ...rest);
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#begin();
    this.#send(chunk, done);
  }

  override _final(done: () => void): void {
    this.close();
    done();
  }

  /** Ends the request, with the error when there is one; what comes later is dropped. */
  close(error?: { readonly type: string; readonly body: string }): void {
    if (this.#over) return;
    this.#begin();
    this.#over = true;
    this.#client.streaming = false;
    const trailers = error
      ? `Lambda-Runtime-Function-Error-Type: ${error.type}\r\n` +
        `Lambda-Runtime-Function-Error-Body: ${Buffer.from(error.body).toString('base64')}\r\n`
      : '';
    this.#client.socket.write(`0\r\n${trailers}\r\n`);
  }

  async answered(): Promise<void> {
    await this.#answered;
  }

  #begin(): void {
    if (this.#answered) return;
    this.#answered = this.#client.begin(
      `${this.#path} HTTP/1.1\r\nContent-Type: ${this.#contentType}\r\n` +
        'Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n' +
        'Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n',
    );
    if (this.before) this.#send(this.before, () => undefined);
  }

  #send(chunk: Buffer, done: () => void) {
    if (this.#over || chunk.length === 0) return done();
    const { socket } = this.#client;
    socket.cork();
    socket.write(`${chunk.length.toString(16)}\r\n`);
    socket.write(chunk);
    socket.write('\r\n', () => done());
    socket.uncork();
  }
}

/** The answer is on its way when this resolves: there is nothing left to post. */
export async function answerByStream(
  client: RuntimeClient,
  handler: Handler,
  { body, headers }: Event,
  context: object,
): Promise<RuntimeAnswer | undefined> {
  const requestId = headers.get('lambda-runtime-aws-request-id') ?? '';
  const stream = new ResponseStream(client, requestId);
  client.socket.ref();
  try {
    await handler(JSON.parse(body), stream, context);
    // A handler may return before its pipeline is through.
    if (!stream.writableFinished) await finished(stream);
  } catch (error) {
    logError('Invoke Error', error);
    const shape = shapeOf(error);
    stream.close({ type: headerOf(shape), body: JSON.stringify(shape) });
  }
  await stream.answered();
  return undefined;
}

function finished(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('finish', resolve);
    stream.once('error', reject);
    stream.once('close', resolve);
  });
}
