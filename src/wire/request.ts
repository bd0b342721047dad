/**
 * A request and its answer, free of any HTTP server. Header names are lower case.
 */
import type { AwsError } from '../core/errors.ts';

export interface WireRequest {
  readonly method: string;
  /** Percent-encoded as it came, without the query. */
  readonly path: string;
  /** Percent-encoded as it came, without the question mark. */
  readonly query: string;
  readonly header: (name: string) => string | undefined;
  /** Needed by the few operations that take headers by prefix, such as S3's metadata. */
  readonly headerNames?: () => Iterable<string>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** Pieces as they come, for an answer that is an event stream. */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export type WireProtocol =
  | 'json'
  | 'json-as-cbor'
  | 'query'
  | 'rest-json'
  | 'rest-xml'
  | 'rpc-v2-cbor';

/** Decodes the requests of one operation and encodes its answers. */
export interface Codec {
  readonly decode: (request: WireRequest) => object;
  readonly encode: (output: object, requestId: string, explain?: Explain) => WireResponse;
}

/** What AWS would say of whatever went wrong after an answer had begun. */
export type Explain = (cause: unknown, requestId: string, what: string) => AwsError;

/** One operation in one protocol. Made once and shared by all its requests. */
export interface Routed {
  readonly service: string;
  readonly operation: string;
  readonly protocol: WireProtocol;
  /** Compiled on first use. */
  readonly codec: () => Codec;
}
