import { Badge, type Tone } from '../../ui/badge.tsx';
import type { HopState } from './hop.ts';

const SHOWN: Readonly<Record<HopState, readonly [Tone, string]>> = {
  ok: ['ok', 'ok'],
  waiting: ['neutral', 'waiting'],
  held: ['accent', 'in flight'],
  retry: ['retry', 'retrying'],
  fail: ['fail', 'failed'],
  dead: ['dead', 'dead letter'],
  lost: ['fail', 'lost'],
  dropped: ['neutral', 'dropped'],
  unknown: ['neutral', 'unknown'],
};

export function StateBadge({ state }: { readonly state: HopState }) {
  const [tone, words] = SHOWN[state];
  return <Badge tone={tone}>{words}</Badge>;
}
