import { describe, expect, test } from 'vitest';
import { env } from '../../src/cli/env.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { commandLog } from '../../src/cli/log.ts';
import { program } from '../../src/cli/program.ts';
import { forPeople, status } from '../../src/cli/status.ts';
import { VERSION } from '../../src/core/version.ts';
import { openPort } from '../server/fixture.ts';
import { service, wired } from '../server/stack.ts';
import { run } from './millrace.ts';

const OPTIONS = { port: 4566, region: 'us-east-1' };

describe('help', () => {
  test.each([
    [['--help'], 'millrace start'],
    [['start', '-h'], 'millrace start --memory'],
    [['env', '-h'], 'eval'],
    [['status', '-h'], 'millrace status --json'],
    [['backup', '-h'], 'millrace backup --verify'],
    [['restore', '-h'], 'millrace restore'],
    [['export', '-h'], 'millrace export'],
    [['import', '-h'], 'millrace import'],
    [['trace', '-h'], 'millrace trace'],
    [['tail', '-h'], 'millrace tail --once'],
    [['dlq', '-h'], 'millrace dlq list'],
    [['send', '-h'], 'millrace send arn:aws:sqs'],
  ])('%s shows examples first', async (args, example) => {
    const { code, stdout, stderr } = await run(args).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe('Examples:');
    expect(stdout.indexOf(example)).toBeLessThan(stdout.indexOf('Usage:'));
  });

  test('every option of every command is described', () => {
    for (const command of program().commands.flatMap((one) => [one, ...one.commands])) {
      for (const option of command.options) expect(option.description).not.toBe('');
    }
  });
});

describe('version and env', () => {
  test.each([['version'], ['--version'], ['-V']])('%s prints the version', async (arg) => {
    expect(await run([arg]).ended).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  test('env is a script that points at the server and forgets real accounts', () => {
    const script = env({ ...OPTIONS, port: 5000 });
    expect(script).toContain("export AWS_ENDPOINT_URL='http://127.0.0.1:5000';\n");
    expect(script).toContain('unset AWS_PROFILE AWS_SESSION_TOKEN;\n');
    expect(env({ ...OPTIONS, region: "it's" })).toContain(`AWS_REGION='it'\\''s'`);
  });

  test('env as JSON has the same variables', () => {
    expect(JSON.parse(env({ ...OPTIONS, json: true }))).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_REGION: 'us-east-1',
    });
  });

  test('env as a profile is a section of the configuration file', () => {
    const profile = env({ ...OPTIONS, profile: true });
    expect(profile).toMatch(/^\[profile millrace\]\nendpoint_url = http:\/\/127\.0\.0\.1:4566\n/);
  });
});

describe('status', () => {
  test('tells what the server says, for people or as JSON', async () => {
    await using at = await wired([service('sqs', {})]);
    const { endpoint } = at.served;
    const shown = await status({ endpoint });
    expect(shown).toMatch(/^version {5}\d/);
    expect(shown).toMatch(/^up {10}\d+ s\nprocess {5}\d+$/m);
    expect(JSON.parse(await status({ endpoint, json: true }))).toMatchObject({
      endpoint,
      services: ['sqs'],
    });
  });

  test('shows nodes, queues and warnings to people', () => {
    const node = { version: '1', host: 'h', startedAtMs: 0, seenAtMs: 90_000 };
    const commits = { count: 9, p50Ms: 1, p99Ms: 5 };
    const queue = { queue: 'orders', visible: 12, inFlight: 3, delayed: 0, oldestAgeMs: 7_200_000 };
    const totals = { queues: 1, counted: 1, visible: 12, inFlight: 3, delayed: 0 };
    const shown = forPeople({
      version: '1',
      services: ['sqs', 'sns'],
      upMs: 90_000,
      processId: 7,
      nodes: [
        { ...node, address: 'http://10.0.0.1:4566', processId: 7, clockOffsetMs: 1.6, commits },
        { ...node, address: 'http://10.0.0.2:4566', processId: 8 },
      ],
      storage: { engine: 'postgres', commits, gauges: { oldest_snapshot: 4.00049 } },
      backlog: { ...totals, oldestAgeMs: 7_200_000, fullest: [queue] },
      warnings: ['Process 4 holds a snapshot.'],
    });
    expect(shown).toBe(`version     1
services    sqs, sns
up          90 s
process     7

storage          postgres, commits 1 ms, p99 5 ms
oldest_snapshot  4
queues           1 with messages
messages         12 to claim, 3 on lease, 0 delayed
oldest           2 h

node                  version  process  up    clock  commits
http://10.0.0.1:4566  1        h/7      90 s  2 ms   1 ms, p99 5 ms
http://10.0.0.2:4566  1        h/8      90 s  -      -

queue   to claim  on lease  delayed  oldest
orders  12        3         0        2 h

warning: Process 4 holds a snapshot.
`);
    expect(forPeople({ version: '0', upMs: 0, processId: 1 })).toContain('process     1');
  });

  test('ends with 3 when nobody answers, and when somebody else does', async () => {
    const nobody = status({ endpoint: 'http://127.0.0.1:1' });
    await expect(nobody).rejects.toMatchObject({ exitCode: EXIT.unreachable });
    await using other = await openPort();
    const stranger = status({ endpoint: `http://127.0.0.1:${other.port}` });
    await expect(stranger).rejects.toMatchObject({ exitCode: EXIT.unreachable });
    expect(await run(['status', '--endpoint', 'http://127.0.0.1:1']).ended).toMatchObject({
      code: 3,
      stdout: '',
    });
  });

  test('asks at the port of the variable, as the other commands do', async () => {
    await using at = await wired([service('sqs', {})]);
    const env = { MILLRACE_PORT: String(at.served.port) };
    const { code, stdout } = await run(['status', '--json'], { env }).ended;
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      endpoint: at.served.endpoint,
    });
  });

  test.each(['nonsense', 'ftp://127.0.0.1', ''])('%j is a wrong use', async (endpoint) => {
    await expect(status({ endpoint })).rejects.toMatchObject({ exitCode: EXIT.usage });
  });
});

describe('wrong uses', () => {
  test.each([
    [['strat'], 'Did you mean start?'],
    [['start', '--prot', '1'], 'Did you mean --port?'],
    [['start', '--port', '70000'], '65535'],
    [['start', '--port', '-1'], '65535'],
    [['start', '--account', '12'], 'twelve digits'],
    [['start', '--shutdown-timeout', 'soon'], 'seconds'],
    [['start', '--durability', 'none'], 'power, process'],
    [['start', '--memory', '--data', 'x'], 'cannot be used with'],
    [['env', '--json', '--profile'], 'cannot be used with'],
    [['start', 'extra'], 'too many arguments'],
    [['backup'], 'give one of'],
    [['backup', '--out', 'x', '--verify', 'x'], 'give one of'],
    [['restore'], "missing required argument 'file'"],
    [['export'], "required option '--out <file>'"],
    [['import', 'x', '--data', 'x', '--store', 'postgres://x'], 'cannot be used with'],
  ])('%j ends with 2 and says why', async (args, why) => {
    const { code, stdout, stderr } = await run(args).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(stderr).toMatch(/^millrace: /);
  });
});

describe('messages', () => {
  const said = (people: boolean, level?: string) => {
    const lines: string[] = [];
    const log = commandLog({
      people,
      level,
      write: (line) => lines.push(line),
      nowMs: () => 0,
    });
    log.info('begun', { port: 1 });
    log.warn('odd');
    log.error('broke', { requestId: 'r', stack: 'Error: x\n    at y' });
    return lines;
  };

  test('are lines for people and objects for machines', () => {
    expect(said(true)).toEqual([
      'begun port=1\n',
      'warn: odd\n',
      'error: broke requestId=r\nError: x\n    at y\n',
    ]);
    expect(said(false).map((line) => JSON.parse(line))[0]).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      level: 'info',
      message: 'begun',
      port: 1,
    });
  });

  test.each([
    ['error', 1],
    ['warn', 2],
    ['INFO', 3],
    ['silent', 0],
    ['unheard-of', 3],
  ])('at LOG_LEVEL %s there are %d of three', (level, count) => {
    expect(said(false, level)).toHaveLength(count);
  });
});
