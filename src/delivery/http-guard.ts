/**
 * Where outgoing HTTP may go.
 *
 * A name is resolved once, in our own lookup, and the connection is made to an address that was
 * checked, so a name that changes its mind between check and use gains nothing. Link-local
 * addresses, the metadata services of the clouds and our own port are never reached; loopback and
 * private addresses unless `settings.privateTargets` is false, because a server for development
 * delivers to this very machine.
 */
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Stack } from './stack.ts';

/** An address that must not be connected to. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden';
}

type Ranges = readonly (readonly [string, number])[];

/** Link-local, multicast, reserved, and the addresses of metadata services. */
const NEVER: Ranges = [
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
];

const PRIVATE: Ranges = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['::', 127],
  ['fc00::', 7],
];

const never = blockList(NEVER);
const nonPublic = blockList(PRIVATE);

function blockList(ranges: Ranges): BlockList {
  const list = new BlockList();
  for (const [net, bits] of ranges) list.addSubnet(net, bits, familyOf(net));
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Why `address` must not be connected to, or undefined when it may. */
export function refusal(
  stack: Pick<Stack, 'settings' | 'endpoint'>,
  address: string,
  port: number,
): string | undefined {
  const plain = unwrapped(address);
  const family = familyOf(plain);
  if (never.check(plain, family)) return `${address} is never a target.`;
  const near = nonPublic.check(plain, family);
  if (near && stack.settings.privateTargets === false) return `${address} is not public.`;
  if (port === portOf(new URL(stack.endpoint())) && (near || isOurs(plain))) {
    return `${address}:${port} is this server itself.`;
  }
  return undefined;
}

export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

function isOurs(address: string): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((own) => own.address === address),
  );
}

/** The IPv4 address inside an IPv6 one: mapped, compatible, NAT64 or 6to4. */
export function unwrapped(address: string): string {
  const words = isIP(address) === 6 ? wordsOf(address) : undefined;
  if (!words) return address;
  const zeros = (from: number, to: number) => words.slice(from, to).every((word) => word === 0);
  const [first = 0, second = 0, third = 0, , , sixth = 0, seventh = 0, eighth = 0] = words;
  if (first === 0x2002) return dotted(second, third);
  const mapped = zeros(0, 5) && sixth === 0xffff;
  const compatible = zeros(0, 6) && (seventh !== 0 || eighth > 1);
  const nat64 = first === 0x64 && second === 0xff9b;
  return mapped || compatible || nat64 ? dotted(seventh, eighth) : address;
}

/** The eight 16-bit words of an IPv6 address. */
function wordsOf(address: string): readonly number[] {
  const bare = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = bare.split('::');
  const words = (text: string) =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const [before, after] = [words(head), words(tail ?? '')];
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...new Array<number>(gap).fill(0), ...after];
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Resolves a name and lets through only what may be connected to. */
export function guardedLookup(stack: Stack, port: number): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const allowed = found.filter(({ address }) => !refusal(stack, address, port));
      const [first] = allowed;
      if (!first) return callback(new Forbidden(whyNot(stack, hostname, found, port)), []);
      if (options.all) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}

function whyNot(
  stack: Stack,
  hostname: string,
  found: readonly { readonly address: string }[],
  port: number,
): string {
  const reasons = found.map(({ address }) => refusal(stack, address, port));
  return `${hostname} must not be reached: ${reasons.join(' ')}`;
}
