/**
 * The journal over HTTP: `/_millrace/v1/trace/<id>` and `/_millrace/v1/journal`.
 */
import { type JsonAnswer, json, wrongMethod } from '../core/json-answer.ts';
import { drawTrace } from './draw.ts';
import { mermaidOf } from './mermaid.ts';
import type { Traces } from './trace.ts';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
}

export const TRACE_PATH = '/_millrace/v1/trace/';
export const JOURNAL_PATH = '/_millrace/v1/journal';

/** Facts given out at once when the request names no limit. */
const PAGE = 1_000;

export function traceRoutes(traces: Traces) {
  return {
    /**
     * The causal tree of an event as JSON; drawn, with `as=text` or when the client accepts plain
     * text only; as a sequence diagram with `as=mermaid`.
     */
    [TRACE_PATH]: looked(async (request) => {
      const id = decoded(request.path.slice(TRACE_PATH.length));
      const trace = await traces.trace(id);
      if (!trace) return json(404, { message: `The journal knows of no event ${id}.` });
      const as = request.query.get('as');
      if (as === 'mermaid') return text(200, mermaidOf(trace));
      const isText = as === 'text' || request.header('accept')?.startsWith('text/plain');
      if (isText) return text(200, drawTrace(trace));
      return json(200, trace);
    }),
    /**
     * Facts from position `from` on, oldest first: `{ facts, next }`. Where nodes share the data,
     * `from` and `next` are positions in its parts with dots between.
     */
    [JOURNAL_PATH]: looked(async (request) => {
      const from = (request.query.get('from') ?? '1').split('.').map(Number);
      const limit = Number(request.query.get('limit') ?? PAGE);
      if (![...from, limit].every((number) => Number.isSafeInteger(number) && number > 0)) {
        return json(400, { message: 'from and limit must be whole numbers above 0.' });
      }
      const { facts, next } = await traces.facts(from, Math.min(limit, PAGE));
      return json(200, { facts, next: next.length === 1 ? next[0] : next.join('.') });
    }),
  };
}

/** A look changes nothing, and is asked for by GET alone. */
function looked(answer: (request: Request) => Promise<JsonAnswer>) {
  return async (_stack: unknown, request: Request): Promise<JsonAnswer> => {
    return request.method === 'GET' ? answer(request) : wrongMethod(request, 'GET');
  };
}

/** Ids of applications, in which anything may stand, come percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function text(status: number, body: string): JsonAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
