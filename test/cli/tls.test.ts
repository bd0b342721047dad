import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { aCertificate } from '../server/a-certificate.ts';
import { folder, type Running, run } from './millrace.ts';

const READY = /at (https?):\/\/127\.0\.0\.1:(\d+), data .*\nReady\.\n$/s;
const READY_TRUSTED = /at (https?):\/\/127\.0\.0\.1:(\d+), .*AWS_CA_BUNDLE=(\S+)\nReady\.\n$/s;

async function portOf(server: Running, pattern = READY): Promise<number> {
  return Number(pattern.exec(await server.says(pattern))?.[2]);
}

/** The serial number of the certificate shown, to a client that trusts `ca` only. */
function shown(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Resolves once stderr has a line that matches. */
function logs(server: Running, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    server.process.stderr?.on('data', (data: string) => {
      text += data;
      if (pattern.test(text)) resolve();
    });
  });
}

describe('answers', () => {
  test('a self-signed certificate is told of, and stays over restarts', async () => {
    using home = folder();
    const args = ['start', '--port', '0', '--data', join(home.path, 'data'), '--tls-self-signed'];
    const serials: string[] = [];
    for (const more of [[], ['--tls-only']]) {
      const server = run([...args, ...more]);
      const [, scheme, port, file = ''] =
        READY_TRUSTED.exec(await server.says(READY_TRUSTED)) ?? [];
      expect(scheme).toBe(more.length > 0 ? 'https' : 'http');
      serials.push(await shown(Number(port), readFileSync(file, 'utf8')));
      server.process.kill('SIGTERM');
      expect(await server.ended).toMatchObject({ code: 0 });
    }
    expect(serials[0]).toBe(serials[1]);
  });

  test('files are read again at SIGHUP, and kept when the new ones will not do', async () => {
    using home = folder();
    const [certFile, keyFile] = [join(home.path, 'cert.pem'), join(home.path, 'key.pem')];
    const write = ({ cert, key }: { readonly cert: string; readonly key: string }) => {
      writeFileSync(certFile, cert);
      writeFileSync(keyFile, key);
    };
    const [first, second] = [aCertificate({ serial: '11' }), aCertificate({ serial: '22' })];
    write(first);
    const files = ['--tls-cert', certFile, '--tls-key', keyFile];
    const server = run(['start', '--port', '0', '--memory', ...files]);
    const port = await portOf(server);
    expect(await shown(port, first.cert)).toBe('11');
    write(second);
    const read = logs(server, /was read again/);
    server.process.kill('SIGHUP');
    await read;
    expect(await shown(port, second.cert)).toBe('22');
    write({ cert: first.cert, key: second.key });
    const kept = logs(server, /stays as it was: .*key values mismatch/);
    server.process.kill('SIGHUP');
    await kept;
    expect(await shown(port, second.cert)).toBe('22');
    server.process.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0 });
  });
});

describe('refusals', () => {
  test.each([
    [['--tls-only'], 2, /TLS takes a certificate: --tls-cert and --tls-key/],
    [['--tls-cert', 'a.pem'], 2, /TLS takes a certificate/],
    [['--tls-key', 'a.pem', '--tls-self-signed'], 2, /TLS takes a certificate/],
    [['--tls-cert', 'no.pem', '--tls-key', 'no.pem'], 1, /no\.pem, named by --tls-key.*ENOENT/],
  ])('%j ends with %i and says why', async (args, code, words) => {
    using home = folder();
    const { ended } = run(['start', '--port', '0', '--memory', ...args], { cwd: home.path });
    expect(await ended).toMatchObject({ code, stderr: expect.stringMatching(words) });
  });

  test('a file that is no certificate does not start', async () => {
    using home = folder();
    const file = join(home.path, 'odd.pem');
    writeFileSync(file, 'odd');
    const args = ['start', '--port', '0', '--memory', '--tls-cert', file, '--tls-key', file];
    expect(await run(args).ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^millrace: Certificate and key cannot be used for TLS: /),
    });
  });
});
