/**
 * Compiles the shapes of a service into readers of XML bodies. Documents with a DTD are refused,
 * and so is nesting beyond the limit; entities are never expanded but for XML's own five and
 * character references.
 */
import { createRequire } from 'node:module';
import type { XMLParser as Parser } from 'fast-xml-parser';
import type { MemberDescriptor, Reference, ScalarType, ShapeDescriptor } from './descriptor.ts';
import { dictionary } from './dictionary.ts';
import { member, type ServiceModel } from './models.ts';
import { xmlNameOf } from './query-read.ts';
import { notReadable, tooDeep } from './refusals.ts';
import { textReader } from './text-values.ts';
import { bodyMembers } from './tree-read.ts';

export interface XmlNode {
  readonly name: string;
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
}

export type ReadXml = (node: XmlNode) => unknown;
type ReaderOf = (name: string) => ReadXml;

const DEEPEST = 64;
let parser: Parser | undefined;

/** The parser is loaded with the first XML body, which most servers never see. */
function loadParser(): Parser {
  const { XMLParser } = createRequire(import.meta.url)('fast-xml-parser');
  return new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: DEEPEST,
  });
}

/** The root element of a document. */
export function parseXml(text: string): XmlNode {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw notReadable('A document type is not allowed.');
  parser ??= loadParser();
  let parsed: Ordered[];
  try {
    parsed = parser.parse(text, true);
  } catch {
    throw notReadable('The XML document is not well formed.');
  }
  const root = parsed.map((one) => nodeOf(one, 0)).find((node) => node !== undefined);
  if (!root) throw notReadable('The XML document is empty.');
  return root;
}

type Ordered = Readonly<Record<string, unknown>>;

/** Turns what the parser gives, `{ Name: [children], ':@': attributes }`, into a node. */
function nodeOf(ordered: Ordered, depth: number): XmlNode | undefined {
  if (depth > DEEPEST) throw tooDeep(DEEPEST);
  const name = Object.keys(ordered).find((key) => key !== ':@');
  if (name === undefined || name === '#text') return undefined;
  const children = ordered[name] as Ordered[];
  const attributes = Object.entries((ordered[':@'] ?? {}) as Record<string, string>);
  return {
    name: name.slice(name.indexOf(':') + 1),
    text: unescapeText(children.map((child) => child['#text'] ?? '').join('')),
    attributes: new Map(attributes.map(([key, value]) => [key, unescapeText(value)])),
    children: children
      .map((child) => nodeOf(child, depth + 1))
      .filter((child) => child !== undefined),
  };
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function unescapeText(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w{1,4}));/g,
    (whole, hex, dec, name) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(dec);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

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
