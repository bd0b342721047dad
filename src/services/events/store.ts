/**
 * What EventBridge keeps, as documents in tables.
 *
 * Partitions are `account/region`, for rules `account/region/bus`, for partner event sources the
 * Region alone, because partner and customer both look there, for global endpoints the account. A
 * rule holds its targets, so that what PutEvents needs of a bus is one list.
 */
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Storage } from '../../storage/storage.ts';
import type {
  ConnectionAuthorizationType,
  DeadLetterConfig,
  LogConfig,
  ReplayDestination,
  ReplayState,
  ReplicationConfig,
  RoutingConfig,
  RuleState,
  TagList,
  Target,
} from '../../wire/types/events.ts';
import type { BusAddress } from './arns.ts';
import type { Auth } from './connection-auth.ts';

export interface Bus {
  readonly name: string;
  readonly description?: string | undefined;
  readonly kmsKeyIdentifier?: string | undefined;
  readonly deadLetterConfig?: DeadLetterConfig | undefined;
  readonly logConfig?: LogConfig | undefined;
  /** JSON text of the resource policy. */
  readonly policy?: string | undefined;
  /** Set on a partner event bus; the same as its name. */
  readonly eventSourceName?: string | undefined;
  readonly tags: TagList;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

export interface Rule {
  readonly name: string;
  readonly pattern?: string | undefined;
  readonly schedule?: string | undefined;
  /** Names the timetable entry in force; entries with another name do nothing. */
  readonly scheduleId?: string | undefined;
  readonly state: RuleState;
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
  /** The AWS service that owns the rule, when it is a managed one. */
  readonly managedBy?: string | undefined;
  /** The log that matching events go to, when the rule is an archive's. */
  readonly archiveLog?: string | undefined;
  /** The global endpoint whose events it copies to the other Region, when it is such a rule. */
  readonly replicates?: string | undefined;
  readonly createdBy: string;
  readonly targets: readonly Target[];
  readonly tags: TagList;
}

export interface Archive {
  readonly name: string;
  readonly bus: BusAddress;
  readonly description?: string | undefined;
  readonly pattern?: string | undefined;
  /** 0 keeps events for ever. */
  readonly retentionDays: number;
  readonly kmsKeyIdentifier?: string | undefined;
  /** Differs from that of an earlier archive of the same name. */
  readonly log: string;
  /** Names the trimming in force, as `scheduleId` of a rule does. */
  readonly retentionId?: string | undefined;
  readonly createdAtMs: number;
}

export interface Replay {
  readonly name: string;
  readonly description?: string | undefined;
  readonly archive: string;
  readonly archiveLog: string;
  readonly bus: BusAddress;
  readonly destination: ReplayDestination;
  readonly state: ReplayState;
  readonly stateReason?: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  /** Differs from that of an earlier replay of the same name. */
  readonly id: string;
  readonly beganAtMs: number;
  readonly endedAtMs?: number | undefined;
  readonly lastReplayedMs?: number | undefined;
  /** Events so far. */
  readonly replayed?: number | undefined;
}

export interface Connection {
  readonly name: string;
  readonly arn: string;
  readonly secretArn: string;
  readonly description?: string | undefined;
  readonly kmsKeyIdentifier?: string | undefined;
  readonly authorizationType: ConnectionAuthorizationType;
  /** With the secrets, which no answer ever shows. */
  readonly auth: Auth;
  readonly state: 'AUTHORIZED' | 'AUTHORIZING' | 'DEAUTHORIZED';
  readonly stateReason?: string | undefined;
  readonly token?: OAuthToken | undefined;
  /** Names the authorisation under way; the end of another one changes nothing. */
  readonly authorizing?: string | undefined;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly authorizedAtMs?: number | undefined;
}

export interface OAuthToken {
  readonly value: string;
  readonly expiresAtMs?: number | undefined;
}

export interface ApiDestination {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly connectionArn: string;
  readonly endpoint: string;
  readonly method: string;
  readonly ratePerSecond: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Two buses of one name in two Regions, reached as one. */
export interface GlobalEndpoint {
  readonly name: string;
  readonly arn: string;
  /** The first part of its URL, such as `abcde.veo`. */
  readonly id: string;
  readonly description?: string | undefined;
  readonly buses: readonly [primary: BusAddress, secondary: BusAddress];
  readonly routing: RoutingConfig;
  readonly replication: ReplicationConfig;
  readonly roleArn?: string | undefined;
  /** What the health check of the primary Region says. */
  readonly isUnhealthy: boolean;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** What a partner offers to one customer, who takes it up with a bus of the same name. */
export interface PartnerSource {
  readonly name: string;
  readonly partner: string;
  readonly customer: string;
  readonly state: 'PENDING' | 'ACTIVE' | 'DELETED';
  readonly createdAtMs: number;
  /** When it ends if it stays pending. */
  readonly expiresAtMs?: number | undefined;
}

export interface Store {
  readonly buses: Collection<Bus>;
  readonly rules: Collection<Rule>;
  readonly archives: Collection<Archive>;
  readonly replays: Collection<Replay>;
  readonly connections: Collection<Connection>;
  readonly apiDestinations: Collection<ApiDestination>;
  readonly partnerSources: Collection<PartnerSource>;
  readonly endpoints: Collection<GlobalEndpoint>;
}

const stores = new WeakMap<Storage, Store>();

export function storeOf({ storage }: Stack): Store {
  let store = stores.get(storage);
  if (!store) {
    store = {
      buses: new Collection(storage, 'events/buses'),
      rules: new Collection(storage, 'events/rules'),
      archives: new Collection(storage, 'events/archives'),
      replays: new Collection(storage, 'events/replays'),
      connections: new Collection(storage, 'events/connections'),
      apiDestinations: new Collection(storage, 'events/api-destinations'),
      partnerSources: new Collection(storage, 'events/partner-sources'),
      endpoints: new Collection(storage, 'events/endpoints'),
    };
    stores.set(storage, store);
  }
  return store;
}

/** The partition of what belongs to an account and Region. */
export function partitionOf(at: { readonly account: string; readonly region: string }): string {
  return `${at.account}/${at.region}`;
}

/** The partition of a bus's rules. */
export function rulesOf(bus: BusAddress): string {
  return `${bus.account}/${bus.region}/${bus.name}`;
}
