/**
 * Claim: PutEvents of ten entries, each matching exactly one rule, takes at least 10,000 events per
 * second of CPU time when the bus has 2,000 rules; matching itself costs at most 1.2 × what it does
 * with one rule. The target is a queue, so each event is also delivered before the answer.
 */
import { allow, call, createQueue } from './api.ts';
import { matchingCost, patternOf, sourceOf } from './matching.ts';
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
import { type Contender, compare, type Options } from './rounds.ts';
import type { Server } from './servers.ts';
import { openStage } from './stage.ts';

const RULES = [1, 100, 2_000] as const;
const GOAL_EVENTS = 10_000;
const GOAL_MATCHING = 1.2;
/** What a PutEvents answer of ten weighs. */
const ANSWER_BYTES = 550;

export const putEvents: Bench = { name: 'put-events', run };

async function run(options: Options): Promise<Report> {
  // A bus holds 300 rules by default, and 2,000 under the classic limits.
  const args = ['--limits', 'classic'];
  await using stage = await openStage(ANSWER_BYTES, options, { args });
  const { floor, millrace } = stage;
  const queue = await createQueue(millrace.port, 'bench');
  await allow(millrace.port, queue, 'events.amazonaws.com');
  const contenders: Contender[] = [];
  for (const rules of RULES) {
    const to = `bus-${rules}`;
    await makeBus(millrace, to, rules, queue.arn);
    const sources = Array.from({ length: rules }, (_, i) => sourceOf(i));
    contenders.push({ server: millrace, scenario: { kind: 'put-events', to, sources } });
  }
  contenders.push({ server: floor, scenario: { kind: 'put-events', to: 'none' } });
  const labels = [...RULES.map((rules) => `millrace, ${rules} rules`), 'node:http'];
  const results = await compare(contenders, 32, options);

  const events = options.quick ? 2_000 : 500_000;
  const matching = RULES.map((rules) => matchingCost(rules, events));
  const one = matching[0]?.nanoseconds ?? Number.NaN;
  const most = matching.at(-1)?.nanoseconds ?? Number.NaN;
  return {
    bench: putEvents.name,
    claim: 'events put ten at a time, each matching 1 of N rules and delivered to a queue',
    columns: LOAD_COLUMNS,
    rows: results.map((result, i) => loadRow(labels[i] ?? result.name, result)),
    checks: [
      atLeast('events per CPU second, 2,000 rules', median(results[2]), GOAL_EVENTS),
      atMost('time to match, 2,000 rules to 1', most / one, GOAL_MATCHING),
    ],
    notes: matching.map(
      ({ rules, nanoseconds }) => `matching alone, ${rules} rules: ${figure(nanoseconds, 0)} ns`,
    ),
  };
}

function median(result: { readonly perCpuSecond: { readonly median: number } } | undefined) {
  return result?.perCpuSecond.median ?? 0;
}

async function makeBus(server: Server, name: string, rules: number, target: string): Promise<void> {
  await call(server.port, 'events', 'CreateEventBus', { Name: name });
  for (let i = 0; i < rules; i++) {
    const rule = `rule-${i}`;
    const EventPattern = patternOf(i);
    await call(server.port, 'events', 'PutRule', { Name: rule, EventBusName: name, EventPattern });
    const Targets = [{ Id: 'queue', Arn: target }];
    await call(server.port, 'events', 'PutTargets', { Rule: rule, EventBusName: name, Targets });
  }
}

if (import.meta.main) await alone(putEvents);
