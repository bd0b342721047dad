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
  const compact = /\s/.test(base64) ? base64.replaceAll(/\s+/g, '') : base64;
  return BASE64.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}
