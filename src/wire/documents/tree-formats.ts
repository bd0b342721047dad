/**
 * The documents that are trees of maps, lists and scalars: JSON and two kinds of CBOR. They
 * differ in how a few scalars are written, and in nothing else.
 */

import type { ScalarType, TimestampFormat } from '../descriptor.ts';
import { notReadable } from '../errors/framework-errors.ts';
import { base64Of, bytesOf } from './bytes.ts';
import { CborFloat, CborTag } from './cbor-values.ts';
import { formatTimestamp, isMoment, parseTimestamp } from './timestamps.ts';

export type Convert = (value: unknown) => unknown;

export interface TreeFormat {
  /**
   * The document is the whole input or output, under the model's own names, whatever of it HTTP
   * would carry elsewhere; a member that the model does not have is refused.
   */
  readonly whole?: true;
  readonly read: Readonly<Record<ScalarType, Convert>>;
  /** What is missing here is written as it is. */
  readonly write: Partial<Readonly<Record<Exclude<ScalarType, 'timestamp'>, Convert>>>;
  readonly writeTimestamp: (format: TimestampFormat | undefined) => Convert;
}

/** Words as AWS chooses them; observed from SQS: https://github.com/async-aws/aws/issues/1667. */
function wrongType(value: unknown, expected: string) {
  if (Array.isArray(value)) return notReadable('Start of list found where not expected.');
  if (typeof value === 'object') {
    return notReadable('Start of structure or map found where not expected.');
  }
  const decimal = typeof value === 'number' && !Number.isInteger(value);
  const found = decimal ? 'DECIMAL' : typeof value === 'boolean' ? String(value) : typeof value;
  const article = /^[AEIOU]/.test(expected) ? 'an' : 'a';
  return notReadable(`${found.toUpperCase()}_VALUE can not be converted to ${article} ${expected}`);
}

function readString(value: unknown): unknown {
  if (typeof value !== 'string') throw wrongType(value, 'String');
  return value;
}

function readBoolean(value: unknown): unknown {
  if (typeof value !== 'boolean') throw wrongType(value, 'Boolean');
  return value;
}

/** AWS drops the fraction of a number where a whole one is due (observed from DynamoDB). */
function readWhole(expected: string, least: number, most: number): Convert {
  return (value) => {
    if (typeof value !== 'number') throw wrongType(value, expected);
    if (!(value >= least && value <= most)) {
      throw notReadable(`NUMBER_VALUE is out of the range of ${expected}`);
    }
    return Number.isInteger(value) ? value : Math.trunc(value);
  };
}

const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function readFraction(value: unknown): unknown {
  if (typeof value === 'number') return value;
  const named = typeof value === 'string' ? NOT_FINITE[value] : undefined;
  if (named === undefined) throw wrongType(value, 'Double');
  return named;
}

function moment(atMs: number | undefined, value: unknown): number {
  if (atMs === undefined || !isMoment(atMs)) throw wrongType(value, 'Timestamp');
  return atMs;
}

function readJsonTimestamp(value: unknown): unknown {
  if (typeof value === 'number') return moment(Math.round(value * 1000), value);
  return moment(typeof value === 'string' ? parseTimestamp(value) : undefined, value);
}

function readBase64(value: unknown): unknown {
  const bytes = typeof value === 'string' ? bytesOf(value) : undefined;
  if (bytes) return bytes;
  throw typeof value === 'string' ? notReadable('Blobs must be base64.') : wrongType(value, 'Blob');
}

const READ_NUMBERS = {
  integer: readWhole('Integer', -(2 ** 31), 2 ** 31 - 1),
  long: readWhole('Long', -(2 ** 63), 2 ** 63),
  float: readFraction,
  double: readFraction,
};

function writeJsonFraction(value: unknown): unknown {
  return Number.isFinite(value) ? value : String(value);
}

export const JSON_TREE: TreeFormat = {
  read: {
    string: readString,
    boolean: readBoolean,
    ...READ_NUMBERS,
    timestamp: readJsonTimestamp,
    blob: readBase64,
  },
  write: {
    float: writeJsonFraction,
    double: writeJsonFraction,
    blob: (value) => base64Of(value as Uint8Array),
  },
  writeTimestamp: (format) =>
    format === undefined || format === 'unixTimestamp'
      ? (value) => (value as number) / 1000
      : (value) => formatTimestamp(value as number, format),
};

/** An input or output as people write it: what the AWS CLI takes and prints. */
export const PLAIN_TREE: TreeFormat = { ...JSON_TREE, whole: true };

/** CBOR whose timestamps count `unitMs` milliseconds each. */
function cborTree(unitMs: number): TreeFormat {
  const readTimestamp = (value: unknown): unknown => {
    const counted = value instanceof CborTag && value.tag === 1 ? value.value : value;
    return moment(typeof counted === 'number' ? Math.round(counted * unitMs) : undefined, value);
  };
  const readBytes = (value: unknown): unknown => {
    if (!(value instanceof Uint8Array)) throw wrongType(value, 'Blob');
    return value;
  };
  const writeFraction = (value: unknown) => new CborFloat(value as number);
  return {
    read: {
      string: readString,
      boolean: readBoolean,
      ...READ_NUMBERS,
      timestamp: readTimestamp,
      blob: readBytes,
    },
    write: { float: writeFraction, double: writeFraction },
    writeTimestamp: () => (value) => new CborTag(1, (value as number) / unitMs),
  };
}

/** https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
export const RPC_CBOR_TREE = cborTree(1000);
/** Kinesis's own `application/x-amz-cbor-1.1`: its timestamps are milliseconds (observed). */
export const AMZ_CBOR_TREE = cborTree(1);
