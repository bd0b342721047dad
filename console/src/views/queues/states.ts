/** Why a message is where it is, in words. */
import type { QueueMessage } from '../../../../src/admin-api/index.ts';
import { shortName } from '../../ui/arns.ts';
import type { Tone } from '../../ui/tone.ts';
import { span } from '../../ui/when.ts';

export interface StateWords {
  /** What the badge says. */
  readonly state: string;
  readonly tone: Tone;
  /** For how long, behind whom, held by whom; '' where there is nothing to say. */
  readonly why: string;
}

export function stateOf(message: QueueMessage, nowMs: number): StateWords {
  const { state, visibleAtMs, heldBy, blockedBy } = message;
  const left = visibleAtMs === undefined ? '' : leftOf(visibleAtMs - nowMs);
  if (state === 'in-flight') {
    return { state: 'in flight', tone: 'accent', why: joined(hidden(left), holder(heldBy)) };
  }
  if (state === 'delayed') return { state: 'delayed', tone: 'retry', why: left && `for ${left}` };
  if (blockedBy === undefined) return { state: 'visible', tone: 'ok', why: '' };
  return { state: 'blocked', tone: 'retry', why: `behind ${blockedBy.slice(0, 8)}… of its group` };
}

function hidden(left: string): string {
  return left && `hidden ${left} more`;
}

function holder(heldBy: string | undefined): string {
  return heldBy === undefined ? '' : `held by ${shortName(heldBy)}`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter(Boolean).join(', ');
}

/** Whole seconds, so that it counts down calmly. */
function leftOf(ms: number): string {
  if (ms <= 0) return '';
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : span(seconds * 1_000);
}
