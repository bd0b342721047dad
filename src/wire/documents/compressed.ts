/**
 * Bodies that come compressed. Inflating stops at a limit and at a ratio, so a small request
 * cannot ask for much memory. CloudWatch's clients send large metrics so (observed).
 */
import { gunzipSync } from 'node:zlib';
import { AwsError } from '../../core/errors.ts';
import { notReadable } from '../errors/framework-errors.ts';

const MOST_BYTES = 16 * 1024 * 1024;
const MOST_RATIO = 100;
/** Below this a high ratio does no harm. */
const ALWAYS_ALLOWED_BYTES = 64 * 1024;

export function inflate(body: Uint8Array): Uint8Array {
  const allowed = Math.max(ALWAYS_ALLOWED_BYTES, body.length * MOST_RATIO);
  const limit = Math.min(MOST_BYTES, allowed);
  try {
    return gunzipSync(body, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') {
      throw notReadable('The request body is not valid gzip.');
    }
    const message = `The request body inflates to more than ${limit} bytes.`;
    throw new AwsError('RequestEntityTooLargeException', message, { status: 413 });
  }
}
