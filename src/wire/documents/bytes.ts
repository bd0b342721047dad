/** Bytes to text and back, without copying them first. */
export function textOf(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('utf8');
}

export function base64Of(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('base64');
}

function bufferOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const BASE64 = /^[A-Za-z0-9+/\-_]*={0,2}$/;

/** The bytes of base64 text, or undefined when it is none. */
export function bytesOf(base64: string): Uint8Array | undefined {
  const bytes = Buffer.from(base64, 'base64');
  // The decoder leaves out what is no base64: with nothing left out, there was nothing of it.
  if (bytes.length === wholeLength(base64)) return bytes;
  const compact = /\s/.test(base64) ? base64.replaceAll(/\s+/g, '') : base64;
  return BASE64.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}

/** How many bytes a text has if all of it counts; -1 for a length at which one may go unnoticed. */
function wholeLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  const digits = base64.length - padding;
  return digits % 4 === 1 ? -1 : Math.floor((digits * 3) / 4);
}
