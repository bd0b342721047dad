/**
 * The load generator: N keep-alive connections, each with one request in flight.
 *
 * Runs as a process of its own, pinned away from the server. Takes a job as JSON in its first
 * argument and prints a `Sample` as JSON. The server's CPU time is read at the edges of the
 * measured window, so what it cost is what the counted answers cost.
 */
import { createHistogram } from 'node:perf_hooks';
import { type Answer, Connection } from './connection.ts';
import { childrenCpuSeconds, cpuSeconds } from './process.ts';
import { type Scenario, type Worker, worker } from './scenarios.ts';

export interface Job {
  readonly port: number;
  /** The server's process, whose CPU time is read. */
  readonly pid: number;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Stop after so many counted messages instead of after `seconds`. */
  readonly limit?: number;
  readonly scenario: Scenario;
}

export interface Sample {
  readonly answers: number;
  readonly counted: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of the processes that the server has started. */
  readonly childrenCpuSeconds: number;
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 200, and connections lost. */
  readonly failures: number;
  readonly firstFailure?: string;
  /** Near 1, the generator was the bottleneck of the wall rate (not of the rate per CPU second). */
  readonly generatorLoad: number;
}

/** One run: warm-up, measured window, result. */
class Run {
  readonly #job: Job;
  readonly #latency = createHistogram();
  readonly #connections: Connection[] = [];
  readonly #edge = { cpu: 0, children: 0, own: 0, atMs: 0 };
  #answers = 0;
  #counted = 0;
  #failures = 0;
  #firstFailure: string | undefined;
  readonly #sample = Promise.withResolvers<Sample>();

  constructor(job: Job) {
    this.#job = job;
  }

  start(): Promise<Sample> {
    const { connections, scenario, limit, warmUpSeconds, seconds } = this.#job;
    this.#begin();
    for (let i = 0; i < connections; i++) this.#drive(worker(scenario, i));
    if (limit === undefined) {
      setTimeout(() => this.#begin(), warmUpSeconds * 1000);
      setTimeout(() => this.#end(), (warmUpSeconds + seconds) * 1000);
    }
    return this.#sample.promise;
  }

  #begin(): void {
    this.#latency.reset();
    this.#answers = this.#counted = this.#failures = 0;
    this.#edge.cpu = cpuSeconds(this.#job.pid);
    this.#edge.children = childrenCpuSeconds(this.#job.pid);
    this.#edge.own = ownCpuSeconds();
    this.#edge.atMs = performance.now();
  }

  #end(): void {
    const wallSeconds = (performance.now() - this.#edge.atMs) / 1000;
    const cpu = cpuSeconds(this.#job.pid) - this.#edge.cpu;
    const children = childrenCpuSeconds(this.#job.pid) - this.#edge.children;
    const own = ownCpuSeconds() - this.#edge.own;
    for (const connection of this.#connections) connection.close();
    this.#sample.resolve({
      answers: this.#answers,
      counted: this.#counted,
      failures: this.#failures,
      wallSeconds,
      cpuSeconds: cpu,
      childrenCpuSeconds: children,
      perCpuSecond: this.#counted / cpu,
      perSecond: this.#counted / wallSeconds,
      p50Ms: this.#latency.percentile(50) / 1e6,
      p99Ms: this.#latency.percentile(99) / 1e6,
      generatorLoad: own / wallSeconds,
      ...(this.#firstFailure !== undefined && { firstFailure: this.#firstFailure }),
    });
  }

  #drive(steps: Worker): void {
    let sentAtMs = 0;
    const send = (answer: Answer | undefined) => {
      const request = steps.next(answer);
      sentAtMs = performance.now();
      connection.send(request);
    };
    const connection = new Connection(this.#job.port, {
      answered: (answer) => {
        this.#latency.record(Math.max(1, Math.round((performance.now() - sentAtMs) * 1e6)));
        this.#answers++;
        if (answer.status === 200) this.#counted += steps.counted(answer);
        else this.#failed(`${answer.status} ${answer.body.toString()}`);
        if (this.#counted >= (this.#job.limit ?? Number.POSITIVE_INFINITY)) this.#end();
        else send(answer);
      },
      lost: () => this.#failed('the connection was lost'),
    });
    this.#connections.push(connection);
    send(undefined);
  }

  #failed(text: string): void {
    this.#failures++;
    this.#firstFailure ??= text.slice(0, 300);
  }
}

function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

if (import.meta.main) {
  const sample = await new Run(JSON.parse(process.argv[2] ?? '')).start();
  console.log(JSON.stringify(sample));
}
