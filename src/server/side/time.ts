/**
 * Time over HTTP, so that a test in any language can move it: `clock`, `clock/advance`, `settled`.
 */
import { VirtualClock } from '../../core/clock.ts';
import { type Duration, durationMs } from '../../core/duration.ts';
import { json } from '../../core/json-answer.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Route, RouteAnswer } from '../../services/service.ts';
import { advance, type Controls, RealTime } from './controls.ts';
import { bodyOf, onlyMethods } from './json.ts';

export function timeRoutes(controls: Controls): Readonly<Record<string, Route>> {
  return {
    '/_millrace/v1/clock': (stack, request) => onlyMethods(request, 'GET') ?? clockAnswer(stack),
    /** `{ "by": "15m" }` or a number of milliseconds; answers once all that was due is done. */
    '/_millrace/v1/clock/advance': async (stack, request) => {
      const refused = onlyMethods(request, 'POST');
      if (refused) return refused;
      const by = bodyOf(request)?.by;
      if (typeof by !== 'string' && typeof by !== 'number') {
        return json(400, { message: 'Say how far: {"by": "15m"}, or a number of milliseconds.' });
      }
      return moved(stack, controls, by);
    },
    /** Runs virtual time through retries and steps of work. 409 names what would not end. */
    '/_millrace/v1/settled': async (_stack, request) => {
      const refused = onlyMethods(request, 'POST');
      if (refused) return refused;
      const outstanding = await controls.settled();
      const settled = outstanding.length === 0;
      return json(settled ? 200 : 409, { settled, outstanding });
    },
  };
}

async function moved(stack: Stack, controls: Controls, by: Duration): Promise<RouteAnswer> {
  try {
    await advance(stack, controls, durationMs(by));
  } catch (cause) {
    if (cause instanceof RangeError) return json(400, { message: cause.message });
    if (cause instanceof RealTime) return json(409, { message: cause.message });
    throw cause;
  }
  return clockAnswer(stack);
}

function clockAnswer({ clock }: Stack): RouteAnswer {
  const nowMs = clock.nowMs();
  const virtual = clock instanceof VirtualClock;
  const now = new Date(nowMs).toISOString();
  return json(200, { clock: virtual ? 'virtual' : 'real', nowMs, now, virtual });
}
