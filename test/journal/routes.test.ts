import { expect, test } from 'vitest';
import type { Fact } from '../../src/journal/journal.ts';
import { journal } from '../../src/journal/journal.ts';
import { JOURNAL_PATH, TRACE_PATH, traceRoutes } from '../../src/journal/routes.ts';
import { Traces } from '../../src/journal/trace.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';

const first: Fact = { kind: 'publish', id: 'order/1 a%', arn: 'arn:aws:sns:r:0:t', atMs: 1 };
const second: Fact = { kind: 'receive', id: 'm', arn: 'arn:aws:sqs:r:0:q', atMs: 2 };

async function open() {
  const storage = await openSqlite({ path: ':memory:' });
  await storage.commit([first, second].flatMap(journal({ on: true }).record));
  const routes = traceRoutes(new Traces(storage));
  const get = (url: string, accept = 'application/json', method = 'GET') => {
    const { pathname: path, searchParams: query } = new URL(url, 'http://a');
    const route = path.startsWith(TRACE_PATH) ? routes[TRACE_PATH] : routes[JOURNAL_PATH];
    const header = (name: string) => (name === 'accept' ? accept : undefined);
    return route?.(undefined, { method, path, query, header });
  };
  return { get, [Symbol.asyncDispose]: () => storage.close() };
}

test('a trace is asked for by an id, percent-encoded where it must be', async () => {
  await using w = await open();
  const answer = await w.get(TRACE_PATH + encodeURIComponent(first.id));
  expect(answer?.status).toBe(200);
  expect(JSON.parse(answer?.body ?? '')).toMatchObject({ id: first.id, tree: { facts: [first] } });
  expect((await w.get(`${TRACE_PATH}%zz`))?.status).toBe(404);
  expect((await w.get(`${TRACE_PATH}nobody`))?.status).toBe(404);
});

test('a trace is drawn for those who take plain text', async () => {
  await using w = await open();
  const answer = await w.get(`${TRACE_PATH}m`, 'text/plain');
  expect(answer?.body).toBe('m\n        +0 ms  received from sqs:q\n');
});

test('facts come in pages', async () => {
  await using w = await open();
  const page = async (query: string) => (await w.get(JOURNAL_PATH + query))?.body ?? '';
  expect(JSON.parse(await page('?limit=1'))).toEqual({ facts: [first], next: 2 });
  expect(JSON.parse(await page('?from=2'))).toEqual({ facts: [second], next: 3 });
  expect(JSON.parse(await page('?from=3'))).toEqual({ facts: [], next: 3 });
  for (const query of ['?from=0', '?limit=0', '?from=x', '?limit=1.5']) {
    expect((await w.get(JOURNAL_PATH + query))?.status).toBe(400);
  }
});

test('they are looked at, and nothing else', async () => {
  await using w = await open();
  for (const url of [JOURNAL_PATH, `${TRACE_PATH}m`]) {
    const answer = await w.get(url, 'application/json', 'POST');
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  }
});
