/**
 * Compiles an operation's HTTP bindings into a reader of its requests: labels of the path,
 * parameters of the query, headers, and what remains in the body.
 * https://smithy.io/2.0/spec/http-bindings.html
 */
import type { MemberDescriptor, OperationDescriptor, ScalarType } from '../descriptor.ts';
import { dictionary } from '../documents/dictionary.ts';
import { eachPair, percentDecode } from '../documents/form.ts';
import { textReader } from '../documents/text-values.ts';
import { member, type ServiceModel } from '../models.ts';
import type { WireRequest } from '../request.ts';
import { labelsOf, partsOf, templateOf } from '../rest-router.ts';

/** What the bindings of one request are read from. */
interface Parts {
  readonly request: WireRequest;
  readonly labels: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, readonly string[]>;
}

interface Binding {
  readonly name: string;
  readonly read: (parts: Parts) => unknown;
}

export type ReadBody = (request: WireRequest) => object;

/** Reads a whole input; `readBody` reads the members that are bound to the body. */
export function restReader(
  model: ServiceModel,
  operation: OperationDescriptor,
  readBody: ReadBody,
): (request: WireRequest) => object {
  const template = templateOf(operation.uri ?? '/');
  const shape = operation.input === undefined ? undefined : model.shape(operation.input);
  const spelled = new Set(template.query.map(([name]) => name));
  const bindings: Binding[] = [];
  for (const [name, reference] of Object.entries(shape?.members ?? {})) {
    const { location } = member(reference);
    if (location === 'querystring') spelled.add(member(reference).name ?? name);
    const read = bindingReader(name, member(reference), model, spelled);
    if (read) bindings.push({ name, read });
  }
  return (request) => {
    const input = readBody(request) as Record<string, unknown>;
    if (bindings.length === 0) return input;
    const labels = labelsOf(template, partsOf(request.path)) ?? new Map<string, string>();
    const parts = { request, labels, query: queryOf(request.query) };
    for (const { name, read } of bindings) {
      const value = read(parts);
      if (value !== undefined) input[name] = value;
    }
    return input;
  };
}

function queryOf(text: string): ReadonlyMap<string, readonly string[]> {
  const query = new Map<string, string[]>();
  eachPair(text, (name, value) => {
    const values = query.get(name);
    if (values) values.push(value);
    else query.set(name, [value]);
  });
  return query;
}

function bindingReader(
  name: string,
  reference: MemberDescriptor,
  model: ServiceModel,
  spelled: ReadonlySet<string>,
): Binding['read'] | undefined {
  const wireName = reference.name ?? name;
  switch (reference.location) {
    case 'uri': {
      const read = textReader(model.shape(reference.shape).type as ScalarType);
      return ({ labels }) => {
        const label = labels.get(wireName);
        return label === undefined ? undefined : read(percentDecode(label));
      };
    }
    case 'querystring':
      return queryReader(wireName, reference, model, spelled);
    case 'header':
      return headerReader(wireName.toLowerCase(), reference, model);
    case 'headers':
      return prefixReader(wireName.toLowerCase());
    default:
      return undefined;
  }
}

/** A map takes all that no other binding names; a list takes every value of its name. */
function queryReader(
  wireName: string,
  reference: MemberDescriptor,
  model: ServiceModel,
  spelled: ReadonlySet<string>,
): Binding['read'] {
  const shape = model.shape(reference.shape);
  if (shape.type === 'map') {
    const isList = model.shape(member(shape.value).shape).type === 'list';
    return ({ query }) => {
      const to = dictionary<unknown>();
      let isEmpty = true;
      for (const [name, values] of query) {
        if (spelled.has(name) || name === 'x-id') continue;
        to[name] = isList ? values : values[0];
        isEmpty = false;
      }
      return isEmpty ? undefined : to;
    };
  }
  if (shape.type === 'list') {
    const read = textReader(model.shape(member(shape.member).shape).type as ScalarType);
    return ({ query }) => query.get(wireName)?.map(read);
  }
  const read = textReader(shape.type as ScalarType);
  return ({ query }) => {
    const value = query.get(wireName)?.[0];
    return value === undefined ? undefined : read(value);
  };
}

function headerReader(
  wireName: string,
  reference: MemberDescriptor,
  model: ServiceModel,
): Binding['read'] {
  const shape = model.shape(reference.shape);
  if (shape.type === 'list') {
    const element = model.shape(member(shape.member).shape).type as ScalarType;
    const read = textReader(element);
    return ({ request }) =>
      request
        .header(wireName)
        ?.split(',')
        .map((text) => read(text.trim()));
  }
  const read = textReader(shape.type as ScalarType);
  return ({ request }) => {
    const text = request.header(wireName);
    if (text === undefined) return undefined;
    return reference.jsonvalue ? Buffer.from(text, 'base64').toString('utf8') : read(text);
  };
}

function prefixReader(prefix: string): Binding['read'] {
  return ({ request }) => {
    const to = dictionary<unknown>();
    let isEmpty = true;
    for (const name of request.headerNames?.() ?? []) {
      if (!name.startsWith(prefix)) continue;
      to[name.slice(prefix.length)] = request.header(name);
      isEmpty = false;
    }
    return isEmpty ? undefined : to;
  };
}
