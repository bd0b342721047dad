/**
 * boto3 behind the suite's interface: one Python process per test worker, JSON lines both ways.
 *
 * The interpreter is `BOTO3_PYTHON`, else `.venv/bin/python`; `scripts/python-venv.sh` makes it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Caller, type Failure, type Sdk, SdkFailure } from './suite.ts';

interface Answer {
  readonly id: number;
  readonly output?: object;
  readonly failure?: Failure;
  /** Something broke that is no answer of the server. */
  readonly broken?: string;
}

interface Waiting {
  readonly resolve: (output: object) => void;
  readonly reject: (cause: Error) => void;
}

export class Boto3 implements Sdk {
  call(caller: Caller, service: string, operation: string, input: object): Promise<object> {
    return bridge().ask({ ...caller, service, operation, input });
  }

  /** The process is shared by the worker's tests, so only its clients of this server go. */
  async close(endpoint: string): Promise<void> {
    if (running) await running.ask({ forget: endpoint });
  }
}

/** The interpreter that has boto3. */
export function python(): string {
  const root = new URL('../../', import.meta.url);
  const path = process.env.BOTO3_PYTHON ?? fileURLToPath(new URL('.venv/bin/python', root));
  if (existsSync(path)) return path;
  throw new Error(`SDK=boto3 needs ${path}: run "bash scripts/python-venv.sh" first.`);
}

let running: Bridge | undefined;

function bridge(): Bridge {
  running ??= new Bridge();
  return running;
}

class Bridge {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor() {
    const script = fileURLToPath(new URL('boto3_bridge.py', import.meta.url));
    const child = spawn(python(), [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    child.on('exit', (code) => this.#lost(new Error(`The boto3 bridge exited with ${code}.`)));
    child.on('error', (cause) => this.#lost(cause));
    // The worker may end while the bridge waits for more to do.
    child.unref();
    for (const stream of [child.stdin, child.stdout]) {
      (stream as unknown as { unref?: () => void }).unref?.();
    }
  }

  ask(question: object): Promise<object> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.stdin?.write(`${JSON.stringify({ id, ...question }, marked)}\n`);
    });
  }

  #take(line: string): void {
    const { id, output, failure, broken } = JSON.parse(line, unmarked) as Answer;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (failure) waiting?.reject(new SdkFailure(failure));
    else if (broken !== undefined) waiting?.reject(new Error(broken));
    else waiting?.resolve(output ?? {});
  }

  #lost(cause: Error): void {
    running = undefined;
    for (const { reject } of this.#waiting.values()) reject(cause);
    this.#waiting.clear();
  }
}

/** JSON has no bytes: they travel as `{ "$bytes": base64 }`, Buffers too, before their own JSON. */
function marked(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const given = this[key];
  return given instanceof Uint8Array ? { $bytes: Buffer.from(given).toString('base64') } : value;
}

function unmarked(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
  return new Uint8Array(Buffer.from(String(value.$bytes), 'base64'));
}
