/**
 * Ids and randomness, from one object, so that a seed repeats a whole run.
 *
 * Random ids come from the operating system and are unguessable. Seeded ids are
 * for tests only: unique within a stack, and the same on every run.
 */
import { randomBytes, randomUUID } from 'node:crypto';

export interface Ids {
  /** A version-4 UUID in lower case. */
  uuid(): string;
  /** `bytes` random bytes as lower-case hexadecimal. */
  hex(bytes: number): string;
  /** A number in [0, 1). */
  random(): number;
}

export function randomIds(): Ids {
  return {
    uuid: () => randomUUID(),
    hex: (bytes) => randomBytes(bytes).toString('hex'),
    random: () => Math.random(),
  };
}

/** A repeatable stream (mulberry32); the same seed gives the same ids in the same order. */
export function seededIds(seed: number): Ids {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const byte = () => Math.floor(random() * 256);
  const hex = (bytes: number) =>
    Array.from({ length: bytes }, () => byte().toString(16).padStart(2, '0')).join('');
  const uuid = () => {
    const h = hex(16);
    const variant = ((Number.parseInt(h.charAt(16), 16) & 3) | 8).toString(16);
    return [
      h.slice(0, 8),
      h.slice(8, 12),
      `4${h.slice(13, 16)}`,
      variant + h.slice(17, 20),
      h.slice(20),
    ].join('-');
  };
  return { uuid, hex, random };
}
