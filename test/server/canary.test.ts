/**
 * Secrets stay where they belong: canaries are sent with every operation of every service that is
 * built, and looked for in log lines, errors, traces and figures.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../src/app.ts';
import { realClock } from '../../src/core/clock.ts';
import { exposition } from '../../src/core/exposition.ts';
import { seededIds } from '../../src/core/ids.ts';
import type { AuthMode } from '../../src/server/auth.ts';
import { serve } from '../../src/server/serve.ts';
import { allServices } from '../../src/services/all.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { JavaScriptSdk } from '../sdk/javascript.ts';
import { zipOf } from '../services/lambda/a-function.ts';
import { CANARY, canaryRequest, SIGNING, type SignedBy, send } from './canaries.ts';

const SEEDS = [1, 2, 3];
const ROOT = { accessKeyId: 'AKIAOFTHEAVIARY1', secretAccessKey: 'CANARY-in-the-vault-1' };

interface Aviary extends AsyncDisposable {
  readonly port: number;
  readonly stack: RunningStack;
  readonly logged: readonly string[];
  /** All that is kept or shown of what was done. */
  readonly shown: () => Promise<string>;
}

async function aviary(
  change = (storage: Storage) => storage,
  auth: AuthMode = 'off',
): Promise<Aviary> {
  const logged: string[] = [];
  const note = (message: string, fields?: object) => {
    logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  const clock = realClock();
  const stack = await createStack({
    storage: change(await openSqlite({ path: ':memory:' })),
    services: allServices,
    clock,
    ids: seededIds(1),
    log: { info: note, warn: note, error: note },
  });
  const served = await serve(stack, {
    host: '127.0.0.1',
    port: 0,
    auth,
    ...(auth === 'strict' && { access: { rootKey: ROOT } }),
  });
  return {
    port: served.port,
    stack,
    logged,
    shown: async () => {
      const journal = await stack.storage.read('journal', { from: 1, max: 100_000 });
      const { text } = await send(served.port, {
        method: 'GET',
        path: '/_millrace/v1/journal?from=1',
        headers: {},
        body: Buffer.alloc(0),
      });
      const metrics = exposition(await stack.metrics.families());
      return [...journal.map(({ body }) => body), text, metrics].join('\n');
    },
    [Symbol.asyncDispose]: async () => {
      await served.close(0);
      await stack.close();
    },
  };
}

/** Sends each operation of a service, and gives what errors said that nobody should hear. */
async function escapes(
  { port }: Aviary,
  service: string,
  by: SignedBy = {},
): Promise<readonly string[]> {
  const operations = Object.keys(
    allServices.find(({ name }) => name === service)?.operations ?? {},
  );
  expect(operations.length).toBeGreaterThan(0);
  const escaped: string[] = [];
  for (const [at, operation] of operations.entries()) {
    for (const seed of SEEDS) {
      const sent = canaryRequest(seed * 1_000 + at, service, operation, by);
      const { status, text } = await send(port, sent);
      // AWS's own words may repeat to a caller what he said, but not what signs it.
      const found = status >= 400 && (status >= 500 ? CANARY : SIGNING).exec(text);
      if (found) escaped.push(`${operation} ${seed}: ${text.slice(0, 600)}`);
    }
  }
  return escaped;
}

const names = allServices.map(({ name }) => name);

describe('canaries', () => {
  test.each(names)('stay where they are in requests for %s', async (service) => {
    await using at = await aviary();
    expect(await escapes(at, service)).toEqual([]);
    expect(at.logged.filter((line) => CANARY.test(line))).toEqual([]);
    expect(CANARY.exec(await at.shown())).toBeNull();
  });

  test.each(names)('stay there when signatures for %s are checked', async (service) => {
    await using at = await aviary(undefined, 'strict');
    const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const by = { accessKey: ROOT.accessKeyId, at: now };
    expect(await escapes(at, service, by)).toEqual([]);
    expect(at.logged.filter((line) => CANARY.test(line))).toEqual([]);
  });

  test.each(names)('stay there when %s breaks and says all it knows', async (service) => {
    let broken = 0;
    await using at = await aviary((storage) => {
      const commit: Storage['commit'] = (writes) => {
        broken += 1;
        return Promise.reject(new Error(`cannot write ${JSON.stringify(writes)}`));
      };
      return new Proxy(storage, {
        get: (target, name) => {
          if (name === 'commit') return commit;
          const member = Reflect.get(target, name);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
    });
    expect(await escapes(at, service)).toEqual([]);
    expect(broken > 0 || at.logged.length === 0).toBe(true);
    expect(at.logged.filter((line) => CANARY.test(line))).toEqual([]);
    expect(CANARY.exec(await at.shown())).toBeNull();
  });
});

/** Calls as an SDK does; the services' own answers are the caller's to read. */
async function caller({ port }: Aviary) {
  const sdk = new JavaScriptSdk();
  const who = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    account: '111122223333',
  };
  return {
    call: (service: string, operation: string, input: object) =>
      sdk.call(who, service, operation, input) as Promise<Readonly<Record<string, string>>>,
    [Symbol.asyncDispose]: () => sdk.close(),
  };
}

describe('what is kept for later', () => {
  test('credentials of a connection are shown to their endpoint and to nobody else', async () => {
    const heard: string[] = [];
    const endpoint = createServer((request, response) => {
      heard.push(String(request.headers.authorization ?? request.headers['x-key']));
      response.writeHead(403).end(JSON.stringify(request.headers));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => endpoint.once('listening', resolve));
    const { port } = endpoint.address() as AddressInfo;
    await using at = await aviary();
    await using sdk = await caller(at);
    const auth = {
      BASIC: { BasicAuthParameters: { Username: 'u', Password: 'CANARYbasic' } },
      API_KEY: { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'CANARYkey' } },
    };
    const { RuleArn } = await sdk.call('events', 'PutRule', {
      Name: 'r',
      EventPattern: '{"source":["s"]}',
    });
    expect(RuleArn).toContain('rule/r');
    for (const [type, AuthParameters] of Object.entries(auth)) {
      const made = { Name: type, AuthorizationType: type, AuthParameters };
      const { ConnectionArn } = await sdk.call('events', 'CreateConnection', made);
      const { ApiDestinationArn } = await sdk.call('events', 'CreateApiDestination', {
        Name: type,
        ConnectionArn,
        InvocationEndpoint: `http://127.0.0.1:${port}/`,
        HttpMethod: 'POST',
      });
      const target = { Id: type, Arn: ApiDestinationArn, RoleArn: 'arn:aws:iam::1:role/r' };
      await sdk.call('events', 'PutTargets', { Rule: 'r', Targets: [target] });
    }
    await sdk.call('events', 'PutEvents', {
      Entries: [{ Source: 's', DetailType: 't', Detail: '{}' }],
    });
    while (heard.length < 2) await at.stack.quiet();
    await at.stack.quiet();
    endpoint.close();
    const basic = `Basic ${Buffer.from('u:CANARYbasic').toString('base64')}`;
    expect(heard.sort()).toEqual([basic, 'CANARYkey']);
    const shown = [...at.logged, await at.shown()].join('\n');
    expect(shown).toContain('403');
    expect(CANARY.exec(shown)).toBeNull();
    expect(shown).not.toContain(basic);
  });

  test('variables of a function are its own, also when it cannot start', async () => {
    await using at = await aviary();
    await using sdk = await caller(at);
    const broken = 'throw new Error("no start"); exports.handler = async () => 1;';
    await sdk.call('lambda', 'CreateFunction', {
      FunctionName: 'f',
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::111122223333:role/r',
      Handler: 'index.handler',
      Code: { ZipFile: zipOf({ 'index.js': broken }) },
      Environment: { Variables: { PASSWORD: 'CANARYvariable' } },
    });
    await sdk.call('lambda', 'Invoke', { FunctionName: 'f' });
    await sdk.call('lambda', 'Invoke', { FunctionName: 'f', InvocationType: 'Event' });
    await at.stack.quiet();
    const shown = [...at.logged, await at.shown()].join('\n');
    expect(shown).toContain('no start');
    expect(CANARY.exec(shown)).toBeNull();
  });
});
