/** Asks a running server what it is, who is there beside it, and what waits. */
import { statusOf } from './server-door.ts';

export interface StatusOptions {
  readonly endpoint: string;
  readonly json?: boolean;
}

/** Queues shown to people; as JSON there are more. */
const QUEUES = 10;

export async function status({ endpoint, json }: StatusOptions): Promise<string> {
  const answer = await statusOf(endpoint);
  return json ? `${JSON.stringify(answer)}\n` : forPeople(answer);
}

type Values = Readonly<Record<string, unknown>>;

export function forPeople(answer: Values): string {
  const { upMs, processId, nodes, storage, backlog, warnings, ...others } = answer;
  const rows: Values = { ...others, up: spanOf(upMs), process: processId };
  return [
    named(rows),
    named(totals(valuesIn(storage), valuesIn(backlog))),
    table(nodeRows(listIn(nodes))),
    table(queueRows(listIn(valuesIn(backlog).fullest))),
    (Array.isArray(warnings) ? warnings : []).map((warning) => `warning: ${warning}\n`).join(''),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function named(values: Values): string {
  const width = Math.max(...Object.keys(values).map((name) => name.length + 2), 12);
  const lines = Object.entries(values).map(([name, value]) => {
    const shown = Array.isArray(value) ? value.join(', ') : rounded(value);
    return `${name.padEnd(width)}${shown}\n`;
  });
  return lines.join('');
}

function rounded(value: unknown): string {
  return String(typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value);
}

function totals(storage: Values, backlog: Values): Values {
  const { engine, commits, gauges } = storage;
  const { queues, counted, visible, inFlight, delayed, oldestAgeMs } = backlog;
  const some = counted === queues ? '' : ` (${counted} counted)`;
  return {
    ...(engine !== undefined && { storage: `${engine}, commits ${latency(valuesIn(commits))}` }),
    ...(gauges !== undefined && valuesIn(gauges)),
    ...(queues !== undefined && {
      queues: `${queues} with messages${some}`,
      messages: `${visible} to claim, ${inFlight} on lease, ${delayed} delayed`,
      oldest: spanOf(oldestAgeMs),
    }),
  };
}

function latency({ count, p50Ms, p99Ms }: Values): string {
  return count === 0 || count === undefined ? '-' : `${p50Ms} ms, p99 ${p99Ms} ms`;
}

type Cells = readonly string[];

/** One node is the server itself, of which all is said already. */
function nodeRows(nodes: readonly Values[]): readonly Cells[] {
  if (nodes.length < 2) return [];
  const rows = nodes.map((node) => [
    String(node.address),
    String(node.version),
    `${node.host}/${node.processId}`,
    spanOf(Number(node.seenAtMs) - Number(node.startedAtMs)),
    node.clockOffsetMs === undefined ? '-' : `${Math.round(Number(node.clockOffsetMs))} ms`,
    latency(valuesIn(node.commits)),
  ]);
  return [['node', 'version', 'process', 'up', 'clock', 'commits'], ...rows];
}

function queueRows(queues: readonly Values[]): readonly Cells[] {
  if (queues.length === 0) return [];
  const rows = queues
    .slice(0, QUEUES)
    .map(({ queue, visible, inFlight, delayed, oldestAgeMs }) => [
      String(queue),
      ...[visible, inFlight, delayed].map(String),
      spanOf(oldestAgeMs),
    ]);
  return [['queue', 'to claim', 'on lease', 'delayed', 'oldest'], ...rows];
}

function table(rows: readonly Cells[]): string {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  '),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function valuesIn(value: unknown): Values {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listIn(value: unknown): readonly Values[] {
  return Array.isArray(value) ? value.map(valuesIn) : [];
}

/** Such as `12 s`, `3 min`, `5 h` or `9 d`. */
function spanOf(span: unknown): string {
  const ms = Number(span);
  if (ms < 120_000) return `${Math.floor(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.floor(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.floor(ms / 3_600_000)} h` : `${Math.floor(ms / 86_400_000)} d`;
}
