/**
 * Finds all of many literals that occur anywhere in a text, reading the text once: the automaton
 * of Aho and Corasick (1975). Each node stands for a beginning of a literal; when the text goes
 * on differently, `fallback` leads to the longest end of it that also begins a literal.
 */
import type { Taker } from './taker.ts';
import type { Work } from './work.ts';

export interface Substrings<Item> {
  find(text: string, taker: Taker<Item>, work: Work): void;
}

interface Node<Item> {
  readonly children: Map<number, Node<Item>>;
  readonly items: Item[];
  fallback: Node<Item> | undefined;
  /** The nearest node along the fallbacks that has items. */
  shorter: Node<Item> | undefined;
}

export function substrings<Item>(entries: ReadonlyMap<string, readonly Item[]>): Substrings<Item> {
  const root = newNode<Item>();
  for (const [text, items] of entries) {
    let node = root;
    for (let at = 0; at < text.length; at++) {
      const child = node.children.get(text.charCodeAt(at)) ?? newNode();
      node.children.set(text.charCodeAt(at), child);
      node = child;
    }
    node.items.push(...items);
  }
  linkFallbacks(root);
  return { find: (text, taker, work) => scan(root, text, taker, work) };
}

function newNode<Item>(): Node<Item> {
  return { children: new Map(), items: [], fallback: undefined, shorter: undefined };
}

/** Breadth first, so that the fallbacks of shorter beginnings are known. */
function linkFallbacks<Item>(root: Node<Item>): void {
  let level = [root];
  while (level.length > 0) {
    const next: Node<Item>[] = [];
    for (const node of level) {
      for (const [code, child] of node.children) {
        next.push(child);
        child.fallback = follow(node.fallback, code) ?? root;
        child.shorter = child.fallback.items.length > 0 ? child.fallback : child.fallback.shorter;
      }
    }
    level = next;
  }
}

/** The node that `code` leads to from `node` or, failing that, from one of its fallbacks. */
function follow<Item>(node: Node<Item> | undefined, code: number): Node<Item> | undefined {
  for (let from = node; from; from = from.fallback) {
    const child = from.children.get(code);
    if (child) return child;
  }
  return undefined;
}

function scan<Item>(root: Node<Item>, text: string, taker: Taker<Item>, work: Work): void {
  const seen = new Set<Node<Item>>();
  let node = root;
  for (let at = 0; at < text.length; at++) {
    work.steps++;
    node = follow(node, text.charCodeAt(at)) ?? root;
    for (let hit: Node<Item> | undefined = node; hit; hit = hit.shorter) {
      if (hit.items.length === 0) continue;
      // A text that repeats a literal would else hand over the same items at every place.
      if (seen.has(hit)) break;
      seen.add(hit);
      work.steps++;
      taker.take(hit.items, false);
    }
  }
}
