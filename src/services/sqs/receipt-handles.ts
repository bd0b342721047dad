/**
 * Receipt handles: a text that says which message of which queue was taken, and under which
 * lease, so that deleting it or changing its visibility needs no read.
 *
 * Opaque to clients. Each receive gives a new one. A checksum keeps a mangled handle from
 * meaning another message.
 */

import type { AwsError } from '../../core/errors.ts';
import type { Lease } from '../../storage/storage.ts';
import { fault } from './errors.ts';
import type { Queue } from './queue.ts';

export interface Receipt {
  readonly lease: Lease;
  readonly messageId: string;
  readonly receivedAtMs: number;
}

/** Makes handles begin with `AQEB`, as AWS's do (observed). */
const MARK = '\x01\x01\x01';

export function encodeHandle(queue: Queue, receipt: Receipt): string {
  const { lease, messageId, receivedAtMs } = receipt;
  const numbers = `${base36(lease.position)}.${base36(lease.token)}.${base36(receivedAtMs)}`;
  const text = `${queue.row.id}.${messageId}.${numbers}`;
  return Buffer.from(`${MARK}${text}.${checksum(text)}`, 'latin1').toString('base64url');
}

/** Throws ReceiptHandleIsInvalid when the handle is not one of this queue. */
export function decodeHandle(queue: Queue, handle: string): Receipt {
  const whole = Buffer.from(handle, 'base64url').toString('latin1');
  // The decoder passes over what is no base64url; the length tells.
  if (handle.length !== Math.ceil((whole.length * 4) / 3)) throw invalidHandle();
  const end = whole.lastIndexOf('.');
  const text = whole.slice(MARK.length, end);
  if (!whole.startsWith(MARK) || whole.slice(end + 1) !== checksum(text)) throw invalidHandle();
  const [id, messageId = '', position = '', token = '', receivedAt = ''] = text.split('.');
  if (id !== queue.row.id) throw invalidHandle();
  return {
    lease: {
      queue: queue.storage,
      position: Number.parseInt(position, 36),
      token: Number.parseInt(token, 36),
    },
    messageId,
    receivedAtMs: Number.parseInt(receivedAt, 36),
  };
}

function invalidHandle(): AwsError {
  return fault('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
}

function base36(number: number): string {
  return number.toString(36);
}

/** FNV-1a. */
function checksum(text: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  }
  return (sum >>> 0).toString(36);
}
