/**
 * The console's port: who is let in, what is served, and that no other page can act through it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import openapi from '../../src/admin-api/openapi.json' with { type: 'json' };
import { ConsoleFiles } from '../../src/server/console/files.ts';
import { ConsoleSession } from '../../src/server/console/session.ts';
import type { ServeOptions } from '../../src/server/serve.ts';
import { service, wired } from './stack.ts';

interface Said {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** As no client of fetch would: any header, any path. */
function ask(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Said> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers });
      });
    });
    asked.on('error', reject);
    asked.end(method === 'POST' ? '{"by":"1s"}' : undefined);
  });
}

const CHANGE = '/_millrace/v1/clock/advance';
/** Where the API's gate lets in every Origin. */
const URLS = `${'a'.repeat(32)}.lambda-url.us-east-1.localhost`;
const OWN = { 'x-millrace-console': '1', 'content-type': 'application/json' };

async function open(options: Partial<ServeOptions> = {}) {
  const given = { console: {}, ...options };
  const made = await wired([service('sqs', {})], given);
  const url = made.served.console ?? '';
  return { made, url, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() };
}

describe('other pages', () => {
  const change = (url: string, headers: Readonly<Record<string, string>>) =>
    ask(url, CHANGE, headers, 'POST');

  test('its own page changes things', async () => {
    await using w = await open();
    const origin = w.url.slice(0, -1);
    const own = { ...OWN, origin, 'sec-fetch-site': 'same-origin' };
    expect(await change(w.url, own)).toMatchObject({ status: 200 });
  });

  test.each([
    ['of another origin', { origin: 'http://shop.example' }],
    ['of another port', { origin: 'http://127.0.0.1:4566' }],
    ['of a frame without an origin', { origin: 'null' }],
    [
      'of another origin, at a host of function URLs,',
      { origin: 'http://shop.example', host: URLS },
    ],
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of another port, by what the browser says', { 'sec-fetch-site': 'same-site' }],
    ['whose name was made to lead here', { host: 'rebound.example:4567' }],
  ])('a page %s is refused, to look and to change', async (_, headers: object) => {
    await using w = await open();
    const before = w.made.stack.clock.nowMs();
    expect(await change(w.url, { ...OWN, ...headers })).toMatchObject({ status: 403 });
    expect(await ask(w.url, '/_millrace/v1/status', { ...headers })).toMatchObject({ status: 403 });
    expect(w.made.stack.clock.nowMs()).toBe(before);
  });

  test('a form, which cannot send the header, changes nothing', async () => {
    await using w = await open();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const refused = await change(w.url, form);
    expect(refused).toMatchObject({ status: 403 });
    expect(refused.body).toContain('x-millrace-console');
  });

  test('a link from elsewhere opens the page, but not the API', async () => {
    await using w = await open();
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await ask(w.url, '/tail', link)).status).not.toBe(403);
    expect(await ask(w.url, '/_millrace/v1/status', link)).toMatchObject({ status: 403 });
  });

  test('no page may frame it, and no script runs that is not its own', async () => {
    await using w = await open();
    const { headers } = await ask(w.url, '/');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-frame-options']).toBe('DENY');
  });
});

/** They are asked by POST and change nothing. */
const LOOKS = ['/send/as', '/events/explain', '/sns/explain'];

describe('what it serves', () => {
  test('the admin API, but neither keys nor data, and no operation', async () => {
    await using w = await open();
    expect(await ask(w.url, '/_millrace/v1/status')).toMatchObject({ status: 200 });
    for (const path of ['v1/keys', 'v1/backup', 'v1/lambda/code/x', 'metrics', 'v1/nothing']) {
      expect((await ask(w.url, `/_millrace/${path}`)).status).toBe(404);
    }
    expect((await ask(w.url, '/_localstack/health')).status).toBe(404);
    const signed = {
      authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260115/r/sqs/aws4_request',
    };
    const sent = await ask(w.url, '/?Action=ListQueues', { ...signed, ...OWN }, 'POST');
    expect(sent.status).toBe(405);
  });

  test('nothing is changed where it is read-only', async () => {
    await using w = await open({ console: { readOnly: true } });
    const changes = Object.entries(openapi.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'get' && !LOOKS.includes(path))
        .map((method) => ({ path: `/_millrace/v1${path.replaceAll(/\{\w+\}/g, 'x')}`, method })),
    );
    expect(changes.length).toBeGreaterThan(10);
    for (const { path, method } of changes) {
      const refused = await ask(w.url, path, OWN, method.toUpperCase());
      expect(refused, path).toMatchObject({ status: 403 });
      expect(refused.body, path).toContain('read-only');
    }
  });
});

describe('the token', () => {
  test('is asked for where signatures are checked, and opens it', async () => {
    await using w = await open({ auth: 'strict', access: { secretsKey: 'a'.repeat(64) } });
    const { pathname, search } = new URL(w.url);
    expect(pathname).toBe('/open');
    for (const path of ['/', '/tail', '/_millrace/v1/status']) {
      expect((await ask(w.url, path)).status).toBe(401);
    }
    expect((await ask(w.url, '/open?token=wrong')).status).toBe(401);
    const opened = await ask(w.url, pathname + search);
    expect(opened).toMatchObject({ status: 303, headers: { location: './' } });
    const [set = ''] = opened.headers['set-cookie'] ?? [];
    expect(set).toMatch(/HttpOnly; SameSite=Strict; Path=\//);
    const [cookie = ''] = set.split(';');
    expect(await ask(w.url, '/_millrace/v1/status', { cookie })).toMatchObject({ status: 200 });
  });

  test('is asked for before a body is read', async () => {
    await using w = await open({ auth: 'strict', access: { secretsKey: 'a'.repeat(64) } });
    const { hostname, port } = new URL(w.url);
    const headers = { ...OWN, 'content-length': '1000000' };
    const path = '/_millrace/v1/send';
    const status = await new Promise((resolve, reject) => {
      const asked = request({ hostname, port, path, method: 'POST', headers }, (answer) => {
        resolve(answer.statusCode);
        asked.destroy();
      });
      asked.once('error', reject).write('{');
    });
    expect(status).toBe(401);
  });

  test('is made where an empty one is given', async () => {
    const strict = { auth: 'strict', access: { secretsKey: 'a'.repeat(64) } } as const;
    await using w = await open({ ...strict, console: { token: '' } });
    expect(new URL(w.url).search).toMatch(/^\?token=[0-9a-f]{32,}$/);
    expect((await ask(w.url, '/open')).status).toBe(401);
  });

  test('of one server logs nobody out of another one of the host', async () => {
    const name = (token: string) => new ConsoleSession(token).open(token, false)?.split('=')[0];
    expect(name('one')).not.toBe(name('other'));
  });

  test('is not what the cookie holds', () => {
    const session = new ConsoleSession('secret-token');
    expect(session.open('secret-token', true)).not.toContain('secret-token');
    expect(session.open('secret-token', true)).toContain('; Secure');
    expect(session.open('', false)).toBeUndefined();
    expect(new ConsoleSession(undefined).open('', false)).toBeUndefined();
  });
});

describe('files', () => {
  function folder() {
    const path = mkdtempSync(join(tmpdir(), 'console-'));
    mkdirSync(join(path, 'assets'));
    writeFileSync(join(path, 'index.html'), '<p>console</p>');
    writeFileSync(join(path, 'assets', 'main-1a.js'), 'export {};');
    return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
  }

  test('are served by name, and every view is the one page', () => {
    using home = folder();
    const files = new ConsoleFiles(home.path);
    const page = files.at('/index.html');
    expect(page).toMatchObject({ type: 'text/html; charset=utf-8', immutable: false });
    expect(gunzipSync(page?.gzip ?? '').toString()).toBe('<p>console</p>');
    for (const view of ['/', '/tail', '/dead-letters']) expect(files.at(view)).toBe(page);
    const script = files.at('/assets/main-1a.js');
    expect(script).toMatchObject({ type: 'text/javascript; charset=utf-8', immutable: true });
  });

  test('nothing else is', () => {
    using home = folder();
    const files = new ConsoleFiles(home.path);
    const others = ['/../package.json', '/assets/../../x', '/assets/none.js', '/a/b', '/%2e%2e/x'];
    for (const path of others) expect(files.at(path)).toBeUndefined();
  });
});
