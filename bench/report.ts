/**
 * What a bench says: rows of a table, and whether the claim it is for holds.
 */
import { parseArgs } from 'node:util';
import type { Options, Result, Spread } from './rounds.ts';

export interface Check {
  readonly what: string;
  readonly value: number;
  readonly goal: number;
  readonly holds: boolean;
}

export interface Report {
  /** The file's name. */
  readonly bench: string;
  readonly claim: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly checks: readonly Check[];
  /** What was left out, and why. */
  readonly notes?: readonly string[];
}

export interface Bench {
  readonly name: string;
  run(options: Options): Promise<Report>;
}

export function atLeast(what: string, value: number, goal: number): Check {
  return { what, value, goal, holds: value >= goal };
}

export function atMost(what: string, value: number, goal: number): Check {
  return { what, value, goal, holds: value <= goal };
}

export const LOAD_COLUMNS = [
  'server',
  'per CPU second (min-max)',
  'ratio to the first (min-max)',
  'per second',
  'p50 ms',
  'p99 ms',
] as const;

export function loadRow(label: string, result: Result): readonly string[] {
  return [
    label,
    range(result.perCpuSecond, 0),
    range(result.ratio, 2),
    figure(result.perSecond.median, 0),
    figure(result.p50Ms.median, 2),
    figure(result.p99Ms.median, 2),
  ];
}

export function range(spread: Spread, digits: number): string {
  const [min, median, max] = [spread.min, spread.median, spread.max].map((n) => figure(n, digits));
  return min === max ? `${median}` : `${median} (${min}-${max})`;
}

export function figure(value: number, digits: number): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function toMarkdown(report: Report): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const checks = report.checks.map(
    ({ what, value, goal, holds }) =>
      `- ${holds ? 'holds' : 'MISSED'}: ${what}: ${precise(value)} (goal ${precise(goal)})`,
  );
  return [
    `### ${report.bench}: ${report.claim}`,
    '',
    row(report.columns),
    row(report.columns.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...report.rows.map(row),
    '',
    ...checks,
    ...(report.notes ?? []).map((note) => `- ${note}`),
    '',
  ].join('\n');
}

function precise(value: number): string {
  return figure(value, Math.abs(value) < 10 ? 2 : 0);
}

export interface CommandLine {
  readonly options: Options;
  readonly names: readonly string[];
  readonly out: string | undefined;
  readonly assert: boolean;
}

export function readOptions(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'no-peer': { type: 'boolean', default: false },
      out: { type: 'string' },
      assert: { type: 'boolean', default: false },
    },
  });
  const { quick, out, assert } = values;
  const options: Options = {
    quick,
    rounds: Number(values.rounds ?? (quick ? 1 : 3)),
    seconds: Number(values.seconds ?? (quick ? 0.5 : 3)),
    withoutPeer: values['no-peer'] || quick,
  };
  return { options, names: positionals, out, assert };
}

/** For a bench started by itself. */
export async function alone(bench: Bench): Promise<void> {
  const { options } = readOptions(process.argv.slice(2));
  const report = await bench.run(options);
  console.log(toMarkdown(report));
  console.log(JSON.stringify(report));
}
