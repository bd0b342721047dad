/**
 * Compiles the shapes of a service into writers of XML, for AWS Query and REST-XML.
 *
 * What is written is well-formed XML 1.0 whatever the strings hold: characters that XML cannot
 * say, not even as a reference, become U+FFFD.
 */
import type { MemberDescriptor, ShapeDescriptor } from '../descriptor.ts';
import { member, type ServiceModel } from '../models.ts';
import { xmlNameOf } from './query-read.ts';
import { textWriter } from './text-values.ts';
import { bodyMembers } from './tree-read.ts';

/** Writes what stands between the tags of an element. */
export type WriteContent = (value: unknown) => string;
/** Writes whole elements of one shape, under a name. */
export type WriteElement = (value: unknown, name: string) => string;

export interface XmlWriters {
  readonly content: (shape: string) => WriteContent;
  readonly element: (shape: string) => WriteElement;
}

export function xmlWriters(model: ServiceModel): XmlWriters {
  const compiled = new Map<string, WriteContent>();
  const writers: XmlWriters = {
    content: (name) => {
      const known = compiled.get(name);
      if (known) return known;
      compiled.set(name, (value) => writers.content(name)(value));
      const writer = compile(model.shape(name), model, writers);
      compiled.set(name, writer);
      return writer;
    },
    element: (name) => {
      const content = writers.content(name);
      const attributes = attributesOf(model.shape(name));
      return attributes
        ? (value, tag) => `<${tag}${attributes(value)}>${content(value)}</${tag}>`
        : (value, tag) => `<${tag}>${content(value)}</${tag}>`;
    },
  };
  return writers;
}

function compile(shape: ShapeDescriptor, model: ServiceModel, writers: XmlWriters): WriteContent {
  if (shape.type === 'structure') return structureWriter(shape, model, writers);
  if (shape.type === 'list') {
    const write = listWriter(shape, writers);
    const name = xmlNameOf(shape.member, 'member');
    return (value) => write(value, name);
  }
  if (shape.type === 'map') {
    const write = mapWriter(shape, writers);
    return (value) => write(value, 'entry');
  }
  if (shape.type === 'string') return escapeText;
  const write = textWriter(shape.type, shape.timestampFormat ?? 'iso8601');
  return (value) => escapeText(write(value));
}

function structureWriter(
  shape: ShapeDescriptor,
  model: ServiceModel,
  writers: XmlWriters,
): WriteContent {
  const members = bodyMembers(shape)
    .filter(([, { xmlAttribute }]) => !xmlAttribute)
    .map(([name, reference]) => ({
      name,
      wireName: xmlNameOf(reference, name),
      write: memberWriter(reference, model, writers),
    }));
  return (value) => {
    const from = value as Record<string, unknown>;
    let text = '';
    for (const { name, wireName, write } of members) {
      const found = from[name];
      if (found !== undefined && found !== null) text += write(found, wireName);
    }
    return text;
  };
}

/** Writes the attributes of a structure's element, each with a space before it. */
function attributesOf(shape: ShapeDescriptor): WriteContent | undefined {
  const members = bodyMembers(shape).filter(([, { xmlAttribute }]) => xmlAttribute);
  if (members.length === 0) return undefined;
  const { xmlPrefix: prefix, xmlNamespace: namespace } = shape;
  const declared = prefix ? ` xmlns:${prefix}="${namespace}"` : '';
  return (value) => {
    const from = value as Record<string, unknown>;
    let text = declared;
    for (const [name, reference] of members) {
      if (from[name] === undefined) continue;
      text += ` ${xmlNameOf(reference, name)}="${escapeAttribute(String(from[name]))}"`;
    }
    return text;
  };
}

/** Writes a member with its tags: one element, or flattened, one for each that it holds. */
function memberWriter(
  reference: MemberDescriptor,
  model: ServiceModel,
  writers: XmlWriters,
): WriteElement {
  const shape = model.shape(reference.shape);
  const flattened = reference.flattened || shape.flattened;
  if (flattened && shape.type === 'list') {
    const own = member(shape.member).name;
    const write = listWriter(shape, writers);
    return own && !reference.xmlName ? (value) => write(value, own) : write;
  }
  if (flattened && shape.type === 'map') return mapWriter(shape, writers);
  const format = reference.timestampFormat;
  if (!format) return writers.element(reference.shape);
  const write = textWriter('timestamp', format);
  return (value, name) => `<${name}>${write(value)}</${name}>`;
}

function listWriter(shape: ShapeDescriptor, writers: XmlWriters): WriteElement {
  const write = writers.element(member(shape.member).shape);
  return (value, name) => {
    let text = '';
    for (const found of value as unknown[]) text += write(found, name);
    return text;
  };
}

function mapWriter(shape: ShapeDescriptor, writers: XmlWriters): WriteElement {
  const keyName = xmlNameOf(shape.key, 'key');
  const valueName = xmlNameOf(shape.value, 'value');
  const write = writers.element(member(shape.value).shape);
  return (value, name) => {
    const from = value as Record<string, unknown>;
    let text = '';
    for (const key of Object.keys(from)) {
      if (from[key] === undefined) continue;
      const written = write(from[key], valueName);
      text += `<${name}><${keyName}>${escapeText(key)}</${keyName}>${written}</${name}>`;
    }
    return text;
  };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: -- they are what it looks for
const NOT_TEXT = /[&<>\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const NOT_TEXT_ALL = new RegExp(NOT_TEXT.source, 'g');
// biome-ignore lint/suspicious/noControlCharactersInRegex: -- they are what it looks for
const NOT_ATTRIBUTE_ALL = /[&<>"\r\n\t\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export function escapeText(value: unknown): string {
  const text = String(value);
  return NOT_TEXT.test(text) ? text.replace(NOT_TEXT_ALL, escapeOne) : text;
}

function escapeAttribute(text: string): string {
  return text.replace(NOT_ATTRIBUTE_ALL, escapeOne);
}

function escapeOne(character: string): string {
  return ESCAPES[character] ?? '\ufffd';
}
