/**
 * Finds the operation of a REST request by method, path and query.
 *
 * Routes are kept in the order of how much they ask for: literal parts of the query first, then
 * query parameters and headers that must be there, then literal segments. So the first route that
 * fits is the most particular one. Of two that ask for the same, the deprecated one comes last.
 */
import type { OperationDescriptor, ShapeDescriptor } from './descriptor.ts';
import { eachPair } from './documents/form.ts';
import { member, type ServiceModel } from './models.ts';
import type { WireRequest } from './request.ts';

export interface Template {
  readonly segments: readonly Segment[];
  /** Parts of the query that the operation's URI spells out. */
  readonly query: readonly (readonly [name: string, value: string | undefined])[];
}

type Segment = { readonly literal: string } | { readonly label: string; readonly greedy: boolean };

interface Route extends Template {
  readonly operation: string;
  readonly method: string;
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
  readonly deprecated: boolean;
}

export function templateOf(uri: string): Template {
  const [path = '', query = ''] = uri.split('?');
  const segments = path.split('/').slice(1).filter(Boolean).map(segmentOf);
  const pairs = query.split('&').filter(Boolean);
  return {
    segments,
    query: pairs.map((pair) => {
      const [name = '', value] = pair.split('=');
      return [name, value] as const;
    }),
  };
}

function segmentOf(text: string): Segment {
  const label = /^\{([^+}]+)(\+?)\}$/.exec(text);
  return label?.[1] ? { label: label[1], greedy: label[2] === '+' } : { literal: text };
}

const isGreedy = (segment: Segment) => 'greedy' in segment && segment.greedy;

/** The segments of a path, as they came. */
export function partsOf(path: string): string[] {
  return path.split('/').slice(1);
}

/** The labels of a path that fits, still percent-encoded, or undefined. */
export function labelsOf(
  { segments }: Template,
  parts: readonly string[],
): Map<string, string> | undefined {
  const hasGreedy = segments.some(isGreedy);
  // A slash at the end is part of a greedy label, as of S3's keys, and means nothing otherwise.
  const isSlashed = parts.at(-1) === '' && !hasGreedy;
  const surplus = parts.length - (isSlashed ? 1 : 0) - segments.length;
  if (hasGreedy ? surplus < 0 : surplus !== 0) return undefined;
  const labels = new Map<string, string>();
  let at = 0;
  for (const segment of segments) {
    const width = isGreedy(segment) ? surplus + 1 : 1;
    const text = width === 1 ? (parts[at] ?? '') : parts.slice(at, at + width).join('/');
    at += width;
    if ('literal' in segment) {
      if (text !== segment.literal) return undefined;
    } else {
      if (text === '') return undefined;
      labels.set(segment.label, text);
    }
  }
  return labels;
}

function routeOf(operation: string, descriptor: OperationDescriptor, model: ServiceModel): Route {
  const input = descriptor.input ? model.shape(descriptor.input) : undefined;
  return {
    operation,
    method: descriptor.method ?? 'POST',
    requiredQuery: input ? requiredAt(input, 'querystring') : [],
    requiredHeaders: input ? requiredAt(input, 'header') : [],
    deprecated: descriptor.deprecated === true,
    ...templateOf(descriptor.uri ?? '/'),
  };
}

function requiredAt(input: ShapeDescriptor, location: 'querystring' | 'header'): string[] {
  const names: string[] = [];
  for (const name of input.required ?? []) {
    const reference = member(input.members?.[name]);
    if (reference.location === location) names.push((reference.name ?? name).toLowerCase());
  }
  return names;
}

const literals = ({ segments }: Template) => segments.filter((one) => 'literal' in one).length;

function byDemand(a: Route, b: Route): number {
  return (
    b.query.length - a.query.length ||
    b.requiredQuery.length - a.requiredQuery.length ||
    b.requiredHeaders.length - a.requiredHeaders.length ||
    literals(b) - literals(a) ||
    Number(a.segments.some(isGreedy)) - Number(b.segments.some(isGreedy)) ||
    Number(a.deprecated) - Number(b.deprecated)
  );
}

/** Gives the operation that a request of this service asks for. */
export function restRouter(model: ServiceModel): (request: WireRequest) => string | undefined {
  const byMethod = new Map<string, Route[]>();
  for (const [operation, descriptor] of Object.entries(model.operations)) {
    const route = routeOf(operation, descriptor, model);
    const routes = byMethod.get(route.method);
    if (routes) routes.push(route);
    else byMethod.set(route.method, [route]);
  }
  for (const routes of byMethod.values()) routes.sort(byDemand);
  return (request) => {
    let query: Map<string, string> | undefined;
    const parts = partsOf(request.path);
    const routes = byMethod.get(request.method) ?? [];
    const found = routes.find((route) => {
      if (!labelsOf(route, parts)) return false;
      if (!route.requiredHeaders.every((name) => request.header(name) !== undefined)) return false;
      if (route.query.length === 0 && route.requiredQuery.length === 0) return true;
      query ??= queryOf(request.query);
      return fitsQuery(route, query);
    });
    return found?.operation;
  };
}

function queryOf(text: string): Map<string, string> {
  const query = new Map<string, string>();
  eachPair(text, (name, value) => query.set(name, value));
  return query;
}

function fitsQuery(route: Route, query: Map<string, string>): boolean {
  const fits = route.query.every(([name, value]) => {
    const found = query.get(name);
    return found !== undefined && (value === undefined || found === value);
  });
  if (!fits || route.requiredQuery.length === 0) return fits;
  const names = new Set([...query.keys()].map((name) => name.toLowerCase()));
  return route.requiredQuery.every((name) => names.has(name));
}
