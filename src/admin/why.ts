/**
 * `/_millrace/v1/why`: along which ways an event went from where it was published, and why not
 * along the others. What the resources say now comes from the lenses of the services, what was
 * then from the journal; where they differ, the journal is right.
 */
import type { Content, Way, Why } from '../admin-api/index.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Contents } from '../journal/contents-by-id.ts';
import { shortArn } from '../journal/draw.ts';
import type { Fact } from '../journal/journal.ts';
import type { Known } from '../journal/trace.ts';
import { get, Refused, wanted } from '../services/admin-http.ts';
import type { Route } from '../services/service.ts';
import type { DeclaredWay } from '../services/way-parts.ts';
import { ofFeeding } from './feeding.ts';
import { contentOf, formOf, heldBy } from './published.ts';
import type { AdminParts } from './routes.ts';
import { unmatched } from './unmatched.ts';
import { failureOf, type Look, ofHandOvers } from './verdicts.ts';

const WHY = '/_millrace/v1/why';
const UNMATCHED = '/_millrace/v1/unmatched';

export function whyRoutes({ contents }: AdminParts): Readonly<Record<string, Route>> {
  return {
    [WHY]: get(async (stack, request) => {
      if (request.path !== WHY) return undefined;
      const id = wanted(request, 'id');
      const look = await stack.traces.known();
      const known = look(id);
      if (!known) throw new Refused(404, `The journal knows of no event ${id}.`);
      const places = await placesOf(stack, contents, id, known);
      const of = request.query.get('of');
      const question = { id, contents, known, look, places };
      return of ? answerAlong(stack, question, of) : answer(stack, question);
    }),
    [UNMATCHED]: get((stack, request) =>
      request.path === UNMATCHED ? unmatched(stack, contents, request) : undefined,
    ),
  };
}

/** Where it came to be, and the buses that other buses handed it on to: it stays itself there. */
async function placesOf(
  stack: Stack,
  contents: Contents,
  id: string,
  known: Known,
): Promise<readonly Content[]> {
  const born = known.facts.find((fact) => formOf(fact) !== undefined);
  const first = born ?? bornOf(id, known);
  if (!first) return [];
  const form = formOf(first) ?? 'message';
  const held = born && (await heldBy(stack, contents, born, form));
  const place = contentOf(first, form, held);
  const buses = known.facts
    .filter(({ kind, outcome, produced }) => kind === 'deliver' && outcome === 'ok' && !produced)
    .map(({ target = '' }) => target)
    .filter((target) => target.includes(':event-bus/') && target !== place.arn);
  return [place, ...[...new Set(buses)].map((arn) => ({ ...place, arn }))];
}

/** What was handed over has no fact of its own birth, and what it held is not kept. */
function bornOf(id: string, { facts, madeBy }: Known): Fact | undefined {
  const made = madeBy && { arn: madeBy.target ?? madeBy.arn, atMs: madeBy.atMs };
  const seen = made ?? facts[0];
  return seen && { kind: 'publish', id, arn: seen.arn, atMs: seen.atMs };
}

interface Asked {
  readonly id: string;
  readonly contents: Contents;
  readonly known: Known;
  readonly look: Look;
  readonly places: readonly Content[];
}

async function answer(stack: Stack, asked: Asked): Promise<Why> {
  const { id, known, places } = asked;
  const arn = places[0]?.arn ?? '';
  const ways = await waysOf(stack, asked);
  return { id, arn, ways, ...(ways.length === 0 && { because: nowhere(known, arn) }) };
}

/** Events looked at on the way to where `of` begins. */
const MOST_STEPS = 200;

/** Along one way: from the event, or from what it was handed on as. */
async function answerAlong(stack: Stack, asked: Asked, of: string): Promise<Why> {
  const ids = new Set([asked.id]);
  // A set hands out what is added to it while it is gone through.
  for (const id of ids) {
    const known = asked.look(id);
    if (!known) continue;
    const places = await placesOf(stack, asked.contents, id, known);
    const ways = await waysOf(stack, { ...asked, id, known, places });
    const only = ways.filter((way) => way.arn === of);
    if (only.length > 0) return { id, arn: places[0]?.arn ?? '', ways: only };
    for (const effect of known.effects) if (ids.size < MOST_STEPS) ids.add(effect);
  }
  const where = asked.places[0]?.arn ?? '';
  const words = `where ${asked.id} was published, nor from what it led to`;
  throw new Refused(404, `${of} does not lead away from ${where}, ${words}.`);
}

async function waysOf(stack: Stack, asked: Asked): Promise<readonly Way[]> {
  const found = await Promise.all(asked.places.map((place) => waysFrom(stack, place, asked)));
  const declared = found.flat();
  const seen = new Set(declared.map((way) => way.arn));
  return inOrder([...declared, ...gone(seen, asked)]);
}

async function waysFrom(
  stack: Stack,
  place: Content,
  { known, look }: Asked,
): Promise<readonly Way[]> {
  const lenses = [...stack.lenses.values()];
  const told = await Promise.all(
    lenses.map(async (lens) => (await lens.ways?.(stack, place)) ?? []),
  );
  return told.flat().map((way) => joined(way, place.arn, known, look));
}

/** The journal's word, and where it has none, that of the resources. */
function joined(way: DeclaredWay, placeArn: string, known: Known, look: Look): Way {
  const past =
    way.kind === 'mapping'
      ? ofFeeding(way, known, look, placeArn)
      : ofHandOvers(way, known.facts, look, placeArn);
  if (past) {
    const { mismatch: _, ...rest } = way;
    return { ...rest, ...past };
  }
  const left = known.facts.find(
    ({ kind, arn, outcome }) => kind === 'drop' && arn === way.arn && outcome === 'FILTERED',
  );
  if (left && way.verdict === 'not-then') {
    const because = 'Its filter dropped it then; it has been changed since.';
    return { ...way, verdict: 'not-matched', because, attempts: [] };
  }
  return { ...way, attempts: [] };
}

/** Ways that it went and that no resource tells of any more. */
function gone(seen: ReadonlySet<string>, { known, look, places }: Asked): readonly Way[] {
  const arns = new Set(known.facts.filter(({ kind }) => HANDED.has(kind)).map((fact) => fact.arn));
  return [...arns].flatMap((arn) => {
    if (seen.has(arn)) return [];
    const kind = kindOf(arn);
    const targets = new Set(
      known.facts.flatMap((fact) =>
        fact.arn === arn && fact.kind === 'deliver' && fact.target ? [fact.target] : [],
      ),
    );
    const about = { arn, name: shortArn(arn), kind, targets: [...targets] };
    const ended = ofHandOvers(about, known.facts, look, places[0]?.arn ?? '');
    if (!ended) return [];
    const removed =
      kind === 'target' || kind === 'destination' ? '' : ` The ${kind} has been removed since.`;
    return [{ ...about, ...ended, because: `${ended.because}${removed}` }];
  });
}

const HANDED = new Set<Fact['kind']>(['match', 'deliver']);

function kindOf(arn: string): 'rule' | 'subscription' | 'destination' | 'target' {
  if (arn.includes(':rule/')) return 'rule';
  if (arn.includes(':function:')) return 'destination';
  return /^arn:[^:]+:sns:([^:]*:){3}[^:]+$/.test(arn) ? 'subscription' : 'target';
}

const ORDER: readonly Way['verdict'][] = [
  ...(['lost', 'dead-lettered', 'retrying', 'delivered'] as const),
  ...(['not-then', 'disabled', 'pending-confirmation', 'not-matched', 'unknown'] as const),
];

function inOrder(ways: readonly Way[]): readonly Way[] {
  const near = ({ mismatch }: Way) => mismatch?.nearness ?? 0;
  return ways.toSorted(
    (a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || near(b) - near(a),
  );
}

/** Why it went nowhere. */
function nowhere({ facts }: Known, arn: string): string {
  const run = facts.findLast(({ kind }) => kind === 'invoke');
  if (run) return `The function ${failureOf(facts) ?? `ran with it: ${run.outcome}`}.`;
  const end = facts.findLast(({ kind }) => ENDS.has(kind));
  switch (end?.kind) {
    case 'receive':
      return 'A consumer has received it, and has not confirmed it.';
    case 'delete':
      return 'A consumer received it and confirmed it.';
    case 'dead-letter':
      return `It was received too often and put into ${shortArn(end.target ?? '')}.`;
    case 'drop':
      return WORDS[end.outcome ?? ''] ?? `It was dropped: ${end.note ?? end.outcome}.`;
    default:
      return `Nothing listens at ${shortArn(arn)}.`;
  }
}

const ENDS = new Set<Fact['kind']>(['receive', 'delete', 'dead-letter', 'drop']);

const WORDS: Readonly<Record<string, string>> = {
  UNKNOWN_BUS: 'There was no such event bus: what is put there is accepted and dropped.',
  NO_SUBSCRIPTION: 'The topic had no subscription.',
  NO_RULES_MATCHED: 'The bus has no rule with a pattern.',
  OPTED_OUT: 'The owner of the phone number wants no messages.',
};
