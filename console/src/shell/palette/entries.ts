/** What can be gone to and done from the palette. */
import type { MapNode, Published, Session } from '../../../../src/admin-api/index.ts';
import type { Changes } from '../../state/query.ts';
import type { ViewName } from '../../state/view-name.ts';
import { KIND_WORDS, type ShownKind } from '../../ui/kinds.ts';
import { VIEWS } from '../views.ts';
import { looksLikeId, type Ranked, ranked } from './rank.ts';

/** Some of the signs in `ui/icon.tsx`. */
export type EntryIcon = ViewName | 'pause' | 'warn' | 'auto' | 'help';

export interface Entry extends Ranked {
  readonly id: string;
  readonly icon?: EntryIcon;
  readonly kind?: ShownKind;
  /** Beside the label, in small. */
  readonly hint?: string;
  readonly keys?: readonly string[];
  readonly does: Does;
}

export type Does =
  | { readonly kind: 'go'; readonly view: ViewName; readonly query?: Changes }
  | { readonly kind: 'theme' }
  | { readonly kind: 'keys' };

export interface EntryGroup {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface Known {
  readonly session: Pick<Session, 'readOnly'>;
  readonly nodes: readonly MapNode[];
  /** Events in which what was typed stands. */
  readonly events: readonly Published[];
}

const MOST_RESOURCES = 8;
const MOST_BUSES = 3;

/** In groups, those without entries left out. */
export function groupsFor(query: string, known: Known): readonly EntryGroup[] {
  const groups = [
    { title: 'This id', entries: idFor(query) },
    { title: 'Views', entries: ranked(views(known), query, VIEWS.length) },
    { title: 'Resources', entries: query ? resourcesFor(query, known) : [] },
    { title: 'Actions', entries: ranked(actions(known), query, 8) },
    // They come in later than the rest: what is chosen meanwhile must not move.
    { title: 'Events that say so', entries: known.events.map(entryOf) },
  ];
  return groups.filter(({ entries }) => entries.length > 0);
}

function views({ session }: Known): readonly Entry[] {
  const seen = VIEWS.filter(({ name }) => name !== 'send' || !session.readOnly);
  return seen.map(({ name, label, key }) => ({
    id: `view ${name}`,
    label,
    more: `go to view ${name}`,
    icon: name,
    keys: ['g', key],
    does: { kind: 'go', view: name },
  }));
}

function actions({ session, nodes }: Known): readonly Entry[] {
  const send: Entry = {
    id: 'send',
    label: 'Send an event or message',
    more: 'publish put new',
    icon: 'send',
    does: { kind: 'go', view: 'send' },
  };
  const buses = nodes.filter(({ kind, declared }) => kind === 'bus' && declared);
  return [
    ...(session.readOnly ? [] : [send]),
    {
      id: 'pause',
      label: 'Pause the tail',
      more: 'stop freeze events',
      icon: 'pause',
      does: { kind: 'go', view: 'tail', query: { paused: '1' } },
    },
    ...buses.slice(0, MOST_BUSES).map(
      ({ arn, name }): Entry => ({
        id: `unmatched ${arn}`,
        label: `Unmatched events of ${name}`,
        more: 'why rule nobody took',
        icon: 'why',
        does: { kind: 'go', view: 'why', query: { bus: arn } },
      }),
    ),
    {
      id: 'failing',
      label: 'What fails now, on the map',
      more: 'errors trouble',
      icon: 'warn',
      does: { kind: 'go', view: 'map', query: { only: 'failing' } },
    },
    {
      id: 'theme',
      label: 'Change the theme',
      more: 'dark light',
      icon: 'auto',
      does: { kind: 'theme' },
    },
    {
      id: 'keys',
      label: 'Show all keys',
      more: 'help shortcuts',
      icon: 'help',
      does: { kind: 'keys' },
    },
  ];
}

function resourcesFor(query: string, { nodes }: Known): readonly Entry[] {
  const entries = nodes.map((node): Entry => {
    const kind = node.isDeadLetterQueue ? 'dead-letter-queue' : node.kind;
    const [word] = KIND_WORDS[kind];
    const tags = Object.entries(node.tags ?? {}).map(([tag, value]) => `${tag}=${value}`);
    return {
      id: `resource ${node.arn}`,
      label: node.name,
      more: `${word} ${node.arn} ${tags.join(' ')}`,
      kind,
      hint: word,
      does: { kind: 'go', view: 'map', query: { arn: node.arn } },
    };
  });
  return ranked(entries, query, MOST_RESOURCES);
}

function idFor(query: string): readonly Entry[] {
  const id = query.trim();
  if (!looksLikeId(id)) return [];
  return [
    { id: 'trace typed', label: `Trace ${id}`, icon: 'trace', does: go('trace', id) },
    { id: 'why typed', label: `Why did ${id} arrive, or not`, icon: 'why', does: go('why', id) },
  ];
}

function entryOf({ id, note, form }: Published): Entry {
  return { id: `event ${id}`, label: note || form, hint: id, icon: 'trace', does: go('trace', id) };
}

function go(view: ViewName, id: string): Does {
  return { kind: 'go', view, query: { id } };
}
