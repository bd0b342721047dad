/**
 * One call of one operation: who asks, where, and the stack to answer from.
 */
import type { Identity } from '../access/identity.ts';
import type { Stack } from '../delivery/stack.ts';

export interface Call {
  readonly stack: Stack;
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** ARN of the caller, for SenderId and policies. */
  readonly principalArn: string;
  /** False for a request without credentials; the caller is then nobody in particular. */
  readonly signed?: boolean;
  /** Who the caller is in full; undefined for what one service asks of another. */
  readonly identity?: Identity;
  /** Whether the caller's signature was checked. */
  readonly verified?: boolean;
  readonly requestId: string;
  /** Scheme, host and port that the client used, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** `X-Amzn-Trace-Id` as the client sent it. */
  readonly traceHeader: string | undefined;
  /** What it publishes is another edition of this event or message, which counts as a cause. */
  readonly again?: string | undefined;
  /** Resolves false for a client that is still there; used by long polls. */
  readonly gone: () => boolean;
  /** Calls back when the client goes away before the answer. Returns how to stop listening. */
  readonly onGone: (listener: () => void) => () => void;
  /** Resolves when the server begins to drain; long polls then end with an empty answer. */
  readonly onDrain: (listener: () => void) => () => void;
}
