/**
 * The runtime's side of the Runtime API, over one socket that stays open.
 *
 * An answer asks for the next event as well, which is between this runtime and the server that
 * started it: a warm invocation is one request instead of two. Requests are answered in their
 * order, each with a Content-Length. When the connection ends, so does the process: without a
 * server there is nothing to run for.
 */
import { connect, Socket } from 'node:net';

const ROOT = '/2018-06-01/runtime';

export interface Event {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

interface Answer extends Event {
  readonly status: number;
}

export class RuntimeClient {
  readonly #host: string;
  readonly #socket: Socket;
  readonly #waiting: ((answer: Answer) => void)[] = [];
  #received: Buffer = Buffer.alloc(0);
  /** Bytes of the answer that is on its way; 0 while its head is incomplete. */
  #needed = 0;

  /** `channel` is a file descriptor that is connected to the server already. */
  constructor(address: string, channel: string | undefined) {
    this.#host = address;
    const [host = '127.0.0.1', port] = address.split(':');
    this.#socket =
      channel === undefined
        ? connect({ host, port: Number(port), noDelay: true })
        : new Socket({ fd: Number(channel), readable: true, writable: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', () => process.exit(1));
    this.#socket.on('close', () => process.exit(1));
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Answers `before`, when there is something to answer, and asks for the next event. */
  async next(before?: RuntimeAnswer): Promise<Event> {
    this.#socket.ref();
    const get = `GET ${ROOT}/invocation/next HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`;
    this.#socket.write(before ? this.#post(before, 'Millrace-Next: 1\r\n') : get);
    const event = await new Promise<Answer>((resolve) => this.#expect(resolve));
    // Who has no event to give is no server of this runtime's; asking again would never end.
    if (event.status !== 200) process.exit(1);
    // What the handler waits for keeps the process alive, this socket does not: an empty event
    // loop ends the invocation of a handler that gave no promise.
    this.#socket.unref();
    return event;
  }

  /** Resolves when the server has it. */
  async post(answer: RuntimeAnswer): Promise<number> {
    this.#socket.ref();
    this.#socket.write(this.#post(answer));
    const { status } = await new Promise<Answer>((resolve) => this.#expect(resolve));
    this.#socket.unref();
    return status;
  }

  /** Whether a streamed answer is under way. */
  streaming = false;

  /** Whether something can be posted now: not within a stream, nor while an event is awaited. */
  get free(): boolean {
    return !this.streaming && this.#waiting.length === 0;
  }

  /** Writes as it is; the answer's status comes with the promise. */
  begin(head: string): Promise<number> {
    this.streaming = true;
    this.#socket.write(`POST ${ROOT}${head.replace('\r\n', `\r\nHost: ${this.#host}\r\n`)}`);
    return new Promise((resolve) => this.#expect((answer) => resolve(answer.status)));
  }

  #post({ path, body, errorType }: RuntimeAnswer, more = ''): string {
    const type =
      errorType === undefined ? '' : `Lambda-Runtime-Function-Error-Type: ${errorType}\r\n`;
    const head =
      `POST ${ROOT}${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${type}${more}` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    return head + body;
  }

  #expect(resolve: (answer: Answer) => void): void {
    this.#waiting.push(resolve);
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= this.#needed) {
      const answer = this.#take();
      if (!answer) return;
      if (answer.status >= 200) this.#waiting.shift()?.(answer);
    }
  }

  #take(): Answer | undefined {
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return undefined;
    const [first = '', ...lines] = this.#received.toString('latin1', 0, headEnd).split('\r\n');
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    const bodyFrom = headEnd + 4;
    const end = bodyFrom + Number(headers.get('content-length') ?? 0);
    if (this.#received.length < end) {
      this.#needed = end;
      return undefined;
    }
    const body = this.#received.toString('utf8', bodyFrom, end);
    this.#received = this.#received.subarray(end);
    this.#needed = 0;
    return { status: Number(first.split(' ')[1]), headers, body };
  }
}

export interface RuntimeAnswer {
  /** Below `/2018-06-01/runtime`. */
  readonly path: string;
  /** JSON text. */
  readonly body: string;
  readonly errorType?: string;
}
