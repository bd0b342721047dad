/**
 * A burst of progress, always the same one for its size: some people walk more than others, one
 * event in a hundred comes twice, and one in a thousand (but at least three) says its steps so
 * that nobody understands it.
 */
import { milestonesOf } from './progress.ts';

export interface Burst {
  readonly people: readonly { readonly userId: string; readonly team: string }[];
  /** In the order of sending; some come twice. */
  readonly bodies: readonly string[];
  readonly poison: number;
  /** Steps that must come together, without those of the poison, and with them. */
  readonly without: ReadonlyMap<string, number>;
  readonly all: ReadonlyMap<string, number>;
}

const TEAMS = ['ash', 'birch', 'cedar', 'oak'] as const;

export function makeBurst(events: number): Burst {
  const random = randomFrom(7);
  const people = Array.from({ length: Math.min(500, Math.ceil(events / 30)) }, (_, index) => ({
    userId: `u-${index}`,
    team: TEAMS[index % TEAMS.length] as string,
  }));
  const poison = Math.max(3, Math.round(events / 1_000));
  const bodies: string[] = [];
  const without = new Map<string, number>();
  const all = new Map<string, number>();
  for (let event = 0; event < events; event += 1) {
    const place = Math.floor(Math.sqrt(random()) * people.length);
    const { userId = '' } = people[place] ?? {};
    const steps = 1_000 + Math.floor(random() * 2_000);
    const isPoison = event % Math.floor(events / poison) === 1 && event < events - 1;
    add(all, userId, steps);
    if (!isPoison) add(without, userId, steps);
    const body = JSON.stringify({
      eventId: `e-${event}`,
      userId,
      challengeId: 'spring',
      steps: isPoison ? steps.toLocaleString('en-US') : steps,
      source: 'wearable',
      loggedAt: new Date(Date.UTC(2026, 3, 1) + event * 1_000).toISOString(),
    });
    bodies.push(body);
    if (event % 100 === 50) bodies.push(body);
  }
  const isBad = (body: string) => body.includes('"steps":"');
  return { people, bodies, poison: bodies.filter(isBad).length, without, all };
}

export function teamTotals({ people }: Burst, steps: ReadonlyMap<string, number>) {
  const totals = new Map<string, number>(TEAMS.map((team) => [team, 0]));
  for (const { userId, team } of people) add(totals, team, steps.get(userId) ?? 0);
  return totals;
}

/** As `u-1 reached 10000`, in order. */
export function badgesFor(steps: ReadonlyMap<string, number>): readonly string[] {
  return [...steps]
    .flatMap(([userId, sum]) => milestonesOf(sum).map((one) => `${userId} reached ${one}`))
    .sort();
}

function add(sums: Map<string, number>, key: string, more: number): void {
  sums.set(key, (sums.get(key) ?? 0) + more);
}

/** Numbers in [0, 1) that look random: a linear congruential generator. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
