import { describe, expect, test } from 'vitest';
import { guardedLookup, refusal, unwrapped } from '../../src/delivery/http-guard.ts';
import type { Stack } from '../../src/delivery/stack.ts';

function stackWith(settings: { readonly privateTargets?: boolean }): Stack {
  const known = { settings, endpoint: () => 'http://127.0.0.1:4566' };
  return known as unknown as Stack;
}

const development = stackWith({});
const locked = stackWith({ privateTargets: false });

const NEVER = [
  ['169.254.169.254', 'link-local metadata'],
  ['169.254.170.2', 'container credentials'],
  ['100.100.100.200', 'Alibaba metadata'],
  ['168.63.129.16', 'Azure wire server'],
  ['192.0.0.192', 'Oracle metadata'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local with a zone'],
  ['fd00:ec2::254', 'EC2 metadata'],
  ['fd20:ce::254', 'GCP metadata'],
  ['ff02::1', 'multicast'],
  ['::ffff:169.254.169.254', 'mapped'],
  ['::ffff:a9fe:a9fe', 'mapped, in words'],
  ['::169.254.169.254', 'compatible'],
  ['64:ff9b::169.254.169.254', 'NAT64'],
  ['64:ff9b:1::a9fe:a9fe', 'NAT64 with a local prefix'],
  ['2002:a9fe:a9fe::1', '6to4'],
] as const;

const PRIVATE = [
  ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255'],
  ...['192.168.1.1', '100.64.0.1', '198.18.0.1', '::1', '::', 'fc00::1', 'fd12:3456::1'],
  ...['::ffff:10.0.0.1', '::ffff:7f00:1', '64:ff9b::10.0.0.1', '2002:7f00:1::'],
];

const PUBLIC = ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'];

describe('addresses', () => {
  test.each(NEVER)('%s (%s) is refused whatever the settings say', (address) => {
    expect(refusal(development, address, 80)).toMatch('never a target');
    expect(refusal(locked, address, 80)).toBeDefined();
  });

  test.each(PRIVATE)('%s is reached in development and not when privateTargets is off', (at) => {
    expect(refusal(development, at, 80)).toBeUndefined();
    expect(refusal(locked, at, 80)).toMatch('not public');
  });

  test.each(PUBLIC)('%s is reached', (address) => {
    expect(refusal(locked, address, 80)).toBeUndefined();
  });

  test('the own port is refused on every address of this machine', () => {
    for (const address of ['127.0.0.1', '0.0.0.0', '::1', '::ffff:127.0.0.1', '10.0.0.1']) {
      expect(refusal(development, address, 4566)).toMatch('this server itself');
    }
    expect(refusal(development, '8.8.8.8', 4566)).toBeUndefined();
  });

  test('an IPv6 address without an IPv4 one inside stays as it is', () => {
    expect(unwrapped('2606:4700::1111')).toBe('2606:4700::1111');
    expect(unwrapped('::1')).toBe('::1');
    expect(unwrapped('1.2.3.4')).toBe('1.2.3.4');
  });
});

describe('names', () => {
  function look(stack: Stack, name: string, all: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      guardedLookup(stack, 80)(name, { all }, (error, found, family) =>
        error ? reject(error) : resolve(all ? found : [found, family]),
      );
    });
  }

  test('a name of an allowed address resolves to it', async () => {
    expect(await look(development, 'localhost', true)).toContainEqual({
      address: '127.0.0.1',
      family: 4,
    });
    expect(await look(development, '127.0.0.1', false)).toEqual(['127.0.0.1', 4]);
  });

  test('a name of forbidden addresses only is refused', async () => {
    await expect(look(locked, 'localhost', true)).rejects.toThrow('must not be reached');
    await expect(look(locked, 'localhost', false)).rejects.toThrow('must not be reached');
  });

  test('a name that nobody knows is an ordinary error', async () => {
    await expect(look(locked, 'nobody.invalid', true)).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
  });
});
