/**
 * Operations as people ask for them: a plain JSON document with the members of the model's input,
 * wherever HTTP would carry them, and the output likewise. Blobs are base64, moments seconds or
 * RFC 3339. Inputs satisfy the same constraints as on the wire.
 */
import type { AwsError } from '../core/errors.ts';
import { readyJsonOf } from './documents/ready-json.ts';
import { PLAIN_TREE } from './documents/tree-formats.ts';
import { treeReaders } from './documents/tree-read.ts';
import { treeWriters } from './documents/tree-write.ts';
import { refusalOf } from './errors/refusal.ts';
import { streamOf } from './event-streams/codec.ts';
import { modelOf, oncePerService, SERVICES } from './models.ts';
import type { Routed, WireProtocol } from './request.ts';
import { checker, MODEL_PROTOCOLS, route } from './routes.ts';

export interface PlainOperation {
  /** As a client would ask for it, in the protocol that its service is known for. */
  readonly routed: Routed;
  /** Whether its output is a stream of events, which no document is. */
  readonly streams: boolean;
  /** Throws in the words of the service. */
  readonly read: (document: unknown) => object;
  readonly write: (output: object) => unknown;
}

const readers = oncePerService((model) => treeReaders(model, PLAIN_TREE));
const writers = oncePerService((model) => treeWriters(model, PLAIN_TREE));

/** The operation of that name; undefined when there is no such service, or it has none. */
export function plainOperation(service: string, operation: string): PlainOperation | undefined {
  const facts = SERVICES.find(({ name }) => name === service);
  const protocols = Object.entries(MODEL_PROTOCOLS) as [WireProtocol, string][];
  const protocol = protocols.find(([, spoken]) => facts?.protocols.some((one) => one === spoken));
  const routed = protocol && route(service, operation, protocol[0]);
  if (!routed) return undefined;
  const model = modelOf(service);
  const descriptor = model.operation(operation) ?? {};
  const { input, output } = descriptor;
  const read = input === undefined ? undefined : readers(model)(input);
  const write = output === undefined ? undefined : writers(model)(output);
  const check = checker(model, descriptor);
  return {
    routed,
    streams: streamOf(model, descriptor) !== undefined,
    read: (document) => {
      const value = read ? (read(document) as object) : {};
      return check ? check(value) : value;
    },
    write: (value) => readJson(value) ?? (write ? write(value) : value),
  };
}

/** An answer that is JSON text already has no members in the spelling of the wire. */
function readJson(answer: object): unknown {
  const text = readyJsonOf(answer);
  if (text === undefined) return undefined;
  return JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
}

/** Code and status of an error as clients of the service see them. */
export function refusalIn(
  service: string,
  error: AwsError,
): { readonly code: string; readonly status: number } {
  const { code, status } = refusalOf(modelOf(service), error);
  return { code, status };
}
