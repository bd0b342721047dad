/**
 * The frames of `application/vnd.amazon.eventstream`: a prelude with two lengths and a checksum,
 * typed headers, a payload, and a checksum over all of it. Numbers are big-endian.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { crc32 } from 'node:zlib';

export type HeaderValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'long'; readonly value: number }
  | { readonly type: 'blob'; readonly value: Uint8Array }
  /** Epoch milliseconds. */
  | { readonly type: 'timestamp'; readonly value: number };

export type Headers = Readonly<Record<string, HeaderValue>>;

/** Two lengths and their checksum. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

export function text(value: string): HeaderValue {
  return { type: 'string', value };
}

export function writeMessage(headers: Headers, payload: Uint8Array): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).flatMap(writeHeader));
  const message = Buffer.alloc(PRELUDE_BYTES + head.length + payload.length + CHECKSUM_BYTES);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(head.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  message.set(head, PRELUDE_BYTES);
  message.set(payload, PRELUDE_BYTES + head.length);
  const end = message.length - CHECKSUM_BYTES;
  message.writeUInt32BE(crc32(message.subarray(0, end)), end);
  return message;
}

/** A name with its length in one byte, and a value with its type in one. */
function writeHeader([name, header]: [string, HeaderValue]): readonly Buffer[] {
  const bytes = Buffer.from(name);
  return [Buffer.of(bytes.length), bytes, ...writeValue(header)];
}

const TRUE = 0;
const FALSE = 1;
const INTEGER = 4;
const LONG = 5;
const BYTES = 6;
const STRING = 7;
const TIMESTAMP = 8;

function writeValue(header: HeaderValue): readonly Buffer[] {
  switch (header.type) {
    case 'boolean':
      return [Buffer.of(header.value ? TRUE : FALSE)];
    case 'integer': {
      const value = Buffer.alloc(4);
      value.writeInt32BE(header.value);
      return [Buffer.of(INTEGER), value];
    }
    case 'long':
      return [Buffer.of(LONG), wide(header.value)];
    case 'timestamp':
      return [Buffer.of(TIMESTAMP), wide(header.value)];
    case 'blob':
      return [Buffer.of(BYTES), ...measured(Buffer.from(header.value))];
    case 'string':
      return [Buffer.of(STRING), ...measured(Buffer.from(header.value))];
  }
}

function wide(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function measured(bytes: Buffer): readonly Buffer[] {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return [length, bytes];
}
