/**
 * What functions write, on its way into their log groups and onto the operator's screen.
 *
 * Lines of a moment become one batch: a warm invocation costs less than a batch does. Lines that
 * cannot be kept (the disk is full) are told of and dropped: a function is never held up by its
 * log for longer than a batch takes.
 */
import { AwsError } from '../../core/errors.ts';
import { Gathering } from '../../delivery/gathering.ts';
import type { Caller, Stack } from '../../delivery/stack.ts';
import type { FunctionSpec, LogLine } from '../../execution/execution.ts';
import type { InputLogEvent } from '../../wire/types/logs.ts';

interface Stream {
  readonly as: Caller;
  readonly group: string;
  readonly name: string;
  lines: InputLogEvent[];
  bytes: number;
  lastMs: number;
  writing: Promise<void> | undefined;
}

/** How long lines are gathered. */
const GATHER_MS = 50;
/** A batch is sent when it has this much, a little below what PutLogEvents takes. */
const BATCH_BYTES = 900_000;
const BATCH_LINES = 10_000;
const LINE_BYTES = 26;
/** Streams remembered; an environment that writes after that is found again. */
const MOST_STREAMS = 2_000;
/** What only says that an invocation begins or ends is kept and not shown. */
const PLATFORM = /^(START RequestId|END RequestId|INIT_START )/;

export class FunctionLogs {
  readonly worker: Gathering;
  readonly #stack: Stack;
  readonly #streams = new Map<string, Stream>();
  #pending = new Set<Stream>();

  constructor(stack: Stack) {
    this.#stack = stack;
    this.worker = new Gathering(stack, {
      name: 'lambda/logs',
      gatherMs: GATHER_MS,
      hasMore: () => this.#pending.size > 0,
      write: () => this.#write(),
    });
  }

  /** Takes a line. Returns what to wait for before writing more, when there is too much already. */
  write({ spec, stream: name, text }: LogLine): Promise<void> | undefined {
    if (!PLATFORM.test(text)) this.#stack.log.info(`[${spec.name}] ${text.trimEnd()}`);
    const stream = this.#stream(spec, name);
    // CloudWatch Logs wants the lines of a batch in the order of their time.
    stream.lastMs = Math.max(stream.lastMs, this.#stack.clock.nowMs());
    // An empty line is no event to PutLogEvents.
    stream.lines.push({ timestamp: stream.lastMs, message: text === '' ? ' ' : text });
    stream.bytes += Buffer.byteLength(text) + LINE_BYTES;
    this.#pending.add(stream);
    if (stream.bytes < BATCH_BYTES) {
      this.worker.writeSoon();
      return undefined;
    }
    this.worker.writeNow();
    return stream.writing;
  }

  #stream({ account, region, arn, log }: FunctionSpec, name: string): Stream {
    const key = `${account}/${region}/${log.group}/${name}`;
    let stream = this.#streams.get(key);
    if (!stream) {
      const as = { account, region, principalArn: arn };
      const fresh = { lines: [], bytes: 0, lastMs: 0, writing: undefined };
      stream = { as, group: log.group, name, ...fresh };
      if (this.#streams.size >= MOST_STREAMS) this.#streams.clear();
      this.#streams.set(key, stream);
    }
    return stream;
  }

  /** One batch of a stream after another; streams side by side. */
  async #write(): Promise<void> {
    const pending = [...this.#pending];
    this.#pending = new Set();
    const writing = pending.map((stream) => {
      stream.writing ??= this.#drain(stream).finally(() => this.#drained(stream));
      return stream.writing;
    });
    await Promise.all(writing);
  }

  #drained(stream: Stream): void {
    stream.writing = undefined;
    if (stream.lines.length === 0) return;
    this.#pending.add(stream);
    this.worker.writeSoon();
  }

  async #drain(stream: Stream): Promise<void> {
    while (stream.lines.length > 0) {
      const batch = takeBatch(stream);
      try {
        await this.#put(stream, batch);
      } catch (cause) {
        const fields = { group: stream.group, lines: batch.length, cause: String(cause) };
        this.#stack.log.warn('log lines of a function could not be kept', fields);
      }
    }
  }

  async #put(stream: Stream, logEvents: readonly InputLogEvent[]): Promise<void> {
    const at = { logGroupName: stream.group, logStreamName: stream.name };
    try {
      await this.#logs(stream, 'PutLogEvents', { ...at, logEvents });
    } catch (cause) {
      if (codeOf(cause) !== 'ResourceNotFoundException') throw cause;
      await this.#make(stream, 'CreateLogGroup', { logGroupName: stream.group });
      await this.#make(stream, 'CreateLogStream', at);
      await this.#logs(stream, 'PutLogEvents', { ...at, logEvents });
    }
  }

  async #make(stream: Stream, operation: string, input: object): Promise<void> {
    try {
      await this.#logs(stream, operation, input);
    } catch (cause) {
      if (codeOf(cause) !== 'ResourceAlreadyExistsException') throw cause;
    }
  }

  #logs(stream: Stream, operation: string, input: object): Promise<object> {
    return this.#stack.invoke('logs', operation, input, stream.as);
  }
}

function takeBatch(stream: Stream): readonly InputLogEvent[] {
  let bytes = 0;
  let count = 0;
  for (const { message } of stream.lines) {
    const more = Buffer.byteLength(message) + LINE_BYTES;
    if (count === BATCH_LINES || (count > 0 && bytes + more > BATCH_BYTES)) break;
    bytes += more;
    count += 1;
  }
  const batch = stream.lines.slice(0, count);
  stream.lines = stream.lines.slice(count);
  stream.bytes = stream.lines.length === 0 ? 0 : Math.max(0, stream.bytes - bytes);
  return batch;
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof AwsError ? cause.code : undefined;
}
