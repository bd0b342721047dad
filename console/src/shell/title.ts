/** What the browser calls the page: in its tabs, its history and its bookmarks. */
import type { ViewName } from '../state/view-name.ts';
import { shortName } from '../ui/arns.ts';
import { VIEWS } from './views.ts';

/** The member of the address that says what a view is of. */
const THINGS: Partial<Record<ViewName, string>> = {
  map: 'arn',
  trace: 'id',
  why: 'id',
  'dead-letters': 'queue',
  queues: 'queue',
  functions: 'function',
  archives: 'archive',
  send: 'arn',
};

/** `orders · Queues · millrace`. */
export function titleOf(view: string, search: string): string {
  const entry = VIEWS.find(({ name }) => name === view);
  const member = entry && THINGS[entry.name];
  const thing = member && new URLSearchParams(search).get(member);
  return [thing && shortName(thing), entry?.label, 'millrace'].filter(Boolean).join(' · ');
}
