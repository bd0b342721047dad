/**
 * Mistakes in values: a valid input with one to three members wrong in type, size or name.
 */
import type { Ids } from '../../../src/core/ids.ts';
import { pick, type Value } from './samples.ts';

type Container = Record<string | number, Value>;

/** Text that is put into the encoded JSON as it stands, where no value could make it. */
export const RAW = '\u0000raw:';

/** Changes a copy of `input`, and says how. */
export function sowMistakes(ids: Ids, input: Value): Value {
  const copy: Value = structuredClone(input);
  const holder: Container = { root: copy };
  const count = 1 + Math.floor(ids.random() * 3);
  for (let i = 0; i < count; i++) {
    const places = placesIn(holder);
    if (places.length === 0) break;
    const [container, key] = pick(ids, places);
    mistake(ids, container, key);
  }
  return holder.root;
}

function placesIn(container: Container): [Container, string | number][] {
  const places: [Container, string | number][] = [];
  const visit = (node: Container) => {
    for (const key of Object.keys(node)) {
      places.push([node, key]);
      const value = node[key];
      if (typeof value === 'object' && value !== null) visit(value as Container);
    }
  };
  visit(container);
  return places;
}

function mistake(ids: Ids, container: Container, key: string | number): void {
  const luck = ids.random();
  if (luck < 0.15) delete container[key];
  else if (luck < 0.3) addMember(ids, container);
  else container[key] = wrong(ids, String(key));
}

const STRANGE_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'prototype',
  '',
  'unknownMember',
  '0',
];

function addMember(ids: Ids, container: Container): void {
  const name = ids.random() < 0.8 ? pick(ids, STRANGE_NAMES) : 'n'.repeat(20_000);
  const value = wrong(ids, name);
  // An assignment to __proto__ would change the prototype instead of making a member.
  Object.defineProperty(container, name, {
    ...{ value, enumerable: true, configurable: true, writable: true },
  });
}

function wrong(ids: Ids, name: string): Value {
  const value_ = ids.random() < 0.94 ? structuredClone(pick(ids, WRONG)) : large(ids);
  // 1 to 20 seconds would be a wait, not a mistake.
  if (/Wait/.test(name) && Number(value_) >= 1 && Number(value_) <= 20) return -1;
  return value_;
}

const WRONG: readonly Value[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 63), 21, 43_201, 999_999_999],
  ...['', ' ', '0', '-1', 'null', 'true', 'NaN', '\u0000', '\u0007\u001b', '\ud800', '\uffff'],
  ...['💥'.repeat(100), '../../etc/passwd', "'; DROP TABLE messages; --", '<script>', '%00%s%n'],
  ...['{', '[]', '{"a":', '{"source":[', 'arn:aws:', 'arn:aws:sqs:::', 'http://', '*', '**', '\\'],
  ...[{}, [], [null], [[]], [{}], { a: { b: { c: [] } } }, { '': '' }],
  ...[`${RAW}NaN`, `${RAW}-Infinity`, `${RAW}1e400`, `${RAW}0x10`, `${RAW}01`, `${RAW}'a'`],
  ...[`${RAW}99999999999999999999999999`, `${RAW}undefined`, `${RAW}{"a":1,"a":2}`, `${RAW}// x`],
];

/** Rare, because most of the time would go into making them. */
function large(ids: Ids): Value {
  const luck = ids.random();
  if (luck < 0.3) return 'x'.repeat(10 ** (2 + Math.floor(ids.random() * 4)));
  if (luck < 0.31) return 'x'.repeat(3_000_000);
  if (luck < 0.4) return `${RAW}${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  if (luck < 0.5) return `${RAW}${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  if (luck < 0.6) return Array.from({ length: 5_000 }, (_, i) => i);
  if (luck < 0.7) return JSON.stringify({ a: '('.repeat(5_000) });
  if (luck < 0.8) return `{"source":[${'{"$or":['.repeat(2_000)}`;
  if (luck < 0.9) return `{"source":[{"wildcard":"${'*a'.repeat(500)}"}]}`;
  return Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`key${i}`, i]));
}
