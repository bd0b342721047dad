/** `/_millrace/v1/unmatched`: events on a bus that none of its rules took, the newest first. */
import type { Content, Unmatched, UnmatchedEvent, Way } from '../admin-api/index.ts';
import { nextTurn } from '../core/clock.ts';
import type { Stack } from '../delivery/stack.ts';
import { factsBack } from '../journal/backwards.ts';
import type { Contents } from '../journal/contents-by-id.ts';
import type { Fact } from '../journal/journal.ts';
import { numberOf, Refused, wanted } from '../services/admin-http.ts';
import type { RouteRequest } from '../services/service.ts';
import type { DeclaredWay } from '../services/way-parts.ts';
import { contentOf, heldBy } from './published.ts';

const PAGE = 50;
const MOST = 200;
/** Facts looked at. */
const SEARCH = 50_000;

export async function unmatched(
  stack: Stack,
  contents: Contents,
  request: RouteRequest,
): Promise<Unmatched> {
  const bus = wanted(request, 'bus');
  if (!/^arn:[^:]+:events:([^:]*:){2}event-bus\/./.test(bus)) {
    throw new Refused(400, '"bus" must be the ARN of an event bus.');
  }
  const limit = numberOf(request, 'limit', [1, MOST]) ?? PAGE;
  const archives = await archivesAt(stack, bus);
  // From the newest back, what became of an event comes before the event.
  const matched = new Set<string>();
  const dropped = new Set<string>();
  const prefix = rulePrefix(bus);
  const { found, searched } = await factsBack(stack.storage, {
    limit,
    search: SEARCH,
    pick: (fact) => {
      const { kind, id, arn } = fact;
      if (kind === 'match' && isRuleOf(arn, prefix) && !archives.has(arn)) matched.add(id);
      // What another bus has handed on was published there.
      if (kind === 'drop' && arn === bus) dropped.add(id);
      const isHere = kind === 'publish' && (arn === bus || dropped.has(id));
      return isHere && !matched.has(id) ? { ...fact, arn: bus } : undefined;
    },
  });
  const events: UnmatchedEvent[] = [];
  for (const fact of found) {
    events.push(await explained(stack, contents, fact));
    await nextTurn();
  }
  return { bus, events, searched };
}

/** Rules that only keep events. */
async function archivesAt(stack: Stack, bus: string): Promise<ReadonlySet<string>> {
  const anything: Fact = { kind: 'publish', id: '', arn: bus, atMs: 0 };
  const ways = await waysFrom(stack, contentOf(anything, 'event', undefined));
  return new Set(ways.filter(({ kind }) => kind === 'archive').map(({ arn }) => arn));
}

/** `rule/` for the default bus, whose name is not in the ARNs of its rules. */
function rulePrefix(bus: string): string {
  const [head = '', name = ''] = bus.split(':event-bus/');
  return `${head}:rule/${name === 'default' ? '' : `${name}/`}`;
}

function isRuleOf(arn: string, prefix: string): boolean {
  return arn.startsWith(prefix) && !arn.slice(prefix.length).includes('/');
}

async function explained(stack: Stack, contents: Contents, fact: Fact): Promise<UnmatchedEvent> {
  const event = contentOf(fact, 'event', await heldBy(stack, contents, fact, 'event'));
  const ways = (await waysFrom(stack, event)).filter(({ kind }) => kind === 'rule');
  const isKept = event.content !== null;
  const matching = isKept ? ways.filter(({ mismatch }) => mismatch === undefined) : [];
  const now = takerAmong(matching, 'not-then') ?? takerAmong(matching, 'disabled');
  const nearest = nearestOf(ways);
  const { content: _, causes: __, ...published } = event;
  return { ...published, ...(nearest && { nearest }), ...(now && { now }) };
}

function takerAmong(ways: readonly DeclaredWay[], verdict: 'not-then' | 'disabled') {
  const way = ways.find((one) => one.verdict === verdict);
  if (!way) return undefined;
  const { arn, name } = way;
  return { arn, name, ...(verdict === 'disabled' && ({ disabled: true } as const)) };
}

function nearestOf(ways: readonly DeclaredWay[]): UnmatchedEvent['nearest'] {
  let best:
    | { readonly way: DeclaredWay; readonly mismatch: NonNullable<Way['mismatch']> }
    | undefined;
  for (const way of ways) {
    const { mismatch } = way;
    if (mismatch && mismatch.nearness > (best?.mismatch.nearness ?? -1)) best = { way, mismatch };
  }
  return best && { arn: best.way.arn, name: best.way.name, ...best.mismatch };
}

async function waysFrom(stack: Stack, place: Content): Promise<readonly DeclaredWay[]> {
  return (await stack.lenses.get('events')?.ways?.(stack, place)) ?? [];
}
