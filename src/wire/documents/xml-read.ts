/**
 * Compiles the shapes of a service into readers of XML bodies.
 */
import type { MemberDescriptor, Reference, ScalarType, ShapeDescriptor } from '../descriptor.ts';
import { member, type ServiceModel } from '../models.ts';
import { dictionary } from './dictionary.ts';
import { xmlNameOf } from './query-read.ts';
import { textReader } from './text-values.ts';
import { bodyMembers } from './tree-read.ts';
import type { XmlNode } from './xml.ts';

export type ReadXml = (node: XmlNode) => unknown;
type ReaderOf = (name: string) => ReadXml;

export function xmlReaders(model: ServiceModel): ReaderOf {
  const compiled = new Map<string, ReadXml>();
  const readerOf: ReaderOf = (name) => {
    const known = compiled.get(name);
    if (known) return known;
    compiled.set(name, (node) => readerOf(name)(node));
    const reader = compile(model.shape(name), model, readerOf);
    compiled.set(name, reader);
    return reader;
  };
  return readerOf;
}

function compile(shape: ShapeDescriptor, model: ServiceModel, readerOf: ReaderOf): ReadXml {
  if (shape.type === 'structure') return structureReader(shape, model, readerOf);
  if (shape.type === 'list') {
    const name = xmlNameOf(shape.member, 'member');
    const read = listReader(shape, readerOf);
    return (node) => read(node.children.filter((child) => child.name === name));
  }
  if (shape.type === 'map') {
    const read = mapReader(shape, readerOf);
    return (node) => read(node.children.filter((child) => child.name === 'entry'));
  }
  const read = textReader(shape.type as ScalarType);
  return ({ text }) => read(shape.type === 'string' ? text : text.trim());
}

type ReadMember = (node: XmlNode) => unknown;

function structureReader(shape: ShapeDescriptor, model: ServiceModel, readerOf: ReaderOf): ReadXml {
  const members = bodyMembers(shape).map(([name, reference]) => ({
    name,
    read: memberReader(name, reference, model, readerOf),
  }));
  return (node) => {
    const to: Record<string, unknown> = {};
    for (const { name, read } of members) {
      const value = read(node);
      if (value !== undefined) to[name] = value;
    }
    return to;
  };
}

function memberReader(
  name: string,
  reference: MemberDescriptor,
  model: ServiceModel,
  readerOf: ReaderOf,
): ReadMember {
  const wireName = xmlNameOf(reference, name);
  if (reference.xmlAttribute) return ({ attributes }) => attributes.get(wireName);
  const shape = model.shape(reference.shape);
  const flattened = reference.flattened || shape.flattened;
  if (flattened && (shape.type === 'list' || shape.type === 'map')) {
    const read = shape.type === 'list' ? listReader(shape, readerOf) : mapReader(shape, readerOf);
    const elementName = shape.type === 'list' ? (member(shape.member).name ?? wireName) : wireName;
    return ({ children }) => {
      const found = children.filter((child) => child.name === elementName);
      return found.length === 0 ? undefined : read(found);
    };
  }
  const read = readerOf(reference.shape);
  return ({ children }) => {
    const found = children.find((child) => child.name === wireName);
    return found && read(found);
  };
}

function listReader(
  { member: reference }: ShapeDescriptor,
  readerOf: ReaderOf,
): (nodes: readonly XmlNode[]) => unknown {
  const read = readerOf(member(reference).shape);
  return (nodes) => nodes.map(read);
}

function mapReader(
  { key, value }: ShapeDescriptor,
  readerOf: ReaderOf,
): (nodes: readonly XmlNode[]) => unknown {
  const read = readerOf(member(value).shape);
  const child = (node: XmlNode, reference: Reference | undefined, otherwise: string) =>
    node.children.find(({ name }) => name === xmlNameOf(reference, otherwise));
  return (nodes) => {
    const to = dictionary<unknown>();
    for (const node of nodes) {
      const found = child(node, value, 'value');
      if (found) to[child(node, key, 'key')?.text ?? ''] = read(found);
    }
    return to;
  };
}
