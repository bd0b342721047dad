/**
 * Makes spans of the journal's facts.
 *
 * - What one thing led to is a child of it, in the same trace. What several led to (a batch, a
 *   join) has a link to each, and stays in their trace where that is a single one.
 * - What a client has put into a trace of its own goes on there.
 * - A function is told when it has ended, and what it sent before that. So facts that are already
 *   read are looked ahead for it; where it comes too late for that, what it sent stands in the
 *   trace that the function was given, and the function joins it there with a link to its cause.
 */
import { parseArn } from '../core/arn.ts';
import { readTrace, type TraceContext } from '../core/trace-context.ts';
import { type Context, Contexts, idsOf, isOwnId, spanIdOf } from './contexts.ts';
import type { Entry } from './follower.ts';
import { CLIENT, CONSUMER, INTERNAL, type Link, PRODUCER, SERVER, type Span } from './otlp.ts';
import { placeOf } from './places.ts';
import type { Sampler } from './sampler.ts';

/** As the specification has it: OTEL_SPAN_LINK_COUNT_LIMIT. */
const MOST_LINKS = 128;

/** Runs of an invocation that are read, and not yet told. */
type Ahead = (id: string) => readonly Entry[];

interface Standing {
  readonly traceId: string;
  readonly parentId?: string | undefined;
  readonly sampled: boolean;
  readonly links: readonly Link[];
  readonly linksLeftOut: number;
}

const ALONE = { links: [], linksLeftOut: 0 } as const;

export class Tracer {
  readonly #sampler: Sampler;
  readonly #ahead: Ahead;
  readonly #contexts = new Contexts();
  /** Invocations whose place is being found: none leads to itself. */
  readonly #finding = new Set<string>();
  #last: { readonly entry: Entry; readonly span: Span } | undefined;

  constructor(sampler: Sampler, ahead: Ahead) {
    this.#sampler = sampler;
    this.#ahead = ahead;
  }

  /** The span of a fact; undefined for one that makes none or whose trace is not told. */
  take(entry: Entry): Span | undefined {
    const span = this.#spanOf(entry);
    if (span) this.#last = { entry, span };
    return span;
  }

  #spanOf(entry: Entry): Span | undefined {
    switch (entry.fact.kind) {
      case 'publish':
        return this.#published(entry);
      case 'invoke':
        return this.#ran(entry);
      case 'deliver':
      case 'dead-letter':
        return this.#handedOver(entry);
      case 'receive':
        return this.#received(entry);
      case 'delete':
        return this.#about(entry, 'settle', 'settle', CLIENT);
      case 'drop':
        return this.#about(entry, 'drop', 'settle', INTERNAL);
      case 'retry':
        this.#retried(entry);
        return undefined;
      case 'match':
        return undefined;
    }
  }

  #published(entry: Entry): Span | undefined {
    const { fact } = entry;
    const said = readTrace(fact.trace);
    const { causes = [] } = fact;
    const own = idsOf(fact.id);
    const at = causes.length > 0 ? this.#led(causes, said, own.traceId) : this.#begun(own, said);
    if (said || causes.length > 0) {
      const { traceId, sampled } = at;
      this.#contexts.set(fact.id, { traceId, spanId: own.spanId, sampled });
    }
    if (!at.sampled) return undefined;
    // What no request of a client has made comes of something else by the server's own doing.
    const operation = causes.length === 0 || said ? 'send' : 'create';
    const place = placeOf(fact.arn);
    const attributes = {
      ...operationOf(operation, operation),
      'messaging.message.id': fact.id,
      'millrace.note': fact.note,
    };
    const name = named(operation, place.name);
    const about = { name, kind: PRODUCER, atMs: fact.atMs, place: place.attributes, attributes };
    return spanAt(at, own.spanId, about);
  }

  /** Where something stands that nothing in the journal led to. */
  #begun({ traceId: own }: { readonly traceId: string }, said?: TraceContext): Standing {
    const traceId = said?.traceId ?? own;
    const sampled = this.#sampler(traceId, said?.sampled);
    return { ...ALONE, traceId, parentId: said?.spanId, sampled };
  }

  /** Where something stands that was published because of others. */
  #led(causes: readonly string[], said: TraceContext | undefined, own: string): Standing {
    const [first = ''] = causes;
    if (causes.length > 1) return this.#joined(causes, said, own);
    const cause = this.#causeOf(first, said);
    const { traceId, sampled } = cause;
    const isBelow = said && (said.isOwn ? cause.run !== undefined : said.traceId === traceId);
    const parentId = (isBelow && said.spanId) || cause.spanId || undefined;
    const isElsewhere = said && !said.isOwn && said.traceId !== traceId;
    return { traceId, sampled, parentId, ...linksTo(isElsewhere ? [said] : []) };
  }

  /** Where something stands that several led to: in their trace, or in one of its own. */
  #joined(causes: readonly string[], said: TraceContext | undefined, own: string): Standing {
    const contexts = causes.map((cause) => this.#causeOf(cause, said));
    const traces = new Set(contexts.map(({ traceId }) => traceId));
    const links = linksTo(contexts);
    const [first] = contexts;
    if (first && traces.size === 1) {
      return { traceId: first.traceId, sampled: first.sampled, ...links };
    }
    const begun = this.#begun({ traceId: own }, said?.isOwn ? undefined : said);
    return { ...begun, ...links };
  }

  #ran(entry: Entry): Span | undefined {
    const { fact } = entry;
    const before = this.#contexts.get(fact.id);
    const said = readTrace(fact.trace);
    const spanId = said?.spanId ?? spanIdOf(entry.log, entry.position, fact.id);
    const at = this.#placeOfRun(entry, before);
    const sourceArn = before?.sourceArn ?? this.#contexts.sourceOf(fact.causes?.[0] ?? '');
    if (before?.run !== 'handed') {
      const { traceId, sampled } = at;
      this.#contexts.set(fact.id, { traceId, spanId, sampled, run: 'placed' });
    }
    if (!at.sampled) return undefined;
    const { causes = [], atMs } = fact;
    const place = placeOf(fact.arn);
    const source = sourceArn === undefined ? undefined : placeOf(sourceArn).attributes;
    // Where the function is goes before where its message was.
    const both = source ? { ...source, ...place.attributes } : place.attributes;
    const attributes = {
      ...(causes.length > 0 && operationOf('process', 'process')),
      'messaging.message.id': causes.length === 1 && source ? causes[0] : undefined,
      'messaging.batch.message_count': causes.length > 1 ? causes.length : undefined,
      'faas.invocation_id': fact.id,
      'faas.trigger': causes.length > 0 ? 'pubsub' : 'other',
      'aws.request_id': fact.id,
    };
    const { durationMs, message } = readNote(fact.note);
    const kind = causes.length > 0 ? CONSUMER : SERVER;
    const about = { name: place.name || 'invoke', kind, atMs, startMs: atMs - durationMs };
    const told = { ...about, place: both, attributes, ...failure(fact.outcome, message) };
    return spanAt(at, spanId, told);
  }

  #placeOfRun({ fact }: Entry, before: Context | undefined): Standing {
    const { causes = [] } = fact;
    const said = readTrace(fact.trace);
    const { traceId: own } = idsOf(fact.id);
    if (before?.run === 'handed') {
      const { traceId, sampled, spanId } = before;
      return { traceId, sampled, parentId: spanId || undefined, ...elsewhere(said, traceId) };
    }
    const at = this.#placeAnew(causes, said, own);
    if (!before || before.traceId === at.traceId) return at;
    // Told too late, or run again: what it sent has been told to stand there.
    const { traceId, sampled } = before;
    return { traceId, sampled, ...linksTo(causes.map((cause) => this.#causeOf(cause))) };
  }

  #placeAnew(causes: readonly string[], said: TraceContext | undefined, own: string): Standing {
    const [first] = causes;
    // The span that it was given is its own; that of the client stands apart.
    const asked = said && { ...said, spanId: said.parentId ?? '' };
    if (first === undefined) {
      const at = this.#begun({ traceId: own }, asked);
      return { ...at, parentId: at.parentId || undefined };
    }
    if (causes.length > 1) {
      const joined = this.#joined(causes, asked, own);
      return { ...joined, parentId: undefined, ...elsewhereToo(joined, said) };
    }
    const { traceId, spanId, sampled } = this.#causeOf(first);
    return { traceId, sampled, parentId: spanId || undefined, ...elsewhere(said, traceId) };
  }

  #handedOver(entry: Entry): Span | undefined {
    const { fact } = entry;
    const base = this.#causeOf(fact.id);
    const { traceId, sampled } = base;
    const spanId = spanIdOf(entry.log, entry.position, fact.id);
    const { produced, target, outcome } = fact;
    const isTaken = produced !== undefined && produced !== fact.id;
    if (isTaken && !this.#contexts.get(produced)) {
      const isRun = target !== undefined && parseArn(target)?.service === 'lambda';
      const run = isRun ? ({ run: 'handed', sourceArn: fact.arn } as const) : {};
      this.#contexts.set(produced, { traceId, spanId, sampled, ...run });
    }
    if (!sampled) return undefined;
    const isDead = fact.kind === 'dead-letter';
    const error = isDead
      ? failure(outcome ?? 'dead-letter', fact.note)
      : failure(outcome, fact.note);
    return this.#below(entry, base, spanId, {
      name: isDead ? 'dead-letter' : 'deliver',
      type: isDead ? 'settle' : 'process',
      kind: CONSUMER,
      more: { 'millrace.target.arn': target, 'millrace.produced.id': produced, ...error.more },
      error: error.error,
    });
  }

  #received(entry: Entry): Span | undefined {
    const { id, arn, target } = entry.fact;
    if (target !== undefined) this.#contexts.received(id, arn);
    return this.#about(entry, 'receive', 'receive', CONSUMER);
  }

  #about(entry: Entry, name: string, type: string, kind: number): Span | undefined {
    const { fact } = entry;
    const base = this.#causeOf(fact.id);
    if (!base.sampled) return undefined;
    const spanId = spanIdOf(entry.log, entry.position, fact.id);
    const more = {
      'millrace.consumer.arn': fact.target,
      'millrace.outcome': fact.outcome,
      'millrace.note': fact.note,
    };
    return this.#below(entry, base, spanId, { name, type, kind, more });
  }

  #below({ fact }: Entry, base: Context, spanId: string, about: Below): Span {
    const { name, type, kind, more, error } = about;
    const place = placeOf(fact.arn);
    const { attributes: where } = place;
    const attributes = { ...operationOf(type, name), 'messaging.message.id': fact.id, ...more };
    const at = { ...ALONE, ...base, parentId: base.spanId || undefined };
    const told = { name: named(name, place.name), kind, atMs: fact.atMs, place: where, attributes };
    return spanAt(at, spanId, { ...told, ...(error !== undefined && { error }) });
  }

  /** That it will be tried again is said on the attempt that has failed. */
  #retried({ fact }: Entry): void {
    const { entry, span } = this.#last ?? {};
    const { id, arn, target } = entry?.fact ?? {};
    if (id !== fact.id || arn !== fact.arn || target !== fact.target) return;
    const attributes = { 'millrace.note': fact.note };
    span?.events.push({ name: 'retry', atMs: fact.atMs, attributes });
  }

  /** Where the thing of an id stands, of which `said` is what it handed on, if it is a function. */
  #causeOf(id: string, said?: TraceContext): Context {
    const known = this.#contexts.get(id);
    if (known) return known;
    const run = this.#runAhead(id, said);
    if (run) return run;
    if (said?.isOwn) {
      const { traceId, spanId = '' } = said;
      const sampled = this.#sampler(traceId, undefined);
      const assumed = { traceId, spanId, sampled, run: 'assumed' } as const;
      this.#contexts.set(id, assumed);
      return assumed;
    }
    const { traceId, spanId } = idsOf(id);
    const sampled = this.#sampler(traceId, undefined);
    return { traceId, spanId: isOwnId(id) ? spanId : '', sampled };
  }

  #runAhead(id: string, said?: TraceContext): Context | undefined {
    const runs = this.#ahead(id);
    if (runs.length === 0 || this.#finding.has(id)) return undefined;
    const isIt = ({ fact }: Entry) => readTrace(fact.trace)?.spanId === said?.spanId;
    const [first] = runs;
    const entry = runs.find(isIt) ?? first;
    if (!entry) return undefined;
    this.#finding.add(id);
    const { traceId, sampled } = this.#placeOfRun(entry, undefined);
    this.#finding.delete(id);
    const spanId =
      readTrace(entry.fact.trace)?.spanId ?? spanIdOf(entry.log, entry.position, entry.fact.id);
    const context = { traceId, spanId, sampled, run: 'placed' } as const;
    this.#contexts.set(id, context);
    return context;
  }
}

interface Below {
  readonly name: string;
  readonly type: string;
  readonly kind: number;
  readonly more: Span['attributes'];
  readonly error?: string | undefined;
}

interface About extends Pick<Span, 'name' | 'kind' | 'place' | 'attributes' | 'error'> {
  readonly atMs: number;
  readonly startMs?: number;
  readonly more?: Span['attributes'];
}

function spanAt(at: Standing, spanId: string, about: About): Span {
  const { name, kind, atMs, startMs = atMs, place, attributes, more, error } = about;
  const { traceId, parentId, links, linksLeftOut } = at;
  return {
    ...{ traceId, spanId, parentId, name, kind, startMs, endMs: atMs },
    ...{ place, attributes: more ? { ...attributes, ...more } : attributes },
    ...{ links, linksLeftOut, events: [] },
    ...(error !== undefined && { error }),
  };
}

function named(operation: string, place: string): string {
  return place === '' ? operation : `${operation} ${place}`;
}

function operationOf(type: string, name: string) {
  return { 'messaging.operation.type': type, 'messaging.operation.name': name };
}

/** What a span says of an outcome that is not `ok`. */
function failure(outcome: string | undefined, message: string | undefined) {
  if (outcome === undefined || outcome === 'ok') return { more: {} };
  return { error: message ?? outcome, more: { 'error.type': outcome } };
}

/** A function's own tracing goes on from the trace that it was given, where that is another. */
function elsewhere(said: TraceContext | undefined, traceId: string) {
  return linksTo(said && said.traceId !== traceId ? [said] : []);
}

function elsewhereToo(at: Standing, said: TraceContext | undefined) {
  const { links, linksLeftOut } = linksTo([...at.links, ...elsewhere(said, at.traceId).links]);
  return { links, linksLeftOut: at.linksLeftOut + linksLeftOut };
}

function linksTo(contexts: readonly { readonly traceId: string; readonly spanId?: string }[]) {
  const links = contexts.flatMap(({ traceId, spanId }) => (spanId ? [{ traceId, spanId }] : []));
  return {
    links: links.slice(0, MOST_LINKS),
    linksLeftOut: Math.max(0, links.length - MOST_LINKS),
  };
}

/** The note of a run is `12 ms`, and its error behind a comma. */
function readNote(note = ''): { readonly durationMs: number; readonly message?: string } {
  const [, duration = '0', message] = /^(\d+) ms(?:, ([\s\S]*))?$/.exec(note) ?? [];
  return { durationMs: Number(duration), ...(message !== undefined && { message }) };
}
