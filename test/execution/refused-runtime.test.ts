import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const BOOTSTRAP = fileURLToPath(new URL('../../src/execution/node/bootstrap.ts', import.meta.url));

test('a runtime that is refused its next event ends, and does not ask on and on', async () => {
  const root = mkdtempSync(join(tmpdir(), 'refused-'));
  writeFileSync(join(root, 'index.mjs'), 'export const handler = async () => 1;');
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(403, { 'Content-Length': 2 }).end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const api = { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` };
  const env = { ...api, LAMBDA_TASK_ROOT: root, _HANDLER: 'index.handler' };
  const child = spawn(process.execPath, [BOOTSTRAP], { env, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
  expect(asked).toBe(1);
  server.close();
  rmSync(root, { recursive: true });
});
