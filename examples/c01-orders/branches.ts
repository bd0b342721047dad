/**
 * One order through one of the ways in which things go wrong, on a virtual clock.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Local, startLocal } from '../local.ts';
import { paint } from '../paint.ts';
import { Books } from './books.ts';
import type { Fault } from './faults.ts';
import { type Flow, type Placed, SCENARIOS, type Scenario, startFlow, stock } from './flow.ts';
import { report } from './orders.ts';
import { fetchTrace } from './show.ts';

interface Story {
  readonly flow: Flow;
  readonly local: Local;
  readonly place: () => Promise<Placed>;
  /** Prints a line with the virtual time. */
  readonly tell: (what: string) => Promise<void>;
}

interface Branch {
  readonly title: string;
  readonly scenario: Scenario;
  readonly fault?: Fault;
  readonly story: (story: Story) => Promise<Placed>;
}

async function plain({ local, place, tell }: Story): Promise<Placed> {
  const placed = await place();
  await local.settled();
  await tell('nothing is left to do');
  return placed;
}

async function throwing(story: Story): Promise<Placed> {
  const { flow, local, place, tell } = story;
  await flow.trouble('inventory', 'throw');
  await tell('inventory throws whatever it is given');
  const placed = await place();
  await local.advance('60s');
  await flow.trouble('inventory');
  await tell('inventory is healed');
  await local.settled();
  await tell('nothing is left to do');
  return placed;
}

async function pausing({ flow, local, place, tell }: Story): Promise<Placed> {
  await flow.feeding('payment', false);
  await tell('the mapping of payment is disabled');
  const placed = await place();
  await local.advance('5m');
  await flow.feeding('payment', true);
  await tell('the mapping of payment is enabled');
  await local.settled();
  await tell('nothing is left to do');
  return placed;
}

export const BRANCHES: Readonly<Record<string, Branch>> = {
  a: { title: 'the card is declined', scenario: SCENARIOS.declined, story: plain },
  b: { title: 'the shelf is empty', scenario: SCENARIOS.soldOut, story: plain },
  c: { title: 'both', scenario: SCENARIOS.both, story: plain },
  d: {
    title: 'inventory throws for 60 seconds, then heals',
    scenario: SCENARIOS.ok,
    story: throwing,
  },
  e: {
    title: 'every event comes twice, in any order',
    scenario: SCENARIOS.ok,
    fault: 'twice',
    story: plain,
  },
  f: { title: 'payment pauses for 5 minutes', scenario: SCENARIOS.ok, story: pausing },
};

export interface BranchOptions {
  readonly port: number;
  /** Default: a folder that is removed at the end. */
  readonly data?: string | undefined;
}

/** Runs the branch called `name`; answers with whether all ended as it must. */
export async function runBranch(name: string, options: BranchOptions): Promise<boolean> {
  const { title, scenario, fault, story } = BRANCHES[name] as Branch;
  const { port, data: folder } = options;
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  await using local = await startLocal({ port, ...(folder !== undefined && { folder }) });
  console.log(`Branch ${name}: ${title}. Time is virtual.\n`);
  const file = join(local.folder, 'c01-orders.db');
  const books = stock(new Books(file));
  const flow = await startFlow({ books: file, fault });
  const tell = async (what: string) => {
    const seconds = Math.round((await local.elapsedMs()) / 1000);
    console.log(`  ${paint('dim', `+${seconds} s`.padStart(6))}  ${what}`);
  };
  const place = async () => {
    const [placed] = await flow.place([{ orderId: `o-${Date.now().toString(36)}`, scenario }]);
    if (!placed) throw new Error('No order was placed.');
    await tell('the order is placed');
    return placed;
  };
  const placed = await story({ flow, local, place, tell });
  console.log();
  const trace = await fetchTrace(local.endpoint, placed.eventId);
  const right = report(placed, books.state(placed.orderId), trace);
  const dead = await flow.deadLetters();
  console.log(`The order ended ${right ? 'as it must' : 'wrong'}; ${dead} dead letters.`);
  flow.close();
  books.close();
  return right && dead === 0;
}
