/**
 * What millrace knows of a service: operations and shapes, as compact data.
 *
 * `models/<service>.json` holds one `ServiceDescriptor` each. They are made from AWS's published
 * models by `scripts/generate-models.ts`, never by hand. A reference that names no shape of the
 * service is a scalar without constraints, named by its type (`string`, `long`, …).
 */
export type Protocol = 'json' | 'query' | 'rest-json' | 'rest-xml' | 'smithy-rpc-v2-cbor';

export interface ServiceDescriptor {
  readonly service: ServiceFacts;
  readonly operations: Readonly<Record<string, OperationDescriptor>>;
  readonly shapes: Readonly<Record<string, ShapeDescriptor>>;
}

export interface ServiceFacts {
  readonly name: string;
  readonly apiVersion: string;
  readonly protocols: readonly Protocol[];
  readonly jsonVersion?: '1.0' | '1.1';
  readonly targetPrefix?: string;
  readonly signingName: string;
  readonly xmlNamespace?: string;
  /** Spoke Query before it spoke JSON; its errors keep their Query codes in a header. */
  readonly queryCompatible?: true;
}

export interface OperationDescriptor {
  readonly input?: string;
  readonly output?: string;
  readonly errors?: readonly string[];
  readonly method?: string;
  readonly uri?: string;
  /** HTTP status of success, when it is not 200. */
  readonly status?: number;
  /** SDKs put this in front of the host name. */
  readonly hostPrefix?: string;
  readonly deprecated?: true;
  /** Answered without a signature. */
  readonly unsigned?: true;
}

export type ScalarType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'timestamp'
  | 'blob';

export type TimestampFormat = 'iso8601' | 'rfc822' | 'unixTimestamp';

export interface ShapeDescriptor {
  readonly type: 'structure' | 'list' | 'map' | ScalarType;
  readonly members?: Readonly<Record<string, Reference>>;
  readonly required?: readonly string[];
  readonly member?: Reference;
  readonly key?: Reference;
  readonly value?: Reference;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly flattened?: true;
  readonly sensitive?: true;
  readonly streaming?: true;
  readonly union?: true;
  readonly timestampFormat?: TimestampFormat;
  /** The member that is the whole HTTP body. */
  readonly payload?: string;
  /** The name of the XML element, where it is not the shape's. */
  readonly xmlName?: string;
  /** The prefix that its attributes need, and what the prefix stands for. */
  readonly xmlPrefix?: string;
  readonly xmlNamespace?: string;
  readonly error?: ErrorTraits;
  readonly eventstream?: true;
  readonly event?: true;
}

export interface ErrorTraits {
  readonly status?: number;
  /** The code on the wire, when it is not the shape's name. */
  readonly code?: string;
  /** The code and status that AWS Query clients know, for services that once spoke it. */
  readonly queryCode?: string;
  readonly queryStatus?: number;
  readonly fault?: 'client' | 'server';
}

export type Reference = string | MemberDescriptor;

export interface MemberDescriptor {
  readonly shape: string;
  /** Its name on the wire, when it is not the member's. */
  readonly name?: string;
  /** Its name in Query and XML only. */
  readonly xmlName?: string;
  readonly location?: 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode';
  readonly flattened?: true;
  readonly xmlAttribute?: true;
  readonly timestampFormat?: TimestampFormat;
  readonly enum?: readonly string[];
  readonly streaming?: true;
  readonly jsonvalue?: true;
  readonly idempotencyToken?: true;
  readonly hostLabel?: true;
  readonly eventpayload?: true;
  readonly eventheader?: true;
}
