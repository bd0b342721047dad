/**
 * The files of deploy/ fit the server: commands, options, paths, metrics. Where the tools that read
 * them are there, those read them too.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { program } from '../../src/cli/program.ts';
import { countDelivery } from '../../src/delivery/figures.ts';
import { wired } from '../server/stack.ts';

const read = (path: string) => readFileSync(join('deploy', path), 'utf8');
const UNITS = ['millrace.service', 'nodes/millrace-node@.service'];

const folder = mkdtempSync(join(tmpdir(), 'millrace-deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a tool says of a file; nothing where the tool is missing. */
function complaints(tool: string, ...args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return '';
  return status === 0 ? '' : `${stdout}${stderr}`;
}

/** Variables that the server or Node.js reads: those of options, and a few of their own. */
function isKnown(variable: string): boolean {
  const own = ['NODE_ENV', 'LOG_LEVEL', 'MILLRACE_SECRETS_KEY'];
  const options = program().commands.flatMap((command) => command.options);
  return own.includes(variable) || options.some(({ envVar }) => envVar === variable);
}

describe('variables', () => {
  test.each(['Containerfile', ...UNITS, 'nodes/node.env'])('of %s are read by somebody', (path) => {
    const settings = read(path).replaceAll(/^#.*$/gm, '');
    const names = [...settings.matchAll(/\b(MILLRACE_[A-Z_]+|LOG_LEVEL|NODE_ENV)\b=/g)];
    expect(names.length).toBeGreaterThan(0);
    for (const [, name = ''] of names) expect({ [name]: isKnown(name) }).toEqual({ [name]: true });
  });
});

describe('the container', () => {
  const text = read('Containerfile');

  test('copies what is there, and starts what the package has', () => {
    for (const [, sources = ''] of text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
      for (const source of sources.split(' '))
        expect([source, existsSync(source)]).toEqual([source, true]);
    }
    const bin = join('node_modules', manifest.name, manifest.bin.millrace);
    expect(text).toContain(`/opt/millrace/${bin} /usr/local/bin/millrace`);
    expect(text).toContain(`pg@${manifest.devDependencies.pg}`);
  });

  test('runs as nobody special, ends by the signal that drains, and is looked after', async () => {
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toMatch(/^VOLUME \/var\/lib\/millrace$/m);
    expect(last).toContain(`ENTRYPOINT ["${Object.keys(manifest.bin)[0]}"]`);
    await using at = await wired([]);
    const [, script = ''] = /CMD \["node", "-e", \\\n\s*"(.*)"\]/.exec(last) ?? [];
    const check = (port: number) => {
      const env = { ...process.env, MILLRACE_PORT: String(port) };
      return new Promise((resolve) => {
        spawn(process.execPath, ['-e', script], { env, stdio: 'ignore' }).on('exit', resolve);
      });
    };
    expect(await check(at.served.port)).toBe(0);
    expect(await check(1)).toBe(1);
  });
});

describe('units', () => {
  test.each(UNITS)('%s is one for systemd', (path) => {
    const unit = read(path).replace('/usr/local/bin/millrace', process.execPath);
    const file = join(folder, basename(path).replace('@', '@4567'));
    writeFileSync(file, unit);
    expect(complaints('systemd-analyze', 'verify', '--man=no', file)).toBe('');
    expect(unit).toMatch(/^KillSignal=SIGTERM$/m);
    expect(unit).toMatch(/^ExecStart=\S+ start$/m);
    // The drain has ten seconds, and the storage one more.
    expect(Number(/^TimeoutStopSec=(\d+)s$/m.exec(unit)?.[1])).toBeGreaterThan(11);
  });
});

describe('balancers', () => {
  test('haproxy and nginx take their files', () => {
    expect(complaints('haproxy', '-c', '-f', 'deploy/nodes/haproxy.cfg')).toBe('');
    const conf = join(process.cwd(), 'deploy/nodes/nginx.conf');
    expect(complaints('nginx', '-t', '-c', conf, '-p', folder)).toBe('');
  });

  test('both know the same nodes, which Prometheus asks', () => {
    const nodesIn = (path: string) => [...new Set(read(path).match(/10\.0\.0\.\d+:4566/g))];
    const nodes = nodesIn('nodes/haproxy.cfg');
    expect(nodes).toHaveLength(3);
    expect(nodesIn('nodes/nginx.conf')).toEqual(nodes);
    expect(nodesIn('prometheus/scrape.yml')).toEqual(nodes);
  });
});

describe('alerts', () => {
  const text = read('prometheus/alerts.yml');

  test('ask for figures that there are', async () => {
    await using at = await wired([]);
    for (const outcome of ['lost', 'dead-lettered'] as const) {
      countDelivery(at.stack, 'http', outcome);
    }
    const families = await at.stack.metrics.families();
    const names = new Set(families.map(({ name }) => name));
    const asked = [...text.matchAll(/\b((?:millrace|process|nodejs)_\w+?)(?:_bucket)?\b[{[]/g)];
    expect(asked.length).toBeGreaterThan(8);
    for (const [, name = ''] of asked) expect(names).toContain(name);
    for (const [, outcome] of text.matchAll(/millrace_deliveries_total\{outcome="(.*?)"/g)) {
      expect(['lost', 'dead-lettered']).toContain(outcome);
    }
  });

  test('ask for figures of PostgreSQL that its probe has', () => {
    const probe = readFileSync('src/storage/postgres/probe.ts', 'utf8');
    const asked = [...text.matchAll(/figure="(\w+)"/g)];
    expect(asked.length).toBeGreaterThan(1);
    for (const [, figure] of asked) expect(probe).toContain(`${figure}:`);
  });

  test('have a severity, and a line in the guide', () => {
    const guide = readFileSync('docs/guides/operations.md', 'utf8');
    const alerts = [...text.matchAll(/- alert: (\w+)\n([\s\S]*?)(?=\n {6}- alert|$)/g)];
    expect(alerts.length).toBeGreaterThan(8);
    for (const [, name = '', rule = ''] of alerts) {
      expect(rule).toMatch(/severity: (page|ticket)\n/);
      expect(guide).toContain(`\`${name}\``);
    }
  });

  test('are rules that promtool takes', () => {
    expect(complaints('promtool', 'check', 'rules', 'deploy/prometheus/alerts.yml')).toBe('');
  });
});

test('every file of deploy is named in the guide', () => {
  const guide = readFileSync('docs/guides/operations.md', 'utf8');
  const files = readdirSync('deploy', { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) expect(guide).toContain(file.name);
});
