/**
 * An event source mapping as it is kept, and where those of all accounts are.
 */
import { arnOf } from '../../core/arn.ts';
import type { Start } from '../../delivery/sources.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Collection, type Stored } from '../../storage/collection.ts';
import type { Storage } from '../../storage/storage.ts';
import type {
  EventSourceMappingMetricsConfig,
  ProvisionedPollerConfig,
} from '../../wire/types/lambda.ts';

export type MappingState =
  | 'Creating'
  | 'Enabling'
  | 'Enabled'
  | 'Disabling'
  | 'Disabled'
  | 'Updating'
  | 'Deleting';

export interface Mapping {
  readonly uuid: string;
  readonly account: string;
  readonly region: string;
  readonly sourceArn: string;
  /** With the qualifier that was asked for. */
  readonly functionArn: string;
  readonly state: MappingState;
  /** What it was last asked to be; on its way there it may be in another state. */
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** Patterns of the filter criteria. */
  readonly filters?: readonly string[] | undefined;
  readonly kmsKeyArn?: string | undefined;
  readonly reportsItemFailures: boolean;
  readonly maximumConcurrency?: number | undefined;
  readonly pollers?: ProvisionedPollerConfig | undefined;
  readonly metrics?: EventSourceMappingMetricsConfig | undefined;
  /** Absent for queues. */
  readonly stream?: StreamSettings | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly modifiedAtMs: number;
}

export function mappingArn({ account, region, uuid }: Mapping): string {
  return arnOf('lambda', region, account, `event-source-mapping:${uuid}`);
}

export interface StreamSettings {
  readonly start: Start;
  readonly parallelizationFactor: number;
  /** -1 for no limit, as in the one that follows. */
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeSeconds: number;
  readonly bisects: boolean;
  readonly tumblingSeconds: number;
  readonly onFailureArn?: string | undefined;
}

/** What came of the latest batch, in Lambda's words. */
export type ProcessingResult =
  | 'No records processed'
  | 'OK'
  | 'PROBLEM: Function call failed'
  // AWS's words for it are not known.
  | 'PROBLEM: The event source does not exist';

interface Mappings {
  /** By UUID, in partition `account/region`. */
  readonly rows: Collection<Mapping>;
  /** Written when it changes, apart from the row: it is not the user's. In the same places. */
  readonly results: Collection<{ readonly result: ProcessingResult }>;
  /** The partitions that hold any, all in one; also what two creations race for. */
  readonly places: Collection<{ readonly createdAtMs: number }>;
}

export const EVERYWHERE = 'all';

const all = new WeakMap<Storage, Mappings>();

export function mappingsOf({ storage }: Pick<Stack, 'storage'>): Mappings {
  let mappings = all.get(storage);
  if (!mappings) {
    mappings = {
      rows: new Collection(storage, 'lambda/mappings'),
      results: new Collection(storage, 'lambda/mapping-results'),
      places: new Collection(storage, 'lambda/mapping-places'),
    };
    all.set(storage, mappings);
  }
  return mappings;
}

/** Every mapping of every account. */
export async function allMappings(stack: Stack): Promise<readonly Stored<Mapping>[]> {
  const { rows, places } = mappingsOf(stack);
  const found = await places.list(EVERYWHERE);
  return (await Promise.all(found.map(({ key }) => rows.list(key)))).flat();
}

/** Whether records are pulled for it. */
export function isPulling({ state, enabled }: Mapping): boolean {
  return enabled && (state === 'Enabled' || state === 'Updating');
}

/** Whether it is on its way from one state to another, and may not be changed. */
export function isInTransition({ state }: Mapping): boolean {
  return state !== 'Enabled' && state !== 'Disabled';
}
