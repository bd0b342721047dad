/**
 * What SNS keeps, as documents in tables.
 *
 * Partitions are `account/region`, for what belongs to a topic `account/region/topic`. A
 * subscription's ARN holds its topic's name and its own id, so it is found without an index.
 */
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Storage } from '../../storage/storage.ts';
import type { TagList } from '../../wire/types/sns.ts';
import type { TopicAddress } from './arns.ts';

export interface Topic extends TopicAddress {
  /** As they were set; what is computed is not among them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: TagList;
  readonly dataProtectionPolicy?: string;
  /** Where published messages are kept for replays, while there is an ArchivePolicy. */
  readonly archive?: Archive;
  readonly createdAtMs: number;
}

export interface Archive {
  /** Differs from that of an earlier archive of the same topic. */
  readonly log: string;
  readonly sinceMs: number;
  readonly retentionDays: number;
}

export interface Subscription {
  readonly id: string;
  readonly topic: TopicAddress;
  readonly protocol: string;
  readonly endpoint: string;
  /** Account that subscribed. */
  readonly owner: string;
  /** ARN of who subscribed. */
  readonly principal: string;
  /** As they were set. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly confirmed: boolean;
  /** Whether a signed call confirmed it. */
  readonly authenticated: boolean;
  /** Only a signed call of an owner ends it. */
  readonly endsSigned?: boolean;
  /** What confirms it, or restores it once it has been removed. */
  readonly ticket?: Ticket;
  readonly replay?: Replay;
  readonly createdAtMs: number;
}

export interface Ticket {
  readonly token: string;
  readonly untilMs: number;
}

export interface Replay {
  /** Differs from that of an earlier replay of the same subscription. */
  readonly id: string;
  readonly status: 'Pending' | 'In progress' | 'Completed' | 'Failed';
  /** Position in the archive to go on from. */
  readonly next: number;
  readonly fromMs: number;
  /** Messages from this moment on are not delivered, be they old or new. */
  readonly untilMs?: number;
}

export interface PlatformApplication {
  readonly name: string;
  readonly platform: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PlatformEndpoint {
  readonly id: string;
  /** `PLATFORM/name` of its application. */
  readonly application: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A phone number whose owner once wanted no more messages. */
export interface PhoneNumber {
  readonly number: string;
  readonly optedOut: boolean;
}

export interface Store {
  readonly topics: Collection<Topic>;
  readonly subscriptions: Collection<Subscription>;
  /** Ended ones, for as long as they can be restored; counted as deleted until then. */
  readonly removed: Collection<Subscription>;
  /** By owner, the ARNs of subscriptions to topics of other accounts. */
  readonly abroad: Collection<SubscriptionNote>;
  readonly applications: Collection<PlatformApplication>;
  readonly endpoints: Collection<PlatformEndpoint>;
  readonly phoneNumbers: Collection<PhoneNumber>;
  /** One row per account and Region: the SMS attributes. */
  readonly smsSettings: Collection<Readonly<Record<string, string>>>;
  /** The key pair that signs messages. */
  readonly signing: Collection<StoredKey>;
  /** By topic, that a job will let go of old deduplication ids. */
  readonly sweeps: Collection<SubscriptionNote>;
}

export interface SubscriptionNote {
  readonly arn: string;
}

export interface StoredKey {
  readonly privateKey: string;
  readonly certificate: string;
}

const stores = new WeakMap<Storage, Store>();

export function storeOf({ storage }: Pick<Stack, 'storage'>): Store {
  let store = stores.get(storage);
  if (!store) {
    store = {
      topics: new Collection(storage, 'sns/topics'),
      subscriptions: new Collection(storage, 'sns/subscriptions'),
      removed: new Collection(storage, 'sns/removed-subscriptions'),
      abroad: new Collection(storage, 'sns/subscriptions-abroad'),
      applications: new Collection(storage, 'sns/platform-applications'),
      endpoints: new Collection(storage, 'sns/platform-endpoints'),
      phoneNumbers: new Collection(storage, 'sns/phone-numbers'),
      smsSettings: new Collection(storage, 'sns/sms-settings'),
      signing: new Collection(storage, 'sns/signing'),
      sweeps: new Collection(storage, 'sns/deduplication-sweeps'),
    };
    stores.set(storage, store);
  }
  return store;
}

/** The partition of what belongs to an account and Region. */
export function partitionOf(at: { readonly account: string; readonly region: string }): string {
  return `${at.account}/${at.region}`;
}

/** The partition of what belongs to a topic. */
export function ofTopic({ account, region, name }: TopicAddress): string {
  return `${account}/${region}/${name}`;
}
