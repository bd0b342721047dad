/**
 * Are transactions serializable, in an order that their callers could have seen? Each of them
 * reads and appends to lists; what the lists hold tells which came before which.
 *
 * From that follow arrows between transactions: `ww` one appended behind the other, `wr` one read
 * what the other appended, `rw` one read a list before the other appended, `time` one was over
 * before the other began. Arrows that go round in a circle prove that there is no order.
 */
import type { Finding, Transaction } from '../history.ts';
import type { Lives } from './lives.ts';

export function checkTransactions({ history }: Lives): readonly Finding[] {
  const all = history.entries.filter((entry): entry is Transaction => entry.op === 'transaction');
  if (all.length === 0) return [];
  const orders = new Map<string, readonly string[]>();
  const findings = [...readOrders(all, orders), ...checkElements(all, orders)];
  if (findings.length > 0) return findings;
  return circles(arrowsOf(all, orders));
}

/** The longest reading of each list is its order; every other one must be its beginning. */
function readOrders(
  all: readonly Transaction[],
  orders: Map<string, readonly string[]>,
): readonly Finding[] {
  const findings: Finding[] = [];
  const readings = all
    .filter(({ outcome }) => outcome === 'ok')
    .flatMap(({ reads }) => Object.entries(reads));
  for (const [list, seen] of readings.toSorted(([, a], [, b]) => b.length - a.length)) {
    const order = orders.get(list) ?? seen;
    orders.set(list, order);
    const at = seen.findIndex((element, place) => order[place] !== element);
    const twice = seen.find((element, place) => seen.indexOf(element) !== place);
    if (twice !== undefined) {
      findings.push({ fault: 'duplicate', key: twice, text: `${twice} is twice in ${list}` });
    } else if (at >= 0) {
      const text = `${list} was read with ${seen[at]} and with ${order[at]} at place ${at}`;
      findings.push({ fault: 'not-serializable', key: list, text });
    }
  }
  return findings;
}

/** What was confirmed is there, what was refused is not, and what is there was appended. */
function checkElements(
  all: readonly Transaction[],
  orders: ReadonlyMap<string, readonly string[]>,
): readonly Finding[] {
  const findings: Finding[] = [];
  const origins = new Map<string, Transaction>();
  for (const one of all) {
    for (const element of Object.values(one.appends)) origins.set(element, one);
  }
  for (const [list, order] of orders) {
    for (const key of order) {
      const origin = origins.get(key);
      if (!origin) findings.push({ fault: 'phantom', key, text: `${key} in ${list} is nobody's` });
      else if (origin.outcome === 'refused') {
        const text = `${key} in ${list} is of ${origin.id}, which was refused`;
        findings.push({ fault: 'torn', key, text });
      }
    }
  }
  for (const one of all) findings.push(...missing(one, orders, all));
  return findings;
}

function missing(
  one: Transaction,
  orders: ReadonlyMap<string, readonly string[]>,
  all: readonly Transaction[],
): readonly Finding[] {
  if (one.outcome === 'refused') return [];
  const appends = Object.entries(one.appends);
  const sinceMs = one.outcome === 'ok' ? one.returnedAtMs : seenAtMs(one, all);
  const gone = appends.find(
    ([list, element]) =>
      !orders.get(list)?.includes(element) &&
      all.some((other) => list in other.reads && other.invokedAtMs > sinceMs),
  );
  if (!gone) return [];
  const [list, key] = gone;
  if (one.outcome === 'ok') {
    return [{ fault: 'lost', key, text: `${key} of ${one.id} is not in ${list}` }];
  }
  return [{ fault: 'torn', key, text: `${one.id} is in some lists, and not in ${list}` }];
}

/** When somebody had surely seen an effect of it. */
function seenAtMs({ appends }: Transaction, all: readonly Transaction[]): number {
  const seen = all.filter(
    ({ reads, outcome }) =>
      outcome === 'ok' &&
      Object.entries(appends).some(([list, element]) => reads[list]?.includes(element)),
  );
  return Math.min(...seen.map(({ returnedAtMs }) => returnedAtMs));
}

interface Arrow {
  readonly to: number;
  readonly why: 'ww' | 'wr' | 'rw' | 'time';
}

interface Graph {
  readonly nodes: readonly Transaction[];
  readonly arrows: readonly (readonly Arrow[])[];
}

function arrowsOf(
  all: readonly Transaction[],
  orders: ReadonlyMap<string, readonly string[]>,
): Graph {
  const elements = new Set([...orders.values()].flat());
  const nodes = all.filter(
    ({ outcome, appends }) =>
      outcome === 'ok' || Object.values(appends).some((element) => elements.has(element)),
  );
  const writers = new Map<string, number>();
  for (const [index, { appends }] of nodes.entries()) {
    for (const element of Object.values(appends)) writers.set(element, index);
  }
  const arrows = nodes.map((): Arrow[] => []);
  const add = (from: number | undefined, to: number | undefined, why: Arrow['why']) => {
    if (from !== undefined && to !== undefined && from !== to) arrows[from]?.push({ to, why });
  };
  const writerAt = (order: readonly string[], place: number) => writers.get(order[place] ?? '');
  for (const order of orders.values()) {
    for (const place of order.keys()) add(writerAt(order, place - 1), writerAt(order, place), 'ww');
  }
  for (const [index, { reads, outcome }] of nodes.entries()) {
    if (outcome !== 'ok') continue;
    for (const [list, seen] of Object.entries(reads)) {
      const order = orders.get(list) ?? [];
      add(writerAt(order, seen.length - 1), index, 'wr');
      add(index, writerAt(order, seen.length), 'rw');
    }
  }
  for (const [from, to] of overBefore(nodes)) add(from, to, 'time');
  return { nodes, arrows };
}

/** Which were over before which began; those that follow from others are left out. */
function* overBefore(nodes: readonly Transaction[]): Generator<readonly [number, number]> {
  const begun = [...nodes.keys()].sort((a, b) => beganMs(nodes, a) - beganMs(nodes, b));
  for (const from of nodes.keys()) {
    const one = nodes[from];
    if (one?.outcome !== 'ok') continue;
    let soonestEndMs = Number.POSITIVE_INFINITY;
    for (const to of begun) {
      const other = nodes[to];
      if (!other || other.invokedAtMs <= one.returnedAtMs) continue;
      if (other.invokedAtMs > soonestEndMs) break;
      yield [from, to];
      if (other.outcome === 'ok') soonestEndMs = Math.min(soonestEndMs, other.returnedAtMs);
    }
  }
}

function beganMs(nodes: readonly Transaction[], index: number): number {
  return nodes[index]?.invokedAtMs ?? 0;
}

/** Groups of transactions that are before each other (Tarjan), each told by one of its circles. */
function circles({ nodes, arrows }: Graph): readonly Finding[] {
  return components(arrows)
    .filter((group) => group.length > 1)
    .map((group) => {
      const circle = circleIn(new Set(group), arrows, group[0] ?? 0);
      const steps = circle.map(({ from, why }) => `${nodes[from]?.id} -${why}-> `);
      const key = nodes[circle[0]?.from ?? 0]?.id ?? '';
      return { fault: 'not-serializable', key, text: `${steps.join('')}${key} goes in a circle` };
    });
}

interface Step {
  readonly from: number;
  readonly why: Arrow['why'];
}

/** The shortest way from a transaction back to itself within its group. */
function circleIn(
  group: ReadonlySet<number>,
  arrows: Graph['arrows'],
  start: number,
): readonly Step[] {
  const ways = new Map<number, readonly Step[]>([[start, []]]);
  for (const [node, way] of ways) {
    for (const { to, why } of arrows[node] ?? []) {
      const longer = [...way, { from: node, why }];
      if (to === start) return longer;
      if (group.has(to) && !ways.has(to)) ways.set(to, longer);
    }
  }
  return [];
}

function components(arrows: Graph['arrows']): readonly (readonly number[])[] {
  const found: number[][] = [];
  const numbers: number[] = [];
  const lowest: number[] = [];
  const stack: number[] = [];
  let met = 0;
  const onStack = new Set<number>();
  const visit = (node: number): void => {
    numbers[node] = lowest[node] = met++;
    stack.push(node);
    onStack.add(node);
    for (const { to } of arrows[node] ?? []) {
      if (numbers[to] === undefined) visit(to);
      if (onStack.has(to)) lowest[node] = Math.min(lowest[node] ?? 0, lowest[to] ?? 0);
    }
    if (lowest[node] !== numbers[node]) return;
    const from = stack.lastIndexOf(node);
    const group = stack.splice(from);
    for (const member of group) onStack.delete(member);
    found.push(group);
  };
  for (const node of arrows.keys()) if (numbers[node] === undefined) visit(node);
  return found;
}
