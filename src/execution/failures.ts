/** What Lambda answers when a function did not: its own words, as JSON. */

/** AWS counts the answer with a little room for its own envelope. */
export const MOST_ANSWER_BYTES = 6_291_556;

export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
}

/**
 * Undocumented. Until early 2024 the answer had the form of the log's line and no type
 * (github.com/teticio/lambda-selenium/issues/2); since then it has this type
 * (github.com/aws/aws-appsync-community/issues/386) and the form of the other failures.
 */
export function timedOut(requestId: string, timeoutMs: number): Failure {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: ${after(timeoutMs)}`,
  };
}

export function after(timeoutMs: number): string {
  return `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'killed',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGBUS: 'bus error',
  SIGINT: 'interrupt',
  SIGTRAP: 'trace/breakpoint trap',
  SIGILL: 'illegal instruction',
};

export function exited(requestId: string, exit: Exit): Failure {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: ${reasonOf(exit)}`,
  };
}

function reasonOf({ code, signal }: Exit): string {
  if (signal)
    return `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal.toLowerCase()}`;
  if (code === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${code}`;
}

/** The program could not be started at all. */
export function notStarted(requestId: string, path: string, code: string | undefined): Failure {
  const reasons: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    ENOEXEC: 'exec format error',
    E2BIG: 'argument list too long',
    // Node.js looks for NUL characters itself.
    ERR_INVALID_ARG_VALUE: 'invalid argument',
  };
  const reason = reasons[code ?? ''] ?? code ?? 'unknown';
  return {
    errorType: 'Runtime.InvalidEntrypoint',
    errorMessage: `RequestId: ${requestId} Error: fork/exec ${path}: ${reason}`,
  };
}

/** AWS looks for the program in the layers too. */
export function noBootstrap(requestId: string): Failure {
  return {
    errorType: 'Runtime.InvalidEntrypoint',
    errorMessage:
      `RequestId: ${requestId} Error: Couldn't find valid bootstrap(s): ` +
      '[/var/task/bootstrap /opt/bootstrap]',
  };
}

export function tooLarge(): Failure {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage:
      'Response payload size exceeded maximum allowed payload size ' +
      `(${MOST_ANSWER_BYTES} bytes).`,
  };
}

export function asPayload(failure: Failure): string {
  return JSON.stringify(failure);
}
