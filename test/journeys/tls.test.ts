/** Whole programs over TLS: `SDK` decides which SDK they use, as in test/sdk/suite.ts. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { certificateFile, tlsFolder } from '../../src/server/own-certificate.ts';
import { startServer } from '../../src/start.ts';
import { python } from '../sdk/boto3.ts';

const script = (name: string) => fileURLToPath(new URL(`../sdk/${name}`, import.meta.url));

/** What the program of this SDK prints. */
async function program(endpoint: string, trusted: string): Promise<unknown> {
  const [command, name] =
    process.env.SDK === 'boto3' ? [python(), 'over_tls.py'] : [process.execPath, 'over-tls.ts'];
  const env = { ...process.env, AWS_CA_BUNDLE: trusted, NODE_EXTRA_CA_CERTS: trusted };
  const { stdout } = await promisify(execFile)(command, [script(name), endpoint], { env });
  return JSON.parse(stdout);
}

test('an SDK that trusts the certificate uses queues, tables and streams over TLS', async () => {
  const data = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
  const server = await startServer({ port: 0, data, tls: 'self-signed', tlsOnly: true });
  try {
    expect(server.endpoint).toBe(`https://127.0.0.1:${server.port}`);
    expect(await program(server.endpoint, certificateFile(tlsFolder(data)))).toEqual({
      QueueUrl: `${server.endpoint}/111122223333/orders`,
      body: 'sent over TLS',
      item: { id: { S: '1' }, n: { N: '42' } },
      record: 'clicked',
    });
  } finally {
    await server.close(0);
    rmSync(data, { recursive: true });
  }
});
