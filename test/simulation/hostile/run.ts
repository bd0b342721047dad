/**
 * Functions that misbehave, on a real server over HTTP: each must get AWS's answer, its neighbours
 * must not notice, and the server must stay up without growing.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, callLambda, createQueue } from '../../../bench/api.ts';
import { active, zipOf } from '../../../bench/functions.ts';
import { rssMegabytes } from '../../../bench/process.ts';
import { freePort } from '../../../bench/servers.ts';
import { advance, pause } from '../torture/time.ts';
import { millraceCommand, Victim } from '../torture/victim.ts';
import { MISDEEDS, type Misdeed, REPORTS } from './misdeeds.ts';

export interface HostileOptions {
  readonly rounds: number;
  readonly say?: (line: string) => void;
}

export interface HostileVerdict {
  readonly invocations: number;
  readonly objections: readonly string[];
  /** Resident memory of the server after the first rounds, and at the end. */
  readonly megabytes: { readonly before: number; readonly after: number };
  readonly died: string | undefined;
}

/** Left alone, V8 lets the heap of an idle machine grow for long: no growth would mean anything. */
const SMALL_HEAP = ['--max-old-space-size=160', '--max-semi-space-size=4'];
const ROLE = 'arn:aws:iam::000000000000:role/hostile';
const HANDLERS = new URL('handlers.mjs', import.meta.url);
/** The first part of a run fills caches and heaps; growth counts from there. */
const WARM_UP_SHARE = 0.2;
/** Slow misdeeds are done in one of so many rounds. */
const SLOW_EVERY = 5;
/** They run into their time-out; the others must not, on a machine however busy. */
const SHORT = ['waits', 'turns'];
const TAIL_BYTES = 4096;

export async function hostile(options: HostileOptions): Promise<HostileVerdict> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-hostile-'));
  const port = await freePort();
  // Foreign code runs in real time all the same; leases of messages end when they are told to.
  const start = ['--clock', 'virtual'];
  const command = millraceCommand(port, join(folder, 'store'), { start, node: SMALL_HEAP });
  const server = new Victim(port, command, join(folder, 'server.log'));
  try {
    server.spawn();
    if (!(await server.ready())) throw new Error(`no server: ${server.died}`);
    return await new Run(options, server).run();
  } finally {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Run {
  readonly #options: HostileOptions;
  readonly #server: Victim;
  readonly #objections: string[] = [];
  #invocations = 0;

  constructor(options: HostileOptions, server: Victim) {
    this.#options = options;
    this.#server = server;
  }

  async run(): Promise<HostileVerdict> {
    const { rounds } = this.#options;
    for (const { name } of MISDEEDS) await this.#make(name);
    const warm = Math.ceil(rounds * WARM_UP_SHARE);
    for (let round = 0; round < warm; round++) await this.#round(round);
    await this.#misreport();
    const before = await this.#restingMegabytes();
    for (let round = warm; round < rounds; round++) await this.#round(round);
    const after = await this.#restingMegabytes();
    return {
      ...{ invocations: this.#invocations, objections: this.#objections },
      ...{ megabytes: { before, after }, died: this.#server.died },
    };
  }

  async #make(name: string): Promise<void> {
    const ZipFile = zipOf({ 'index.mjs': readFileSync(HANDLERS, 'utf8') });
    await callLambda(this.#server.port, 'POST /2015-03-31/functions', {
      ...{ FunctionName: name, Runtime: 'nodejs24.x', Handler: `index.${name}`, Role: ROLE },
      Code: { ZipFile: Buffer.from(ZipFile).toString('base64') },
      ...(SHORT.includes(name) ? { Timeout: 1 } : { Timeout: 30, MemorySize: 512 }),
    });
    await active(this.#server.port, name);
  }

  /** All at once, so that each has neighbours that misbehave. */
  async #round(round: number): Promise<void> {
    if (this.#server.died !== undefined) return;
    const chosen = MISDEEDS.filter(({ slow }) => !slow || round % SLOW_EVERY === 0);
    await Promise.all(chosen.map((misdeed) => this.#invoke(misdeed)));
    if (round % 10 !== 9) return;
    const megabytes = rssMegabytes(this.#server.pid).toFixed(0);
    this.#options.say?.(`after ${round + 1} rounds: ${megabytes} MB`);
  }

  async #invoke(misdeed: Misdeed): Promise<void> {
    const { port } = this.#server;
    const path = `http://127.0.0.1:${port}/2015-03-31/functions/${misdeed.name}/invocations`;
    const scope = 'test/20260101/us-east-1/lambda/aws4_request';
    const Authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    const headers = { Authorization, 'X-Amz-Log-Type': 'Tail' };
    const answer = await fetch(path, { method: 'POST', headers, body: '{}' });
    this.#invocations++;
    const wrong = objection(misdeed, answer, await answer.text());
    if (wrong !== undefined) this.#objections.push(`${misdeed.name}: ${wrong}`);
  }

  /** Each malformed report of a batch leaves its message, which then goes to the dead letters. */
  async #misreport(): Promise<void> {
    const { port } = this.#server;
    await this.#make('misreports');
    const dead = await createQueue(port, 'dead');
    const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 1 };
    const RedrivePolicy = JSON.stringify(redrive);
    const queue = await createQueue(port, 'work', { VisibilityTimeout: '30', RedrivePolicy });
    await callLambda(port, 'POST /2015-03-31/event-source-mappings', {
      ...{ FunctionName: 'misreports', EventSourceArn: queue.arn, BatchSize: 1 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    for (const report of REPORTS) {
      const input = { QueueUrl: queue.url, MessageBody: JSON.stringify(report) };
      await call(port, 'sqs', 'SendMessage', input);
    }
    this.#invocations += REPORTS.length;
    const failing = REPORTS.filter(({ done }) => !done).map((report) => JSON.stringify(report));
    // Once for each lease, after which a message that was left is buried.
    for (const by of ['1s', '31s', '31s']) await advance(port, by);
    const asked = { QueueUrl: dead.url, MaxNumberOfMessages: 10 };
    const { Messages = [] } = await call(port, 'sqs', 'ReceiveMessage', asked);
    const buried = (Messages as readonly { readonly Body: string }[]).map(({ Body }) => Body);
    const asText = (bodies: readonly string[]) => bodies.toSorted().join('\n');
    if (asText(buried) === asText(failing)) return;
    this.#objections.push(`misreports: buried were ${asText(buried)}`);
  }

  async #restingMegabytes(): Promise<number> {
    await pause(1_500);
    return this.#server.died === undefined ? rssMegabytes(this.#server.pid) : 0;
  }
}

/** What is wrong with an answer; undefined when it is AWS's. */
function objection(misdeed: Misdeed, { status, headers }: Response, text: string) {
  if (status !== 200) return `status ${status}: ${text.slice(0, 300)}`;
  const functionError = headers.get('x-amz-function-error') ?? undefined;
  if (functionError !== misdeed.functionError) return `function error ${functionError}: ${text}`;
  const tail = Buffer.from(headers.get('x-amz-log-result') ?? '', 'base64');
  if (tail.length > TAIL_BYTES) return `${tail.length} bytes of log`;
  if (!/REPORT RequestId: /.test(tail.toString())) return `no report in the log: ${tail}`;
  if (!misdeed.functionError) {
    return text === misdeed.answers ? undefined : `answered ${text.slice(0, 300)}`;
  }
  const { errorType, errorMessage } = JSON.parse(text);
  if (errorType !== misdeed.answers) return `error type ${errorType}`;
  return misdeed.message?.test(errorMessage) ? undefined : `error message ${errorMessage}`;
}
