/**
 * Finds all of many prefixes (or suffixes) that a text has, in one walk along the text.
 *
 * A tree of labels: each node stands for what its labels spell together, and what two affixes
 * have in common is stored and compared once.
 */
import type { Taker } from './taker.ts';
import type { Work } from './work.ts';

export interface Affixes<Item> {
  find(text: string, taker: Taker<Item>, work: Work): void;
}

interface Node<Item> {
  label: string;
  items: Item[];
  children: Map<number, Node<Item>>;
}

export function prefixes<Item>(
  entries: ReadonlyMap<string, readonly Item[]>,
  sure: boolean,
): Affixes<Item> {
  const root = treeOf(entries);
  const find = (text: string, taker: Taker<Item>, work: Work) => {
    let node: Node<Item> | undefined = root;
    for (let at = 0; node; node = node.children.get(text.charCodeAt(at))) {
      work.steps++;
      if (!text.startsWith(node.label, at)) return;
      at += node.label.length;
      if (node.items.length > 0) taker.take(node.items, sure);
    }
  };
  return { find };
}

export function suffixes<Item>(
  entries: ReadonlyMap<string, readonly Item[]>,
  sure: boolean,
): Affixes<Item> {
  const reversed = [...entries].map(([text, items]) => [reverse(text), items] as const);
  const root = treeOf(new Map(reversed));
  turnLabels(root);
  const find = (text: string, taker: Taker<Item>, work: Work) => {
    let node: Node<Item> | undefined = root;
    for (let end = text.length; node; node = node.children.get(text.charCodeAt(end - 1))) {
      work.steps++;
      if (!text.endsWith(node.label, end)) return;
      end -= node.label.length;
      if (node.items.length > 0) taker.take(node.items, sure);
    }
  };
  return { find };
}

function treeOf<Item>(entries: ReadonlyMap<string, readonly Item[]>): Node<Item> {
  const root: Node<Item> = { label: '', items: [], children: new Map() };
  for (const [text, items] of entries) add(root, text, items);
  return root;
}

function add<Item>(root: Node<Item>, text: string, items: readonly Item[]): void {
  let node = root;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const child = node.children.get(code);
    if (!child) {
      const leaf = { label: text.slice(at), items: [], children: new Map() };
      node.children.set(code, leaf);
      node = leaf;
      break;
    }
    const shared = sharedLength(child.label, text, at);
    if (shared < child.label.length) split(child, shared);
    node = child;
    at += shared;
  }
  node.items.push(...items);
}

/** Cuts a node in two at `length`; what it had moves to the new lower half. */
function split<Item>(node: Node<Item>, length: number): void {
  const lower = { label: node.label.slice(length), items: node.items, children: node.children };
  node.label = node.label.slice(0, length);
  node.items = [];
  node.children = new Map([[lower.label.charCodeAt(0), lower]]);
}

function sharedLength(label: string, text: string, at: number): number {
  let shared = 0;
  while (shared < label.length && label.charCodeAt(shared) === text.charCodeAt(at + shared)) {
    shared++;
  }
  return shared;
}

/** By code unit, since that is how the tree is walked. */
function reverse(text: string): string {
  let reversed = '';
  for (let at = text.length - 1; at >= 0; at--) reversed += text.charAt(at);
  return reversed;
}

function turnLabels<Item>(node: Node<Item>): void {
  const pending = [node];
  for (let next = pending.pop(); next; next = pending.pop()) {
    next.label = reverse(next.label);
    pending.push(...next.children.values());
  }
}
