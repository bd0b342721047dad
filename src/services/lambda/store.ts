/**
 * What Lambda keeps: functions, their versions and everything that hangs on them, as documents.
 *
 * A function is one row; `$LATEST` and each published version is a row of its own, so that a
 * version never changes. Code is kept in the storage too, in pieces, under its own hash: whoever
 * can read the storage can run the function.
 */
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Storage } from '../../storage/storage.ts';
import type {
  Architecture,
  Cors,
  DestinationConfig,
  FunctionUrlAuthType,
  InvokeMode,
  LastUpdateStatus,
  LoggingConfig,
  RecursiveLoop,
  Runtime,
  State,
  TracingMode,
  UpdateRuntimeOn,
} from '../../wire/types/lambda.ts';
import type { FunctionAddress } from './arns.ts';

/** What all versions of a function share. */
export interface FunctionRecord {
  readonly name: string;
  /** Differs from that of an earlier function of the same name. */
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The number of the latest published version; numbers are never used again. */
  readonly lastVersion: number;
  readonly reservedConcurrency?: number | undefined;
  readonly recursion: RecursiveLoop;
  readonly createdAtMs: number;
}

/** `$LATEST`, or a version that was published. */
export interface FunctionVersion {
  readonly version: string;
  readonly description: string;
  /** That of `$LATEST` when the version was published, if it got another one. */
  readonly latestDescription?: string;
  readonly runtime?: Runtime | undefined;
  readonly handler?: string | undefined;
  readonly role: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly ephemeralMb: number;
  readonly variables?: Readonly<Record<string, string>> | undefined;
  readonly kmsKeyArn?: string | undefined;
  /** The lowest first. They stay in use when the layer version itself is deleted. */
  readonly layers: readonly UsedLayer[];
  readonly architectures: readonly Architecture[];
  readonly tracing: TracingMode;
  readonly deadLetterArn?: string | undefined;
  readonly logging: LoggingConfig;
  /** Members that are stored and given back, and that nothing here depends on. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly code: StoredCode;
  /** Base64 of SHA-256 of the zip file, as AWS answers. */
  readonly codeSha256: string;
  readonly codeBytes: number;
  readonly revisionId: string;
  readonly modifiedAtMs: number;
  readonly state: State;
  readonly update: LastUpdateStatus;
}

export interface UsedLayer {
  /** Of the layer version. */
  readonly arn: string;
  /** Of its zip file, in hexadecimal, as in `StoredCode`. */
  readonly sha256: string;
  readonly bytes: number;
}

export type StoredCode =
  /** In `lambda/code` under the zip file's SHA-256 in hexadecimal. */
  | { readonly kind: 'zip'; readonly sha256: string }
  /** A folder of this machine, mounted for development. */
  | { readonly kind: 'folder'; readonly path: string }
  /** A handler that was registered in this process; see handlers.ts. */
  | { readonly kind: 'handler' };

export interface Alias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Share of invocations, 0 to 1, that go to another version. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  readonly revisionId: string;
}

/** The resource policy of a function or of one of its qualifiers. */
export interface StoredPolicy {
  /** Statements as JSON objects, in the order of their making. */
  readonly statements: readonly Readonly<Record<string, unknown>>[];
  readonly revisionId: string;
}

/** How asynchronous invocations of a function, version or alias are dealt with. */
export interface InvokeConfig {
  readonly maximumRetryAttempts?: number | undefined;
  readonly maximumEventAgeSeconds?: number | undefined;
  readonly destinations: DestinationConfig;
  readonly modifiedAtMs: number;
}

export interface FunctionUrl {
  readonly urlId: string;
  readonly authType: FunctionUrlAuthType;
  readonly cors?: Cors | undefined;
  readonly invokeMode: InvokeMode;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Where a function URL leads; found by its id alone. */
export interface UrlPointer {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** Empty for the function itself. */
  readonly qualifier: string;
}

export interface ProvisionedConcurrency {
  readonly requested: number;
  readonly modifiedAtMs: number;
}

/** When a version takes a new version of its runtime. */
export interface RuntimeManagement {
  readonly updateOn: UpdateRuntimeOn;
  readonly runtimeVersionArn?: string | undefined;
}

export interface Store {
  /** By name, in partition `account/region`. */
  readonly functions: Collection<FunctionRecord>;
  /** By version, in the partition of the function; see `ofFunction`. */
  readonly versions: Collection<FunctionVersion>;
  readonly aliases: Collection<Alias>;
  /** By qualifier, empty for the function itself. The same for the four that follow. */
  readonly policies: Collection<StoredPolicy>;
  readonly invokeConfigs: Collection<InvokeConfig>;
  readonly urls: Collection<FunctionUrl>;
  readonly provisioned: Collection<ProvisionedConcurrency>;
  /** By version, in the partition of the function. */
  readonly runtimeManagement: Collection<RuntimeManagement>;
  /** By id, all in one partition: a request tells nothing but the id. */
  readonly urlPointers: Collection<UrlPointer>;
}

const stores = new WeakMap<Storage, Store>();

export function storeOf({ storage }: Pick<Stack, 'storage'>): Store {
  let store = stores.get(storage);
  if (!store) {
    store = {
      functions: new Collection(storage, 'lambda/functions'),
      versions: new Collection(storage, 'lambda/versions'),
      aliases: new Collection(storage, 'lambda/aliases'),
      policies: new Collection(storage, 'lambda/policies'),
      invokeConfigs: new Collection(storage, 'lambda/invoke-configs'),
      urls: new Collection(storage, 'lambda/urls'),
      provisioned: new Collection(storage, 'lambda/provisioned'),
      runtimeManagement: new Collection(storage, 'lambda/runtime-management'),
      urlPointers: new Collection(storage, 'lambda/url-pointers'),
    };
    stores.set(storage, store);
  }
  return store;
}

/** The partition of an account's functions in a Region. */
export function partitionOf(at: { readonly account: string; readonly region: string }): string {
  return `${at.account}/${at.region}`;
}

/** The partition of what hangs on one function. */
export function ofFunction({ account, region, name }: FunctionAddress): string {
  return `${account}/${region}/${name}`;
}
