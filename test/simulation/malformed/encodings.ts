/**
 * Inputs as bytes, in the two encodings that the built services speak; and mistakes made in bytes.
 */
import type { Ids } from '../../../src/core/ids.ts';
import type { Reference, ServiceDescriptor } from '../../../src/wire/descriptor.ts';
import { RAW } from './mistakes.ts';
import { pick, type Value } from './samples.ts';

export function toJson(input: Value): Buffer {
  const text = JSON.stringify(input) ?? 'undefined';
  const raw = JSON.stringify(RAW).slice(1, -1);
  if (!text.includes(raw)) return Buffer.from(text);
  const pattern = new RegExp(`"${raw.replaceAll('\\', '\\\\')}((?:[^"\\\\]|\\\\.)*)"`, 'g');
  return Buffer.from(text.replace(pattern, (_, body: string) => JSON.parse(`"${body}"`)));
}

/** Members as `A.B.member.1=…`; values that are no scalars where one belongs become their JSON. */
export function toForm(service: ServiceDescriptor, operation: string, input: Value): Buffer {
  const form = new URLSearchParams();
  form.append('Action', operation);
  form.append('Version', service.service.apiVersion);
  const shape = service.operations[operation]?.input;
  if (typeof input === 'object' && input !== null && shape !== undefined) {
    for (const [name, value] of Object.entries(input)) {
      const reference = service.shapes[shape]?.members?.[name] ?? 'string';
      flatten(form, service, reference, name, value, 0);
    }
  }
  return Buffer.from(form.toString());
}

function flatten(
  form: URLSearchParams,
  service: ServiceDescriptor,
  reference: Reference,
  path: string,
  value: Value,
  depth: number,
): void {
  const name = typeof reference === 'string' ? reference : reference.shape;
  const shape = service.shapes[name];
  const isFlat = shape?.flattened ?? (typeof reference === 'object' && reference.flattened);
  if (depth > 50 || typeof value !== 'object' || value === null) {
    form.append(path, typeof value === 'object' ? JSON.stringify(value) : String(value));
  } else if (shape?.type === 'map') {
    for (const [i, [key, item]] of Object.entries(value).entries()) {
      const entry = `${path}${isFlat ? '' : '.entry'}.${i + 1}`;
      form.append(`${entry}.${isFlat ? 'Name' : 'key'}`, key);
      const at = `${entry}.${isFlat ? 'Value' : 'value'}`;
      flatten(form, service, shape.value ?? 'string', at, item, depth + 1);
    }
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const at = `${path}${isFlat ? '' : '.member'}.${i + 1}`;
      flatten(form, service, shape?.member ?? 'string', at, item, depth + 1);
    }
  } else {
    for (const [key, item] of Object.entries(value)) {
      flatten(form, service, shape?.members?.[key] ?? 'string', `${path}.${key}`, item, depth + 1);
    }
  }
}

/** Damages the bytes: cut, doubled, overwritten, or not UTF-8 any more. */
export function damage(ids: Ids, bytes: Buffer): Buffer {
  const at = Math.floor(ids.random() * bytes.length);
  const until = at + Math.floor(ids.random() * 20);
  const luck = ids.random();
  if (luck < 0.25) return bytes.subarray(0, at);
  if (luck < 0.4) return Buffer.concat([bytes.subarray(0, until), bytes.subarray(at)]);
  if (luck < 0.8) {
    const noise = Buffer.from(pick(ids, NOISE), 'latin1');
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  }
  if (luck < 0.9) return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
  return Buffer.concat([bytes, bytes]);
}

const NOISE = [
  ...['\xff\xfe', '\xc0\x80', '\xed\xa0\x80', '\xf5\x80\x80\x80', '\x00', '\\', '\\u12', '"'],
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '&',
    '=',
    '%',
    '%zz',
    '&&&',
    '&=',
    '.member.',
    '+',
    '<!DOCTYPE',
  ],
] as const;
