/**
 * Claim: a warm function that answers with what it got is invoked at least 3,000 times in a second
 * of the server's CPU time, and at 8 in flight half of the answers come within 2 ms.
 *
 * The functions are processes of their own. They run on the generator's core, as if on another
 * machine; what they cost stands beside the server's cost and is not part of it.
 */
import { createFunction, ECHO } from './functions.ts';
import { startMiniStack } from './ministack.ts';
import { childrenOf, GENERATOR_CORE, pinRunning } from './process.ts';
import {
  alone,
  atLeast,
  atMost,
  type Bench,
  figure,
  LOAD_COLUMNS,
  loadRow,
  type Report,
} from './report.ts';
import { type Contender, compare, drive, type Options } from './rounds.ts';
import { type Server, startFloor, startMillrace } from './servers.ts';

const IN_FLIGHT = 8;
const GOAL = 3_000;
const GOAL_P50_MS = 2;
const NAME = 'echo';
const PAYLOAD_BYTES = 128;

export const lambdaInvoke: Bench = { name: 'lambda-invoke', run };

async function run(options: Options): Promise<Report> {
  await using floor = await startFloor(PAYLOAD_BYTES + 11);
  await using millrace = await startMillrace();
  await using peer = options.withoutPeer ? undefined : await startMiniStack();
  const servers = [millrace, ...(peer ? [peer] : [])];
  for (const server of servers) {
    await createFunction(server.port, NAME, ECHO);
    warmUp(server, options);
  }
  const scenario = { kind: 'invoke', to: NAME, bytes: PAYLOAD_BYTES } as const;
  const contenders = [floor, ...servers].map((server): Contender => ({ server, scenario }));
  const results = await compare(contenders, IN_FLIGHT, options);
  const ours = results[1];
  return {
    bench: lambdaInvoke.name,
    claim: `warm invocations of a Node.js function that echoes, ${IN_FLIGHT} in flight`,
    columns: [...LOAD_COLUMNS, 'CPU µs of the functions'],
    rows: results.map((result) => [
      ...loadRow(result.name, result),
      figure(result.childrenMicros.median, 0),
    ]),
    checks: [
      atLeast('invocations per CPU second', ours?.perCpuSecond.median ?? 0, GOAL),
      atMost('p50 in ms', ours?.p50Ms.median ?? Number.NaN, GOAL_P50_MS),
    ],
    notes: peer ? [] : ['MiniStack was left out.'],
  };
}

/** Starts the environments, and moves them off the server's core. */
function warmUp(server: Server, options: Options): void {
  const job = { connections: IN_FLIGHT, warmUpSeconds: 0.5, seconds: options.quick ? 0.3 : 2 };
  drive(server, { ...job, scenario: { kind: 'invoke', to: NAME, bytes: PAYLOAD_BYTES } });
  pinRunning(GENERATOR_CORE, childrenOf(server.pid));
}

if (import.meta.main) await alone(lambdaInvoke);
