/** From a bus on: its rules, and the archives that listen. */
import type { Content } from '../../admin-api/index.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type DeclaredWay, notKnown, notMatched, notThen, off } from '../way-parts.ts';
import { type BusAddress, parseBusArn, ruleArn } from './arns.ts';
import { mismatchOf } from './explain.ts';
import { type Rule, rulesOf, storeOf } from './store.ts';

export async function ways(stack: Stack, published: Content): Promise<readonly DeclaredWay[]> {
  const bus = parseBusArn(published.arn);
  if (!bus) return [];
  const rows = await storeOf(stack).rules.list(rulesOf(bus));
  return rows
    .filter(({ value }) => value.pattern !== undefined)
    .map(({ value }) => wayOf(bus, value, published.content));
}

function wayOf(bus: BusAddress, rule: Rule, event: unknown): DeclaredWay {
  const isArchive = rule.archiveLog !== undefined;
  const about = {
    arn: ruleArn(bus, rule.name),
    name: rule.name,
    kind: isArchive ? ('archive' as const) : ('rule' as const),
    targets: isArchive ? [] : rule.targets.map(({ Arn }) => Arn),
  };
  const isKept = typeof event === 'object' && event !== null;
  const mismatch = isKept ? mismatchOf(rule, event) : undefined;
  if (rule.state === 'DISABLED') return off(about, 'disabled', 'The rule is disabled.', mismatch);
  if (mismatch) return notMatched(about, mismatch);
  if (!isKept) return notKnown(about);
  const when = 'it was made, changed or enabled later';
  return notThen(about, `The rule would take it now, and did not then: ${when}.`);
}
