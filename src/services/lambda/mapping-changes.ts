/**
 * What has changed about mappings, as a log that every node follows: a mapping is made or changed
 * at one of them, and all of them pull for it.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { Mapping } from './mapping.ts';

const LOG = 'lambda/mapping-changes';
const KEPT = 1_000;

export type Changed = Pick<Mapping, 'uuid' | 'account' | 'region'>;

/** The writes that tell the nodes of a change. */
export function told({ storage, clock }: Stack, changed: Changed): readonly Write[] {
  // Where there is no other node, the one that made the change knows of it.
  if (!storage.shared) return [];
  const { uuid, account, region } = changed;
  const record = { atMs: clock.nowMs(), body: JSON.stringify({ uuid, account, region }) };
  return [
    { kind: 'append', log: LOG, record },
    { kind: 'trim', log: LOG, keep: KEPT },
  ];
}

export interface Followed {
  /** Calls back for each change from now on; `missed` when some can be read no more. */
  readonly changed: (changed: Changed) => Promise<void>;
  readonly missed: () => Promise<void>;
}

/** Begins to follow; resolves to how to stop. */
export async function follow(stack: Stack, { changed, missed }: Followed): Promise<() => void> {
  const { storage, log } = stack;
  if (!storage.shared) return () => {};
  let { next } = await storage.bounds(LOG);
  let isReading = false;
  let again = false;
  const read = async (): Promise<void> => {
    do {
      again = false;
      const { first } = await storage.bounds(LOG);
      if (first > next) {
        next = first;
        await missed();
      }
      for (const { position, body } of await storage.read(LOG, { from: next, max: KEPT })) {
        await changed(JSON.parse(body) as Changed);
        next = position + 1;
      }
    } while (again);
  };
  const wake = (): void => {
    again = true;
    if (isReading) return;
    isReading = true;
    read()
      .catch((cause: unknown) => {
        log.error('changes of mappings could not be followed', { cause: String(cause) });
      })
      .finally(() => {
        isReading = false;
        if (again) wake();
      });
  };
  return storage.watch(LOG, wake);
}
