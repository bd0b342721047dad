/**
 * Compiles the shapes of a service into readers of AWS Query parameters.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

import type { MemberDescriptor, Reference, ScalarType, ShapeDescriptor } from '../descriptor.ts';
import { member, type ServiceModel } from '../models.ts';
import { dictionary } from './dictionary.ts';
import type { FormNode } from './form.ts';
import { textReader } from './text-values.ts';

export type ReadNode = (node: FormNode) => unknown;
type ReaderOf = (name: string, flattened?: boolean) => ReadNode;

export function queryReaders(model: ServiceModel): ReaderOf {
  const compiled = new Map<string, ReadNode>();
  const readerOf: ReaderOf = (name, flattened = false) => {
    const key = flattened ? `${name} flattened` : name;
    const known = compiled.get(key);
    if (known) return known;
    compiled.set(key, (node) => readerOf(name, flattened)(node));
    const reader = compile(model.shape(name), flattened, readerOf);
    compiled.set(key, reader);
    return reader;
  };
  return readerOf;
}

function compile(shape: ShapeDescriptor, flattened: boolean, readerOf: ReaderOf): ReadNode {
  const isFlat = flattened || shape.flattened === true;
  if (shape.type === 'structure') return structureReader(shape, readerOf);
  if (shape.type === 'list') return listReader(shape, isFlat, readerOf);
  if (shape.type === 'map') return mapReader(shape, isFlat, readerOf);
  const read = textReader(shape.type as ScalarType);
  return (node) => read(node.value ?? '');
}

export function xmlNameOf(reference: Reference | undefined, otherwise: string): string {
  const { xmlName, name } = member(reference);
  return xmlName ?? name ?? otherwise;
}

function structureReader(shape: ShapeDescriptor, readerOf: ReaderOf): ReadNode {
  const members = Object.entries(shape.members ?? {}).map(([name, reference]) => {
    const { shape: target, flattened }: MemberDescriptor = member(reference);
    return { name, wireName: xmlNameOf(reference, name), read: readerOf(target, flattened) };
  });
  return (node) => {
    const to: Record<string, unknown> = {};
    if (!node.children) return to;
    for (const { name, wireName, read } of members) {
      const child = node.children.get(wireName);
      if (child) to[name] = read(child);
    }
    return to;
  };
}

/** The elements in the order of their numbers. */
function elements(node: FormNode): FormNode[] {
  const numbered: [number, FormNode][] = [];
  for (const [step, child] of node.children ?? []) {
    if (/^\d{1,9}$/.test(step)) numbered.push([Number(step), child]);
  }
  return numbered.sort(([a], [b]) => a - b).map(([, child]) => child);
}

/**
 * Flattened, a single element may leave its number out: `Attribute.Name=…` (documented for SQS's
 * SetQueueAttributes). `X=` alone is an empty list (SDKs send it so).
 */
function elementsOf(node: FormNode, flattened: boolean, step: string): FormNode[] {
  if (!flattened) {
    const within = node.children?.get(step);
    return within ? elements(within) : [];
  }
  const found = elements(node);
  const isSingle = found.length === 0 && (node.children !== undefined || Boolean(node.value));
  return isSingle ? [node] : found;
}

function listReader(shape: ShapeDescriptor, flattened: boolean, readerOf: ReaderOf): ReadNode {
  const read = readerOf(member(shape.member).shape);
  const step = xmlNameOf(shape.member, 'member');
  return (node) => elementsOf(node, flattened, step).map(read);
}

function mapReader(shape: ShapeDescriptor, flattened: boolean, readerOf: ReaderOf): ReadNode {
  const keyName = xmlNameOf(shape.key, 'key');
  const valueName = xmlNameOf(shape.value, 'value');
  const read = readerOf(member(shape.value).shape);
  return (node) => {
    const to = dictionary<unknown>();
    for (const entry of elementsOf(node, flattened, 'entry')) {
      const value = entry.children?.get(valueName) ?? { value: '', children: undefined };
      to[entry.children?.get(keyName)?.value ?? ''] = read(value);
    }
    return to;
  };
}
