/** `/_millrace/v1/tail` and `/contents/<id>`: what was published, page by page and as it comes. */
import type { Content, Form, Published, Tail } from '../admin-api/index.ts';
import type { Stack } from '../delivery/stack.ts';
import { factsBack } from '../journal/backwards.ts';
import type { Contents } from '../journal/contents-by-id.ts';
import type { Fact } from '../journal/journal.ts';
import { below, follow, get, momentOf, numberOf } from '../services/admin-http.ts';
import type { Route, RouteRequest } from '../services/service.ts';
import { contentOf, formOf, heldBy, publishedOf } from './published.ts';
import type { AdminParts } from './routes.ts';
import { tailFilter } from './tail-filter.ts';
import { TailFollower } from './tail-follower.ts';

const TAIL = '/_millrace/v1/tail';
const LIVE = `${TAIL}/live`;
const CONTENTS = '/_millrace/v1/contents/';

const PAGE = 100;
const MOST = 1_000;
/** Facts looked at for one page: where the content is asked for too, that takes longer. */
const SEARCH = 20_000;
const SEARCH_IN_CONTENTS = 5_000;

export function tailRoutes({ contents }: AdminParts): Readonly<Record<string, Route>> {
  return {
    [TAIL]: get((stack, request) => page(stack, contents, request)),
    [LIVE]: follow((stack, { query }) => {
      const filter = tailFilter(query);
      return (client) => {
        const follower = new TailFollower(stack, contents, filter, client);
        return () => follower.stop();
      };
    }),
    [CONTENTS]: get((stack, request) => contentAt(stack, contents, request)),
  };
}

async function page(stack: Stack, contents: Contents, request: RouteRequest): Promise<Tail> {
  const filter = tailFilter(request.query);
  const shown = async (fact: Fact, form: Form): Promise<Published | undefined> => {
    const held = await heldBy(stack, contents, fact, form);
    return filter.takesContent(fact, form, held) ? publishedOf(fact, form, held) : undefined;
  };
  const { found, searched, next } = await factsBack(stack.storage, {
    after: request.query.get('after') ?? undefined,
    limit: numberOf(request, 'limit', [1, MOST]) ?? PAGE,
    search: filter.asksContent ? SEARCH_IN_CONTENTS : SEARCH,
    fromMs: momentOf(request, 'fromMs'),
    toMs: momentOf(request, 'toMs'),
    // What is passed over, and that is most of it, is worth no promise.
    pick: (fact) => {
      const form = formOf(fact);
      return form && filter.takesFact(fact, form) ? shown(fact, form) : undefined;
    },
  });
  return { events: found, searched, ...(next !== undefined && { next }) };
}

async function contentAt(
  stack: Stack,
  contents: Contents,
  request: RouteRequest,
): Promise<Content | undefined> {
  const fact = await publicationOf(stack, below(request, CONTENTS));
  const form = fact && formOf(fact);
  if (!fact || !form) return undefined;
  const held = await heldBy(stack, contents, fact, form);
  return held === undefined ? undefined : contentOf(fact, form, held);
}

/** Hand-overs from one queue or topic to the next, of the longest way that makes sense. */
const MOST_STEPS = 20;

/** Where it came to be; what was handed over holds what it was made from. */
async function publicationOf({ traces }: Stack, id: string): Promise<Fact | undefined> {
  const lookUp = await traces.known();
  let next: string | undefined = id;
  for (let steps = 0; next !== undefined && steps < MOST_STEPS; steps += 1) {
    const known = lookUp(next);
    const own = known?.facts.find((fact) => formOf(fact));
    if (own) return own;
    next = known?.madeBy?.id;
  }
  return undefined;
}
