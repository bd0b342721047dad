/**
 * `POST /_millrace/v1/backup`: the archive of a backup as it is made, for `millrace backup`.
 *
 * The server writes to no path that a caller names: the archive goes over the wire, to whoever
 * may see all that the server holds.
 */

import { said } from '../../core/json-answer.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Route, RouteAnswer } from '../../services/service.ts';
import { canBackUp } from '../../storage/transfer.ts';
import { onlyMethods } from './json.ts';

const NOT_HERE =
  'The storage of this server backs itself up with its own tools: see pg_dump and PITR of ' +
  'PostgreSQL, or "millrace export".';

export const backupRoutes: Readonly<Record<string, Route>> = {
  '/_millrace/v1/backup': (stack, request) => onlyMethods(request, 'POST') ?? archive(stack),
};

async function archive({ storage, clock }: Stack): Promise<RouteAnswer> {
  if (!canBackUp(storage)) return said(501, NOT_HERE);
  const chunks = storage.backUp(clock.wallNowMs())[Symbol.asyncIterator]();
  // What stands in the way is found before the first of it, while there is a status to say so.
  const first = await chunks.next();
  return {
    status: 200,
    headers: { 'content-type': 'application/x-tar' },
    body: startingWith(first, chunks),
  };
}

/** Ends what it goes on with when it is ended itself. */
async function* startingWith(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
