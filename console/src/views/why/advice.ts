/** What to do about an event that did not arrive, in words; with the command where there is one. */
import type { Mismatch, Way } from '../../../../src/admin-api/index.ts';
import { arnParts, kindOf, shortName } from '../../ui/arns.ts';
import { printed, valuesOf } from './conditions.ts';

export interface Advice {
  readonly text: string;
  /** Of the AWS CLI. */
  readonly command?: string;
}

export function adviceOn(way: Way): readonly Advice[] {
  switch (way.verdict) {
    case 'not-matched':
      return way.mismatch ? onMismatch(way.mismatch) : [];
    case 'disabled':
      return [enable(way)];
    case 'pending-confirmation':
      return [{ text: 'Whoever owns the endpoint has to confirm the subscription first.' }];
    case 'dead-lettered':
      return [...onFailure(way), { text: 'Redrive its dead letter once the cause is gone.' }];
    case 'lost':
      return [
        ...onFailure(way),
        { text: 'Give it a dead-letter queue: what cannot be handed over is kept there.' },
      ];
    case 'retrying':
      return onFailure(way);
    case 'not-then':
      return [{ text: 'It takes such events now. Send this one again to see it arrive.' }];
    case 'unknown':
      return [
        { text: 'To be able to tell, the server has to keep contents: --no-contents is off.' },
      ];
    case 'delivered':
      return [];
  }
}

function onMismatch({ path, wanted, found }: Mismatch): readonly Advice[] {
  // The whole is to blame: the sentence of the verdict says all there is to say.
  if (path === '') return [];
  if (found.length === 0) {
    const spelling = 'Look at the spelling and the place of the field';
    return [{ text: `The event has nothing at ${path}. ${spelling}, or send it along.` }];
  }
  const values = valuesOf(wanted);
  const near = nearMiss(values, found);
  if (near) return [{ text: near }];
  const all = found.map(printed).join(', ');
  return values.length > 0
    ? [{ text: `If ${all} should be taken too, add it to the conditions of ${path}.` }]
    : [{ text: `If ${all} should be taken too, widen the condition of ${path}.` }];
}

/** What is nearly right is what people look for longest. */
function nearMiss(values: readonly unknown[], found: readonly unknown[]): string | undefined {
  for (const one of found) {
    for (const value of values) {
      const words = difference(value, one);
      if (words) return words;
    }
  }
  return undefined;
}

function difference(wanted: unknown, found: unknown): string | undefined {
  if (typeof wanted !== typeof found) {
    if (String(wanted) !== String(found)) return undefined;
    return (
      `The pattern has ${aKind(wanted)}, ${printed(wanted)}, and the event ${aKind(found)}, ` +
      `${printed(found)}: to match they must be of one type.`
    );
  }
  if (typeof wanted !== 'string' || typeof found !== 'string') return undefined;
  if (wanted.trim() === found.trim()) return 'They differ by a space at an end.';
  if (wanted.toLowerCase() !== found.toLowerCase()) return undefined;
  const condition = `{"equals-ignore-case": ${printed(wanted)}}`;
  return `They differ by capitals only. ${condition} would take both.`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'nothing',
};

function aKind(value: unknown): string {
  return KINDS[typeof value] ?? 'a value';
}

function enable({ arn, name }: Way): Advice {
  const text = 'Events of the time in which it is off are not made up for; send this one again.';
  if (kindOf(arn) === 'rule') {
    const bus = /:rule\/(.+)\/[^/]+$/.exec(arn)?.[1];
    const on = bus === undefined ? '' : ` --event-bus-name ${bus}`;
    return { text, command: `aws events enable-rule --name ${name}${on}` };
  }
  const uuid = /event-source-mapping:(.+)$/.exec(arn)?.[1];
  if (uuid === undefined) return { text };
  return { text, command: `aws lambda update-event-source-mapping --uuid ${uuid} --enabled` };
}

/** By the error of the last attempt that failed. */
function onFailure({ attempts }: Way): readonly Advice[] {
  const failed = attempts.findLast(({ outcome }) => outcome !== 'ok');
  if (!failed) return [];
  const what = `${kindOf(failed.target)} ${shortName(failed.target)}`;
  // What the policy must let in is said by the verdict itself.
  if (/NO_PERMISSIONS|AccessDenied/.test(failed.outcome)) return permission(failed.target);
  const known = FAILURES.find(([pattern]) => pattern.test(failed.outcome));
  if (known) return [{ text: known[1](what) }];
  return [{ text: `See what ${what} answered: ${failed.note || failed.outcome}.` }];
}

const FAILURES: readonly (readonly [RegExp, (what: string) => string])[] = [
  [
    /NO_RESOURCE|ResourceNotFound|NonExistentQueue|NotFound|404/,
    (what) => `There is no ${what}: make it, or take it out of the targets.`,
  ],
  [/TIMEOUT|TimedOut|Timeout/i, (what) => `It took ${what} too long: see its runs and timeout.`],
  [
    /THROTTL|TooManyRequests|429/i,
    (what) => `There was too much for ${what} at once: see its concurrency and rate.`,
  ],
  [
    /MaxReceives|EXHAUSTED|MAXIMUM/i,
    (what) => `All attempts at ${what} failed: see its runs for the error.`,
  ],
];

function permission(arn: string): readonly Advice[] {
  const parts = arnParts(arn);
  if (parts?.service !== 'lambda') return [];
  const command =
    `aws lambda add-permission --function-name ${parts.name} --statement-id events ` +
    '--action lambda:InvokeFunction --principal events.amazonaws.com';
  return [{ text: 'This lets all of the account’s rules in:', command }];
}
