/**
 * The states of a mapping: an operation puts it on its way, a durable job brings it there, and the
 * pulls follow. A job that runs twice finds the mapping arrived.
 */
import { forgetting } from '../../delivery/log-feeder-state.ts';
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import { abolished } from '../../delivery/tenure.ts';
import type { Write } from '../../storage/storage.ts';
import { type Mapping, type MappingState, mappingsOf } from './mapping.ts';
import { told } from './mapping-changes.ts';
import { pollersOf, tenureOf } from './mapping-pollers.ts';
import { partitionOf } from './store.ts';

const ARRIVE = 'lambda/mapping-arrives';

interface Note {
  readonly account: string;
  readonly region: string;
  readonly uuid: string;
  readonly to: MappingState | 'gone';
}

/** The write that brings a mapping to where it is on its way to. */
export function arrival(stack: Stack, mapping: Mapping, to: Note['to']): Write {
  const { account, region, uuid } = mapping;
  const note: Note = { account, region, uuid, to };
  return schedule(stack, WORK, ARRIVE, JSON.stringify(note), stack.clock.nowMs());
}

const arrive: Job = async (stack, { note: text }) => {
  const note = JSON.parse(text) as Note;
  const { uuid, to } = note;
  const { rows, results } = mappingsOf(stack);
  const place = partitionOf(note);
  const stored = await rows.get(place, uuid);
  if (stored && stored.value.state !== to) {
    const { value, version } = stored;
    const modifiedAtMs = stack.clock.nowMs();
    await stack.storage.commit(
      to === 'gone'
        ? [
            rows.remove(place, uuid, version),
            results.remove(place, uuid),
            ...(await forgetting(stack.storage, uuid)),
            ...abolished(stack.storage, tenureOf(uuid)),
            ...told(stack, note),
          ]
        : [
            rows.put(place, uuid, { ...value, state: to, modifiedAtMs }, version),
            ...told(stack, note),
          ],
    );
  }
  // Only now, because the pulls go by the row.
  await pollersOf(stack).follow(note);
  return [];
};

export const mappingJobs: Readonly<Record<string, Job>> = { [ARRIVE]: arrive };
