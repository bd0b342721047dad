/**
 * `/_millrace/v1/runs`: what functions were run for, and what came of it. The runs are the
 * journal's, what went in and came out is among the contents, and the lines are in the log group.
 */
import type { Run, RunDetail, Runs } from '../admin-api/index.ts';
import type { Stack } from '../delivery/stack.ts';
import { factsBack, lookBack } from '../journal/backwards.ts';
import { decodeContent, type Kept } from '../journal/contents.ts';
import type { Contents } from '../journal/contents-by-id.ts';
import type { Fact } from '../journal/journal.ts';
import { contentsOf } from '../journal/logs.ts';
import { below, get, momentOf, numberOf } from '../services/admin-http.ts';
import type { Route, RouteRequest } from '../services/service.ts';
import type { AdminParts } from './routes.ts';
import { linesOf } from './run-lines.ts';

const RUNS = '/_millrace/v1/runs';

const PAGE = 50;
const MOST = 500;
/** Causes of a batch whose other runs are looked for; records of one batch come back together. */
const MOST_CAUSES = 100;
/** Of a chain: the latest. */
const MOST_LINKS = 100;

export function runRoutes({ contents }: AdminParts): Readonly<Record<string, Route>> {
  return {
    [RUNS]: get((stack, request) => {
      const id = below(request, `${RUNS}/`);
      return request.path === RUNS ? list(stack, request) : detail(stack, contents, request, id);
    }),
  };
}

async function list(stack: Stack, request: RouteRequest): Promise<Runs> {
  const { query } = request;
  const wanted = query.get('function') || undefined;
  const failed = query.get('failed') === 'true';
  const { found, next } = await factsBack(stack.storage, {
    after: query.get('after') ?? undefined,
    limit: numberOf(request, 'limit', [1, MOST]) ?? PAGE,
    pick: (fact) => {
      if (fact.kind !== 'invoke' || (failed && fact.outcome === 'ok')) return undefined;
      return wanted === undefined || isOf(fact, wanted) ? runOf(fact) : undefined;
    },
  });
  return { runs: found, ...(next !== undefined && { next }) };
}

/** Whether the run was of this function, or of this version of one. */
function isOf({ arn }: Fact, wanted: string): boolean {
  return arn === wanted || arn.startsWith(`${wanted}:`);
}

function runOf({ id, arn, atMs, outcome = 'ok', note = '', causes = [] }: Fact): Run {
  const end = arn.lastIndexOf(':');
  const [, duration, error] = /^(\d+) ms(?:, (.*))?$/s.exec(note) ?? [];
  return {
    id,
    function: arn.slice(0, end),
    version: arn.slice(end + 1),
    atMs,
    durationMs: Number(duration ?? 0),
    outcome,
    ...(error !== undefined && { error }),
    causes,
  };
}

/** The attempt of the moment `atMs`; without one, the last of this id. */
async function detail(
  stack: Stack,
  contents: Contents,
  request: RouteRequest,
  id: string,
): Promise<RunDetail | undefined> {
  const known = await stack.traces.known();
  const attempts = runsIn(known(id)?.facts);
  const atMs = momentOf(request, 'atMs') ?? attempts.at(-1)?.atMs;
  const run = attempts.findLast((one) => one.atMs === atMs);
  if (!run) return undefined;
  const ids = new Set(
    run.causes.slice(0, MOST_CAUSES).flatMap((cause) => known(cause)?.effects ?? []),
  );
  ids.add(id);
  const chain = [...ids]
    .flatMap((other) => runsIn(known(other)?.facts))
    .filter((other) => other.function === run.function && !isSame(other, run))
    .sort((a, b) => a.atMs - b.atMs)
    .slice(-MOST_LINKS);
  const isLast = run === attempts.at(-1);
  const kept = isLast ? await contents.find(id, run.atMs) : await keptAt(stack, run);
  return { ...run, ...passed(kept), logs: await linesOf(stack, run), chain };
}

function runsIn(facts: readonly Fact[] = []): readonly Run[] {
  return facts.filter(({ kind }) => kind === 'invoke').map(runOf);
}

function isSame(one: Run, other: Run): boolean {
  return one.id === other.id && one.atMs === other.atMs;
}

/** All attempts of an event have one id, and only the last is found by it. */
async function keptAt({ storage }: Stack, { id, atMs }: Run): Promise<Kept | undefined> {
  const { found } = await lookBack(storage, {
    logs: contentsOf(storage),
    limit: 1,
    fromMs: atMs,
    toMs: atMs + 1,
    pick: (entry) => {
      const kept = decodeContent(entry);
      return kept.id === id ? kept : undefined;
    },
  });
  return found[0];
}

/** What went in and what came out, be it a result or an error. */
function passed(kept: Kept | undefined): Pick<RunDetail, 'payload' | 'result'> {
  if (kept?.form !== 'invocation') return {};
  const held: { payload?: string; result?: string; error?: string } | null = JSON.parse(kept.json);
  const { payload, error, result = error } = held ?? {};
  return { ...(payload !== undefined && { payload }), ...(result !== undefined && { result }) };
}
