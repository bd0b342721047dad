/**
 * Compiles the union that an event stream is made of into a writer of its events: which message
 * each becomes, and which of its members are headers, the payload, or parts of a document.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import type { AwsError } from '../../core/errors.ts';
import type { ScalarType } from '../descriptor.ts';
import { refusalOf } from '../errors/refusal.ts';
import { member, type ServiceModel } from '../models.ts';
import { type Headers, type HeaderValue, text, writeMessage } from './message.ts';

/** How the protocol writes a structure that stands by itself. */
export interface EventDocuments {
  readonly contentType: string;
  readonly write: (shape: string, name: string) => (value: unknown) => string | Uint8Array;
}

export interface EventWriter {
  /** The messages of a union's members that are present: as a rule, one. */
  readonly event: (union: object) => Uint8Array;
  /** The message that an error ends the stream with. */
  readonly failure: (error: AwsError) => Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** The first message of the protocols that have no other place for the rest of the answer. */
export function initialResponse(contentType: string, body: string | Uint8Array): Uint8Array {
  return message('event', 'initial-response', { ':content-type': text(contentType) }, body);
}

export function eventWriter(
  model: ServiceModel,
  union: string,
  documents: EventDocuments,
): EventWriter {
  const members = Object.entries(model.shape(union).members ?? {});
  const shapes = new Map(members.map(([name, reference]) => [name, member(reference).shape]));
  const writers = new Map<string, (value: object) => Uint8Array>();
  for (const [name, shape] of shapes) {
    if (!model.shape(shape).error) writers.set(name, writerOf(model, name, shape, documents));
  }
  return {
    event: (value) => {
      const written = Object.entries(value).flatMap(([name, event]) =>
        event === undefined ? [] : [writers.get(name)?.(event) ?? NOTHING],
      );
      return written.length === 1 ? (written[0] ?? NOTHING) : Buffer.concat(written);
    },
    failure: (error) => failure(model, shapes, documents, error),
  };
}

function writerOf(
  model: ServiceModel,
  name: string,
  shape: string,
  documents: EventDocuments,
): (value: object) => Uint8Array {
  const members = Object.entries(model.shape(shape).members ?? {}).map(([part, reference]) => {
    return { part, ...member(reference) };
  });
  const headers = members.filter(({ eventheader }) => eventheader);
  const payload = members.find(({ eventpayload }) => eventpayload);
  const isDocument = !payload && members.length > headers.length;
  const body = payload
    ? payloadOf(model, payload.shape, payload.part, documents)
    : isDocument && { contentType: documents.contentType, write: documents.write(shape, name) };
  return (value) => {
    const from = value as Record<string, unknown>;
    const more: Record<string, HeaderValue> = {};
    if (body) more[':content-type'] = text(body.contentType);
    for (const { part, shape: type } of headers) {
      if (from[part] !== undefined) more[part] = headerOf(model, type, from[part]);
    }
    const content = payload ? from[payload.part] : withoutHeaders(from, headers);
    const written = body && content !== undefined ? body.write(content) : NOTHING;
    return message('event', name, more, written);
  };
}

function withoutHeaders(
  from: Readonly<Record<string, unknown>>,
  headers: readonly { readonly part: string }[],
): object {
  if (headers.length === 0) return from;
  const bound = new Set(headers.map(({ part }) => part));
  return Object.fromEntries(Object.entries(from).filter(([name]) => !bound.has(name)));
}

interface Payload {
  readonly contentType: string;
  readonly write: (value: unknown) => string | Uint8Array;
}

function payloadOf(
  model: ServiceModel,
  shape: string,
  name: string,
  documents: EventDocuments,
): Payload {
  const { type } = model.shape(shape);
  const asItIs = (value: unknown) => value as string | Uint8Array;
  if (type === 'blob') return { contentType: 'application/octet-stream', write: asItIs };
  if (type === 'string') return { contentType: 'text/plain', write: asItIs };
  return { contentType: documents.contentType, write: documents.write(shape, name) };
}

function headerOf(model: ServiceModel, shape: string, value: unknown): HeaderValue {
  const type = model.shape(shape).type as Exclude<ScalarType, 'float' | 'double'>;
  return { type, value } as HeaderValue;
}

/** One of the errors that the union models, or an error of nobody's making. */
function failure(
  model: ServiceModel,
  shapes: ReadonlyMap<string, string>,
  documents: EventDocuments,
  error: AwsError,
): Uint8Array {
  const { modelled, fields, code } = refusalOf(model, error);
  const [name, shape] = [...shapes].find(([, other]) => other === modelled?.name) ?? [];
  if (name === undefined || shape === undefined) {
    const headers = { ':error-code': text(code), ':error-message': text(error.message) };
    return writeMessage({ ':message-type': text('error'), ...headers }, NOTHING);
  }
  const members = Object.keys(model.shape(shape).members ?? {});
  const said = members.find((own) => /^(error)?message$/i.test(own)) ?? 'message';
  const body = documents.write(shape, name)({ ...fields, [said]: error.message });
  return message('exception', name, { ':content-type': text(documents.contentType) }, body);
}

function message(
  kind: 'event' | 'exception',
  name: string,
  more: Headers,
  body: string | Uint8Array,
): Uint8Array {
  const headers = { ':message-type': text(kind), [`:${kind}-type`]: text(name), ...more };
  return writeMessage(headers, typeof body === 'string' ? Buffer.from(body) : body);
}
