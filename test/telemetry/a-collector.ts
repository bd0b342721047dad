/** A collector of OpenTelemetry in this process, and the spans that it was sent. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ToldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly droppedLinksCount?: number;
  readonly events: readonly { readonly name: string }[];
  readonly status?: { readonly code: number; readonly message: string };
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly spans: readonly ToldSpan[];
}

export interface ACollector {
  readonly url: string;
  readonly heard: Heard[];
  /** Answers of the next requests; a promise holds one back. Then 200. */
  readonly replies: (Reply | Promise<Reply>)[];
  /** All spans that were taken. */
  spans(): readonly ToldSpan[];
  /** The only span of a name. */
  span(name: string): ToldSpan;
  /** Resolves when it is asked the next time. */
  asked(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function aCollector(port = 0): Promise<ACollector> {
  const heard: Heard[] = [];
  const taken: ToldSpan[] = [];
  const replies: (Reply | Promise<Reply>)[] = [];
  let waiting: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const { resource, spans } = read(JSON.parse(body.toString()));
    const { method = '', url: path = '', headers } = request;
    heard.push({ method, path, headers, resource, spans });
    for (const tell of waiting) tell();
    waiting = [];
    const reply = (await replies.shift()) ?? { status: 200, body: '{}' };
    if (reply.status < 300) taken.push(...spans);
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: taking } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${taking}`,
    heard,
    replies,
    spans: () => taken,
    span: (name) => {
      const found = taken.filter((span) => span.name === name);
      const [only] = found;
      if (only && found.length === 1) return only;
      const names = taken.map((span) => span.name).join(', ');
      throw new Error(`There are ${found.length} spans called ${name} among: ${names}.`);
    },
    asked: () => new Promise<void>((resolve) => waiting.push(resolve)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Pair {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Pair[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

interface SentSpan extends Omit<ToldSpan, 'attributes' | 'links' | 'events'> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Pair[];
  readonly links?: ToldSpan['links'];
  readonly events?: ToldSpan['events'];
}

function read({ resourceSpans: [only] }: Sent) {
  if (!only) throw new Error('A request has spans of one resource.');
  const spans = only.scopeSpans.flatMap((scope) => scope.spans);
  return { resource: valuesOf(only.resource.attributes), spans: spans.map(spanOf) };
}

function spanOf({ startTimeUnixNano, endTimeUnixNano, ...span }: SentSpan): ToldSpan {
  return {
    ...span,
    startMs: milliseconds(startTimeUnixNano),
    endMs: milliseconds(endTimeUnixNano),
    attributes: valuesOf(span.attributes),
    links: span.links ?? [],
    events: span.events ?? [],
  };
}

function milliseconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1_000_000n);
}

function valuesOf(pairs: readonly Pair[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(({ key, value: { stringValue, intValue, doubleValue, arrayValue } }) => {
      const number = intValue === undefined ? doubleValue : Number(intValue);
      return [key, stringValue ?? number ?? arrayValue];
    }),
  );
}
