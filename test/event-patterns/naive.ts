/**
 * The meaning of patterns written down as plainly as possible, to compare the real thing with.
 *
 * It flattens the event into leaves that know the array elements they lie in, then tries every
 * choice of one leaf per field, in order of path, that agrees on the elements. Exponential, and
 * shares no code with src/event-patterns.
 */
type Json = unknown;
type Elements = ReadonlyMap<number, number>;

interface Leaf {
  readonly path: string;
  readonly value: Json;
  readonly elements: Elements;
}

export function naiveMatches(pattern: Record<string, Json>, event: Json): boolean {
  const leaves: Leaf[] = [];
  flatten(event, [], new Map(), { arrays: 0 }, leaves);
  return branchesOf(pattern, [], [new Map()]).some((branch) => {
    const fields = [...branch].sort(([a], [b]) => (a < b ? -1 : 1));
    return choose(fields, leaves, new Map());
  });
}

function flatten(
  node: Json,
  path: readonly string[],
  elements: Elements,
  count: { arrays: number },
  into: Leaf[],
): void {
  if (Array.isArray(node)) {
    const array = count.arrays++;
    node.forEach((element: Json, index) => {
      const scalar = element === null || typeof element !== 'object';
      const inside = scalar ? elements : new Map([...elements, [array, index] as const]);
      flatten(element, path, inside, count, into);
    });
  } else if (node !== null && typeof node === 'object') {
    for (const [key, value] of Object.entries(node)) {
      flatten(value, [...path, key], elements, count, into);
    }
  } else {
    into.push({ path: path.join('.'), value: node, elements });
  }
}

type Branch = ReadonlyMap<string, readonly Json[]>;

function branchesOf(
  pattern: Record<string, Json>,
  keys: readonly string[],
  branches: readonly Branch[],
): readonly Branch[] {
  let grown = branches;
  for (const [key, value] of Object.entries(pattern)) {
    if (key === '$or') {
      const alternatives = value as Record<string, Json>[];
      grown = alternatives.flatMap((alternative) => branchesOf(alternative, keys, grown));
    } else if (Array.isArray(value)) {
      const path = [...keys, key].join('.');
      grown = grown.map((branch) => new Map([...branch, [path, value]]));
    } else {
      grown = branchesOf(value as Record<string, Json>, [...keys, key], grown);
    }
  }
  return grown;
}

function choose(
  fields: readonly (readonly [string, readonly Json[]])[],
  leaves: readonly Leaf[],
  settled: Elements,
): boolean {
  const [first, ...rest] = fields;
  if (!first) return true;
  const [path, conditions] = first;
  const here = leaves.filter((leaf) => leaf.path === path && agrees(leaf.elements, settled));
  if (here.length === 0) return conditions.some(asksForAbsence) && choose(rest, leaves, settled);
  return here.some(
    (leaf) =>
      conditions.some((condition) => answers(condition, leaf.value)) &&
      choose(rest, leaves, new Map([...settled, ...leaf.elements])),
  );
}

function agrees(elements: Elements, settled: Elements): boolean {
  return [...elements].every(([array, index]) => (settled.get(array) ?? index) === index);
}

function asksForAbsence(condition: Json): boolean {
  return JSON.stringify(condition) === '{"exists":false}';
}

function answers(condition: Json, value: Json): boolean {
  if (condition === null || typeof condition !== 'object') return condition === value;
  const [[operator, wanted] = ['', undefined]] = Object.entries(condition);
  const text = typeof value === 'string' ? value : undefined;
  switch (operator) {
    case 'exists':
      return wanted === true;
    case 'anything-but':
      return !excludes(wanted).some((excluded) => answers(excluded, value));
    case 'numeric':
      return typeof value === 'number' && inRange(wanted as Json[], value);
    case 'prefix':
      return text !== undefined && isEnd(wanted, (end, fold) => fold(text).startsWith(end));
    case 'suffix':
      return text !== undefined && isEnd(wanted, (end, fold) => fold(text).endsWith(end));
    case 'equals-ignore-case':
      return text?.toLowerCase() === String(wanted).toLowerCase();
    case 'wildcard':
      return text !== undefined && fits([...String(wanted)], [...text]);
    case 'cidr':
      return text !== undefined && inBlock(String(wanted), text);
    default:
      throw new Error(`The naive matcher does not know ${operator}.`);
  }
}

function excludes(wanted: Json): Json[] {
  if (Array.isArray(wanted)) return wanted;
  if (wanted === null || typeof wanted !== 'object') return [wanted];
  return Object.entries(wanted).flatMap(([operator, value]) =>
    [value].flat().map((one: Json) => ({ [operator]: one })),
  );
}

function isEnd(wanted: Json, test: (end: string, fold: (text: string) => string) => boolean) {
  if (typeof wanted === 'string') return test(wanted, (text) => text);
  const end = (wanted as { 'equals-ignore-case': string })['equals-ignore-case'];
  return test(end.toLowerCase(), (text) => text.toLowerCase());
}

function inRange(comparisons: readonly Json[], value: number): boolean {
  if (Math.abs(value) > 5e9) return false;
  for (let at = 0; at < comparisons.length; at += 2) {
    const bound = Number(comparisons[at + 1]);
    const operator = comparisons[at];
    if (operator === '=' && value !== bound) return false;
    if (operator === '<' && !(value < bound)) return false;
    if (operator === '<=' && !(value <= bound)) return false;
    if (operator === '>' && !(value > bound)) return false;
    if (operator === '>=' && !(value >= bound)) return false;
  }
  return true;
}

/** By trying every length for every star. Escapes are not known here. */
function fits(wildcard: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = wildcard;
  if (first === undefined) return text.length === 0;
  if (first !== '*') return text[0] === first && fits(rest, text.slice(1));
  return Array.from({ length: text.length + 1 }).some((_, taken) => fits(rest, text.slice(taken)));
}

/** IPv4 only, bit by bit. */
function inBlock(block: string, text: string): boolean {
  const [network = '', bits] = block.split('/');
  const [wanted, found] = [bitsOf(network), bitsOf(text)];
  if (!wanted || !found) return false;
  return found.startsWith(wanted.slice(0, Number(bits))) && found >= wanted;
}

function bitsOf(address: string): string | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
}
