/** `/_millrace/v1/session`: what whoever looks sees and may do. */
import type { Session } from '../admin-api/index.ts';
import { VirtualClock } from '../core/clock.ts';
import { VERSION } from '../core/version.ts';
import type { Place } from '../delivery/lens.ts';
import { placeOfNode } from '../delivery/map-parts.ts';
import type { Stack } from '../delivery/stack.ts';
import { factsBack } from '../journal/backwards.ts';
import { get } from '../services/admin-http.ts';
import type { Route } from '../services/service.ts';
import type { AdminParts } from './routes.ts';

const SESSION = '/_millrace/v1/session';

/** Facts looked at for accounts and Regions, the newest first. */
const SEARCH = 2_000;
const MOST_PLACES = 50;

export function sessionRoutes({ services }: AdminParts): Readonly<Record<string, Route>> {
  return {
    [SESSION]: get(async (stack, { readOnly }): Promise<Session> => {
      const { account, region } = stack.settings;
      return {
        version: VERSION,
        endpoint: stack.endpoint(),
        ...{ account, region, readOnly },
        clock: stack.clock instanceof VirtualClock ? 'virtual' : 'real',
        journal: stack.journal.on,
        contents: stack.journal.keepsContents,
        services: [...services.keys()],
        places: await placesOf(stack),
      };
    }),
  };
}

/** Where something has happened, the latest first; the server's own is always among them. */
async function placesOf({ storage, settings }: Stack): Promise<readonly Place[]> {
  const { account, region } = settings;
  const found = new Map<string, Place>();
  await factsBack(storage, {
    limit: MOST_PLACES,
    search: SEARCH,
    pick: ({ arn }) => {
      const place = placeOfNode(arn);
      const name = `${place?.account}/${place?.region}`;
      if (!place || found.has(name)) return undefined;
      found.set(name, place);
      return name;
    },
  });
  const own = `${account}/${region}`;
  if (!found.has(own)) found.set(own, { account, region });
  return [...found.values()];
}
