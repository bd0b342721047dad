/** `openapi.json` says what the contract says, and what a server answers. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { openApi } from '../../scripts/openapi/document.ts';
import type { DeadLetters, Runs, Tail, TailFrame, Traffic } from '../../src/admin-api/index.ts';
import { signatureHeaders } from '../../src/server/signature-sign.ts';
import { allServices } from '../../src/services/all.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { ask, type Wired, wired } from '../server/stack.ts';
import { put } from '../services/events/receivers.ts';
import { aShop } from './a-shop.ts';
import { asked, looked } from './asked.ts';
import { checkAnswer, checkType, DOCUMENT, operations } from './described.ts';
import { live } from './live.ts';
import { posted } from './posted.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BASE = '/_millrace/v1';

test('it is made of the contract; node scripts/openapi.ts makes it anew', () => {
  expect(DOCUMENT).toEqual(openApi(ROOT));
});

/** A path up to its first parameter. */
const fixed = (path: string) => path.replace(/\/?(\{.*)?$/, '');

describe('paths', () => {
  let routes: readonly string[] = [];

  beforeAll(async () => {
    await using server = await wired(allServices);
    routes = server.served.paths.filter((path) => path.startsWith(`${BASE}/`));
    expect(routes).not.toEqual([]);
  });

  test('every route of the server is described', () => {
    const described = new Set(Object.keys(DOCUMENT.paths).map((path) => BASE + fixed(path)));
    expect(routes.filter((path) => !described.has(fixed(path)))).toEqual([]);
  });

  test('every path that is described has a route', () => {
    const served = new Set(routes.map(fixed));
    const missing = Object.keys(DOCUMENT.paths).filter((path) => !served.has(BASE + fixed(path)));
    expect(missing).toEqual([]);
  });

  test('every method that is described is taken, and no other one', async () => {
    await using aws = await startSuite();
    const wrong: string[] = [];
    for (const [path, methods] of Object.entries(DOCUMENT.paths)) {
      for (const method of ['get', 'post', 'delete', 'put'] as const) {
        const url = `${aws.endpoint}${BASE}${path.replaceAll(/[{}]/g, '')}`;
        const away = new AbortController();
        const answer = await fetch(url, { method: method.toUpperCase(), signal: away.signal });
        away.abort();
        const isTaken = answer.status !== 405;
        const isMeant = method in methods;
        // What is not there is not there by any method.
        const isRight = isMeant ? isTaken : !isTaken || answer.status >= 400;
        if (!isRight) wrong.push(`${method} ${path} ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('answers', () => {
  test('of every path that shows something are as described', async () => {
    await using aws = await startSuite();
    const { values } = await aShop(aws);
    const [run] = (await looked<Runs>(aws, 'runs', { failed: 'true' })).runs;
    const others: Readonly<Record<string, string>> = { '/runs/{id}': run?.id ?? '' };
    const shown: string[] = [];
    for (const { path, method, isJson } of operations()) {
      if (method !== 'get' || !isJson) continue;
      const at = path.replace('{id}', encodeURIComponent(others[path] ?? values.id ?? ''));
      const { status, body } = await asked(aws, at.slice(1), queryOf(path, values));
      checkAnswer(path, method, status, body);
      if (status === 200) shown.push(path);
    }
    // Those of strict servers and of global endpoints aside.
    const all = operations().filter(({ method, isJson }) => method === 'get' && isJson);
    const unseen = all.map(({ path }) => path).filter((path) => !shown.includes(path));
    expect(unseen).toEqual(['/keys', '/events/endpoints/{id}']);
    const { queues } = await looked<DeadLetters>(aws, 'dead-letters');
    expect(queues.flatMap(({ groups }) => groups)).not.toEqual([]);
  });

  test('of what moves are as described', async () => {
    await using aws = await startSuite();
    const traffic = await live<Traffic>(aws, 'map/live');
    checkType('Traffic', await traffic.next());
    await traffic.leave();
    const tail = await live<TailFrame>(aws, 'tail/live');
    checkType('TailFrame', await tail.next());
    await put(aws, {});
    const frames = await tail.until(({ events }) => events.length > 0);
    for (const frame of frames) checkType('TailFrame', frame);
    await tail.leave();
  });

  test('of what changes something are as described', async () => {
    await using aws = await startSuite();
    const { values } = await aShop(aws);
    const changes = await changesOf(aws, values);
    const seen: string[] = [];
    for (const { path, at = path, body } of changes) {
      const answer = await posted(aws, at.slice(1), body);
      checkAnswer(path, 'post', answer.status, answer.body);
      seen.push(`${path} ${answer.status}`);
    }
    expect(seen).toEqual(changes.map(({ path }) => `${path} 200`));
  });

  test('that refuse are as described', async () => {
    await using aws = await startSuite();
    for (const path of ['/contents/{id}', '/trace/{id}', '/runs/{id}', '/why', '/unmatched']) {
      const { status, body } = await asked(aws, path.slice(1).replace('{id}', 'nothing'));
      expect(status).toBeGreaterThanOrEqual(400);
      checkAnswer(path, 'get', status, body);
    }
    for (const path of ['/send', '/faults', '/clock/advance', '/dead-letters/redrive']) {
      const { status, body } = await posted(aws, path.slice(1), { nothing: 1 });
      expect(status).toBeGreaterThanOrEqual(400);
      checkAnswer(path, 'post', status, body);
    }
  });

  test('the description itself is served, and changes nothing', async () => {
    await using aws = await startSuite();
    expect(await looked(aws, 'openapi.json')).toEqual(DOCUMENT);
    expect((await posted(aws, 'openapi.json', {})).status).toBe(405);
  });
});

function queryOf(path: string, values: Readonly<Record<string, string>>) {
  const parameters = DOCUMENT.paths[path]?.get?.parameters ?? [];
  const wanted = parameters.filter((one) => 'required' in one && one.in === 'query');
  return Object.fromEntries(wanted.map(({ name }) => [name, values[name]]));
}

interface Change {
  readonly path: string;
  /** Where its parameters have values. */
  readonly at?: string;
  readonly body: object;
}

async function changesOf(
  aws: Suite,
  { bus = '', queue = '' }: Readonly<Record<string, string>>,
): Promise<readonly Change[]> {
  const [{ id, token, position } = { id: '', token: 0, position: 0 }] = (
    await looked<{ messages: { id: string; token: number; position: number }[] }>(
      aws,
      'dead-letters/messages',
      { queue },
    )
  ).messages;
  const [event] = (await looked<Tail>(aws, 'tail', { form: 'event' })).events;
  const content = { source: 'com.shop', 'detail-type': 'x', detail: {}, resources: [] };
  const send = { arn: bus, content, again: event?.id };
  const TopicArn = `arn:aws:sns:${aws.region}:${aws.account}:news`;
  return [
    { path: '/send', body: send },
    { path: '/send/as', body: send },
    { path: '/operations/{service}/{operation}', at: '/operations/sqs/ListQueues', body: {} },
    { path: '/events/explain', body: { Source: 'com.other', DetailType: 'x', Detail: '{}' } },
    { path: '/sns/explain', body: { TopicArn, Message: 'hello' } },
    { path: '/dead-letters/redrive', body: { queue, messages: [{ id, token, position }] } },
    { path: '/dead-letters/redrive', body: { queue } },
    { path: '/faults', body: { at: 'api', service: 'sqs', times: 1, error: 'InternalFailure' } },
    { path: '/faults/remove', body: { all: true } },
    { path: '/clock/advance', body: { by: '1m' } },
    { path: '/settled', body: {} },
  ];
}

describe('strict auth', () => {
  const KEY = { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: 'the secret of the root' };
  const strict = () => wired(allServices, { auth: 'strict', access: { rootKey: KEY } });

  test('every path wants credentials, but for those that tell nothing', async () => {
    await using at = await strict();
    const open: string[] = [];
    for (const { path, method } of operations()) {
      const url = BASE + path.replaceAll(/[{}]/g, '');
      const { status } = await ask(at, url, { method: method.toUpperCase() });
      if (status !== 403) open.push(path);
    }
    expect(open).toEqual(['/lambda/code/{sha256}', '/certificate']);
  });

  test('its keys are as described', async () => {
    await using at = await strict();
    const made = await signed(at, 'POST', '/keys', JSON.stringify({ user: 'alice' }));
    checkAnswer('/keys', 'post', made.status, made.json);
    const listed = await signed(at, 'GET', '/keys');
    checkAnswer('/keys', 'get', listed.status, listed.json);
    const place = `/keys/${made.json.accessKeyId}`;
    const disabled = await signed(at, 'POST', `${place}/disable`);
    checkAnswer('/keys/{id}/{change}', 'post', disabled.status, disabled.json);
    const deleted = await signed(at, 'DELETE', place);
    checkAnswer('/keys/{id}', 'delete', deleted.status, deleted.json);
    expect([made, listed, disabled, deleted].map(({ status }) => status)).toEqual([
      ...[200, 200, 200, 200],
    ]);
  });

  function signed(at: Wired, method: string, path: string, body = '') {
    const url = new URL(BASE + path, at.served.endpoint);
    const scope = { service: 'millrace', region: 'us-east-1', nowMs: Date.now() };
    const headers = signatureHeaders({ method, url, body }, KEY, scope);
    const sized = { ...headers, 'content-length': `${body.length}` };
    return ask(at, BASE + path, { method, headers: sized, body });
  }
});
