/**
 * How large a request's body may be, known before any of it is parsed.
 *
 * SQS, SNS and EventBridge take payloads of up to 1 MiB. On the wire those grow: JSON may write a
 * character as \u0000 (six bytes for one), a form as %00 (three for one). What is over the real
 * limit but fits here is refused by the service, in its own words.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
const MIB = 1024 * 1024;
const LARGEST_PAYLOAD = MIB;
const WORST_ESCAPE = 6;

export const MOST_BODY_BYTES = LARGEST_PAYLOAD * WORST_ESCAPE + MIB;

export const LIMITS = {
  /** Headers of a request must be in by then, counted from its first byte. */
  headersMs: 10_000,
  /** The whole request must be in by then. */
  requestMs: 30_000,
  /** How often connections are held against the two. */
  checkEveryMs: 5_000,
  headerBytes: 16 * 1024,
  connections: 10_000,
  /** Idle connections are kept longer than SDKs keep them (60 s in Java's), so they close first. */
  keepAliveMs: 65_000,
} as const;
