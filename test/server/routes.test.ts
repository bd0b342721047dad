import { describe, expect, test } from 'vitest';
import { ownPaths } from '../../src/server/routes.ts';
import type { Route } from '../../src/services/service.ts';

const PATHS = ['/health', '/_aws/sqs/messages', '/_millrace/v1/trace/', '/_millrace/v1/trace/deep'];

function named(path: string): Route {
  return () => ({ status: 200, headers: {}, body: path });
}

const find = ownPaths(new Map(PATHS.map((path) => [path, named(path)])));

function found(path: string, signed = false): unknown {
  const route = find(path, () => signed);
  return route && (route as unknown as () => { body: string })().body;
}

describe('answers', () => {
  test.each([
    ['/health', '/health'],
    ['/_aws/sqs/messages', '/_aws/sqs/messages'],
    ['/_aws/sqs/messages/us-east-1/000000000000/q', '/_aws/sqs/messages'],
    ['/_millrace/v1/trace/some-id', '/_millrace/v1/trace/'],
    ['/_millrace/v1/trace/deep/er', '/_millrace/v1/trace/deep'],
  ])('%s is the route %s', (path, route) => {
    expect(found(path)).toBe(route);
  });

  test.each([
    '/',
    '/000000000000/orders',
    '/health/x',
    '/healthy',
    '/_aws/sqs/messagesx',
    '/_aws',
    '/__proto__',
    '',
    '*',
  ])('%j is none of ours', (path) => {
    expect(found(path)).toBeUndefined();
  });

  test('a signed request for a bucket’s name is not for us, one below /_ is', () => {
    expect(found('/health', true)).toBeUndefined();
    expect(found('/_aws/sqs/messages', true)).toBe('/_aws/sqs/messages');
  });
});
