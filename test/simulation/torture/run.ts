/**
 * The torture: a server under load is killed and restarted, cycle after cycle. After each stretch
 * of cycles everything is drained and the history checked; then a new one begins on the same data.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../bench/servers.ts';
import { type Ids, seededIds } from '../../../src/core/ids.ts';
import { check } from '../checker/check.ts';
import type { Entry, Finding, ScheduleFacts } from '../history.ts';
import { type Cast, OneServer } from './cast.ts';
import { ENDPOINT, Endpoint } from './endpoint.ts';
import { type Evidence, evidenceIn, NO_EVIDENCE, sum, ticksAfterCrashes } from './evidence.ts';
import { killFunction } from './kills.ts';
import { Late } from './late.ts';
import { Notebook } from './notebook.ts';
import { leftIn, owedTo, unfed } from './owed.ts';
import { type Fed, factsOf, makeFed, makeSqs, type Resources, startTicking } from './resources.ts';
import { readChanges, readRecords } from './streams.ts';
import { pause } from './time.ts';
import { type Command, millraceCommand, Victim } from './victim.ts';
import { type Scene, startWorkers } from './workers.ts';

export interface TortureOptions {
  readonly cycles: number;
  readonly seed: number;
  /** Cycles between two checks. */
  readonly stretch: number;
  /** Only queues; for servers that speak nothing else. */
  readonly sqsOnly?: boolean;
  /** The servers, whose data is in the folder. Default: one millrace with a data directory. */
  readonly cast?: (folder: string, ids: Ids) => Promise<Cast>;
  /** How long the schedule may be late, when others have to find out that a node is gone. */
  readonly lateMs?: number;
  readonly say?: (line: string) => void;
}

export interface Verdict {
  readonly cycles: number;
  /** How often each misfortune happened. */
  readonly misfortunes: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  readonly complaints: readonly string[];
  /** Why the server ended by itself, if it did. */
  readonly died: string | undefined;
  readonly sends: number;
  readonly publishes: number;
  readonly deliveries: number;
  readonly evidence: Evidence;
  readonly restartsMs: readonly number[];
  /** Requests that were told to come again, because the database was away. */
  readonly unavailable: number;
}

const MINUTE_MS = 60_000;

export async function torture(options: TortureOptions): Promise<Verdict> {
  const data = mkdtempSync(join(tmpdir(), 'millrace-torture-'));
  const ids = seededIds(options.seed);
  const cast = await (options.cast ?? oneMillrace)(data, ids);
  const run = new Torture(options, cast, ids);
  let isGood = false;
  try {
    const verdict = await run.run();
    isGood = verdict.findings.length + verdict.complaints.length === 0 && !verdict.died;
    return verdict;
  } finally {
    await run.end();
    if (isGood) rmSync(data, { recursive: true, force: true });
    else options.say?.(`what the servers have said is in ${data}`);
  }
}

/** One server, which is started on one port and one data directory again and again. */
async function oneMillrace(data: string, ids: Ids): Promise<Cast> {
  const port = await freePort();
  return oneServer(port, millraceCommand(port, join(data, 'store')), data, ids);
}

export function oneServer(
  port: number,
  command: Command,
  data: string,
  ids: Ids,
  prepare?: (port: number) => Promise<void>,
): Cast {
  const victim = new Victim(port, command, join(data, 'server.log'), prepare);
  return new OneServer(victim, data, ids);
}

class Torture {
  readonly #options: TortureOptions;
  readonly #cast: Cast;
  readonly #endpoint: Endpoint;
  readonly #notebook: Notebook;
  readonly #late = new Late(ENDPOINT);
  readonly #ids: Ids;
  readonly #findings: Finding[] = [];
  readonly #misfortunes: Record<string, number> = {};
  readonly #crashedAtMs: number[] = [];
  readonly #fired: number[] = [];
  #tickingSinceMs = 0;
  #cycles = 0;
  #counts = { sends: 0, publishes: 0, deliveries: 0 };
  #evidence = NO_EVIDENCE;
  #functionKills = 0;
  #keys = 0;

  constructor(options: TortureOptions, cast: Cast, ids: Ids) {
    this.#options = options;
    this.#cast = cast;
    this.#ids = ids;
    this.#notebook = new Notebook({ manyNodes: cast.patienceMs() !== undefined });
    this.#endpoint = new Endpoint(async (subscribeUrl) => {
      await fetch(subscribeUrl);
    });
  }

  async run(): Promise<Verdict> {
    if (!(await this.#cast.begin())) return this.#verdict();
    const resources = await this.#prepare();
    while (this.#cycles < this.#options.cycles && this.#isWell()) await this.#stretch(resources);
    return this.#verdict();
  }

  async end(): Promise<void> {
    await this.#cast.end();
    this.#endpoint.close();
  }

  async #prepare(): Promise<Resources> {
    const { port } = await this.#cast.pick();
    const resources = await makeSqs(port);
    if (this.#options.sqsOnly) return resources;
    const fed = await makeFed(port, await this.#endpoint.listen());
    await pause(500); // For the endpoint to confirm its subscription.
    await startTicking(port, fed.ticks);
    this.#tickingSinceMs = Date.now();
    return { ...resources, fed };
  }

  async #stretch(resources: Resources): Promise<void> {
    const { cycles, stretch } = this.#options;
    const until = Math.min(cycles, this.#cycles + stretch);
    const scene: Scene = {
      ...{ cast: this.#cast, notebook: this.#notebook, resources, ids: this.#ids },
      ...{ draining: false, ended: false, keys: this.#keys },
    };
    const workers = startWorkers(scene);
    const others = Promise.all([this.#changeMoods(scene), this.#killFunctions(scene)]);
    while (this.#cycles < until && this.#isWell()) await this.#cycle();
    scene.draining = true;
    await others;
    const drained = this.#isWell() && (await this.#drain(resources));
    scene.ended = true;
    // A server that died answers nobody: the workers that wait for it are left where they are.
    if (this.#isWell()) await Promise.all(workers);
    this.#keys = scene.keys;
    await this.#check(resources, drained);
  }

  async #cycle(): Promise<void> {
    const kind = await this.#cast.befall();
    if (!this.#isWell()) return;
    this.#crashedAtMs.push(Date.now());
    this.#notebook.entries.push({ op: 'crash', atMs: performance.now() });
    this.#misfortunes[kind] = (this.#misfortunes[kind] ?? 0) + 1;
    this.#cycles++;
  }

  /** The endpoint fails for seconds, recovers for seconds, and is well when all is drained. */
  async #changeMoods(scene: Scene): Promise<void> {
    while (!scene.draining && this.#isWell()) {
      const luck = this.#ids.random();
      this.#endpoint.mood = luck < 0.5 ? 'well' : luck < 0.8 ? 'failing' : 'gone';
      await pause(500 + this.#ids.random() * 3_000);
    }
    this.#endpoint.mood = 'well';
  }

  /** A function that is killed fails what it worked on; the server goes on. */
  async #killFunctions(scene: Scene): Promise<void> {
    while (scene.resources.fed && !scene.draining && this.#isWell()) {
      const { victims } = this.#cast;
      const victim = victims[Math.floor(this.#ids.random() * victims.length)];
      if (victim && (await killFunction(victim, this.#ids))) this.#functionKills++;
    }
  }

  /** Waits until every queue is empty and the endpoint has what was promised to it. */
  async #drain(resources: Resources): Promise<boolean> {
    if (!(await this.#cast.ready())) return false;
    const { port } = await this.#cast.pick();
    const giveUpAtMs = performance.now() + this.#cast.drainMs;
    let empty = 0;
    let waitedFor = '';
    // Producers that were waiting for an answer may add to the queues for a moment.
    while (empty < 3 && performance.now() < giveUpAtMs) {
      await pause(300);
      const { entries } = this.#notebook;
      const left = await leftIn(port, resources);
      const owed = owedTo(this.#endpoint, entries) + unfed(resources, entries);
      empty = left === 0 && owed === 0 ? empty + 1 : 0;
      waitedFor = `${left} messages in queues and ${owed} that were to arrive`;
    }
    if (empty < 3) this.#notebook.complaints.push(`not drained in time: ${waitedFor}`);
    return true;
  }

  async #check(resources: Resources, drained: boolean): Promise<void> {
    const entries: Entry[] = [...this.#notebook.entries, ...this.#endpoint.arrivals];
    for (const entry of entries) this.#count(entry);
    const queues = factsOf(resources);
    const ordered = new Set(queues.flatMap((queue) => (queue.ordered ? queue.name : [])));
    const { buried, fed } = resources;
    const streams = { changes: fed?.changes.name, records: fed?.records.name };
    const places = { ordered, buried: buried.name, carried: fed?.called.name, ...streams };
    const seen = evidenceIn(entries, places);
    this.#evidence = sum(this.#evidence, seen);
    const late = this.#late.publishes;
    this.#late.endStretch(entries);
    const findings = check({
      ...{ entries: [...late, ...entries], drained, queues, endedAtMs: performance.now() },
      mayLoseClaims: this.#cast.patienceMs() !== undefined,
      ...(fed && { schedules: [this.#schedule(fed.ticks.name)] }),
      ...(fed && drained && (await this.#readStreams(fed))),
    });
    this.#findings.push(...findings);
    this.#notebook.entries = [];
    this.#endpoint.arrivals = [];
    const { sends, publishes, deliveries } = this.#counts;
    const work = `${sends} sends, ${publishes} publishes, ${deliveries} deliveries`;
    this.#options.say?.(`after ${this.#cycles} cycles: ${work}; ${this.#findings.length} findings`);
  }

  async #readStreams({ changes, records }: Fed) {
    const { port } = await this.#cast.pick();
    return {
      changes: await readChanges(port, changes),
      records: await readRecords(port, records),
    };
  }

  #count(entry: Entry): void {
    if (entry.op === 'send') this.#counts.sends++;
    if (entry.op === 'publish') this.#counts.publishes++;
    if (entry.op === 'arrival') this.#counts.deliveries++;
    if (entry.op !== 'receive') return;
    this.#counts.deliveries += entry.messages.length;
    for (const { key } of entry.messages) {
      const [, time] = /^tick (\S+) /.exec(key) ?? [];
      if (time !== undefined && !this.#isRepeated(key)) this.#fired.push(Date.parse(time));
    }
  }

  readonly #ticks = new Set<string>();

  /** A tick received twice (its lease ran out) still fired once. */
  #isRepeated(key: string): boolean {
    const repeated = this.#ticks.has(key);
    this.#ticks.add(key);
    return repeated;
  }

  #schedule(queue: string): ScheduleFacts {
    return {
      ...{ queue, periodMs: MINUTE_MS, firedAtMs: this.#fired, crashedAtMs: this.#crashedAtMs },
      ...{ fromMs: this.#tickingSinceMs, untilMs: Date.now(), toleranceMs: 10_000 },
      ...(this.#options.lateMs !== undefined && { lateMs: this.#options.lateMs }),
    };
  }

  #isWell(): boolean {
    return this.#cast.died === undefined && this.#notebook.complaints.length === 0;
  }

  #verdict(): Verdict {
    const ticks = ticksAfterCrashes(this.#fired, this.#crashedAtMs);
    return {
      ...this.#counts,
      evidence: { ...this.#evidence, ticks, functionKills: this.#functionKills },
      cycles: this.#cycles,
      misfortunes: this.#misfortunes,
      findings: this.#findings,
      complaints: this.#notebook.complaints,
      died: this.#cast.died,
      restartsMs: this.#cast.victims.flatMap(({ restartsMs }) => restartsMs),
      unavailable: this.#notebook.unavailable,
    };
  }
}
