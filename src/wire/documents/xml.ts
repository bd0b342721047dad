/**
 * Parses XML 1.0 documents as REST bodies hold them: elements, attributes, text, CDATA, comments
 * and processing instructions.
 *
 * A document type is refused, so no entity exists but XML's own five and character references,
 * and nothing can grow. Nesting is bounded. Prefixes are taken off element names, because AWS's
 * documents use one namespace each.
 */
import { notReadable, tooDeep } from '../errors/framework-errors.ts';

export interface XmlNode {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  /** The text directly within, without that of its children. */
  readonly text: string;
}

interface OpenNode {
  /** As it stands in its tags. */
  readonly tag: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: OpenNode[];
  text: string;
}

const DEEPEST = 64;
const NAME = String.raw`[A-Za-z_][\w.\-]*(?::[A-Za-z_][\w.\-]*)?`;
const OPENING = new RegExp(
  String.raw`<(${NAME})((?:\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>`,
  'y',
);
const CLOSING = new RegExp(String.raw`</(${NAME})\s*>`, 'y');
const ATTRIBUTE = new RegExp(String.raw`(${NAME})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')`, 'g');

function broken(at: number) {
  return notReadable(`The XML document is not well formed at character ${at + 1}.`);
}

/** The root element of a document. */
export function parseXml(text: string): XmlNode {
  const document: OpenNode = openNode('', '');
  const open: OpenNode[] = [document];
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; ) {
    at = text.charCodeAt(at) === 0x3c ? takeMarkup(text, at, open) : takeText(text, at, open);
  }
  const [root, second] = document.children;
  if (open.length > 1 || !root || second) throw broken(text.length);
  return root;
}

function openNode(tag: string, attributes: string): OpenNode {
  const found = new Map<string, string>();
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    found.set(name, unescapeText(double ?? single ?? ''));
  }
  const name = tag.slice(tag.indexOf(':') + 1);
  return { tag, name, attributes: found, children: [], text: '' };
}

/** Takes what begins with `<` at `at`, and answers where it ends. */
function takeMarkup(text: string, at: number, open: OpenNode[]): number {
  if (text.startsWith('<!--', at)) return after(text, '-->', at + 4);
  if (text.startsWith('<?', at)) return after(text, '?>', at + 2);
  if (text.startsWith('<![CDATA[', at)) {
    const end = after(text, ']]>', at + 9);
    addText(open, text.slice(at + 9, end - 3), at);
    return end;
  }
  if (text.startsWith('<!', at)) throw notReadable('A document type is not allowed.');
  return text.startsWith('</', at) ? takeClosing(text, at, open) : takeOpening(text, at, open);
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  if (found === -1) throw broken(from);
  return found + mark.length;
}

function takeOpening(text: string, at: number, open: OpenNode[]): number {
  OPENING.lastIndex = at;
  const [whole, tag = '', attributes = '', empty] = OPENING.exec(text) ?? [];
  if (whole === undefined) throw broken(at);
  const node = openNode(tag, attributes);
  open.at(-1)?.children.push(node);
  if (!empty) open.push(node);
  if (open.length > DEEPEST + 1) throw tooDeep(DEEPEST);
  return at + whole.length;
}

function takeClosing(text: string, at: number, open: OpenNode[]): number {
  CLOSING.lastIndex = at;
  const [whole, tag] = CLOSING.exec(text) ?? [];
  if (whole === undefined || open.length < 2 || open.pop()?.tag !== tag) throw broken(at);
  return at + whole.length;
}

function takeText(text: string, at: number, open: OpenNode[]): number {
  const found = text.indexOf('<', at);
  const end = found === -1 ? text.length : found;
  addText(open, unescapeText(text.slice(at, end)), at);
  return end;
}

/** Outside the root there may be white space only. */
function addText(open: OpenNode[], text: string, at: number): void {
  const node = open.at(-1);
  if (open.length === 1 && text.trim() !== '') throw broken(at);
  if (node) node.text += text;
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
  return text.replaceAll(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));|&/g, (_, hex, decimal, name) => {
    const character = name === undefined ? characterOf(hex, decimal) : NAMED[name];
    if (character === undefined) throw notReadable('An entity of the XML document is not known.');
    return character;
  });
}

function characterOf(hex: string | undefined, decimal: string | undefined): string | undefined {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
