/** What Lambda answers to what was heard of an invocation. */
import type { Heard } from './environment.ts';
import type { FunctionSpec, Invocation } from './execution.ts';
import {
  asPayload,
  exited,
  type Failure,
  noBootstrap,
  notStarted,
  timedOut,
  tooLarge,
} from './failures.ts';

export interface Verdict {
  readonly functionError?: 'Unhandled';
  readonly payload: string;
  readonly status: 'success' | 'error' | 'timeout';
  readonly errorType?: string;
  /** The environment cannot go on. */
  readonly fatal: boolean;
  /** What the log says of the end of the process. */
  readonly crash?: Failure;
  readonly outOfMemory?: boolean;
}

export function verdictOf(
  heard: Heard,
  invocation: Invocation | undefined,
  { timeoutMs, code }: FunctionSpec,
): Verdict {
  const requestId = invocation?.requestId ?? '';
  switch (heard.kind) {
    case 'answer':
      return answered(heard.answer);
    case 'time-out':
      return { ...fatal(timedOut(requestId, timeoutMs)), status: 'timeout' };
    case 'memory': {
      const failure = exited(requestId, { code: null, signal: 'SIGKILL' });
      // The report tells more than the answer does. Observed:
      // https://github.com/DataDog/datadog-lambda-extension/pull/776
      const errorType = 'Runtime.OutOfMemory';
      return { ...fatal(failure), errorType, crash: failure, outOfMemory: true };
    }
    case 'exit': {
      const failure =
        heard.failed === undefined
          ? exited(requestId, heard.exit)
          : notStarted(requestId, code.kind === 'folder' ? code.path : '/var/task', heard.failed);
      return { ...fatal(failure), crash: failure };
    }
    case 'extension': {
      const errorMessage = `RequestId: ${requestId} Error: ${heard.message}`;
      const failure = { errorType: heard.type, errorMessage };
      return { ...fatal(failure), crash: failure };
    }
    case 'init error':
      return { ...failed(heard.payload, heard.type), fatal: true };
    case 'no bootstrap':
      return fatal(noBootstrap(requestId));
    case 'closed':
    case 'ready':
    case 'stream end':
      return { payload: '', status: 'success', fatal: true };
  }
}

function answered(answer: Extract<Heard, { kind: 'answer' }>['answer']): Verdict {
  switch (answer.kind) {
    case 'result':
      return { payload: answer.payload, status: 'success', fatal: false };
    case 'error':
      return { ...failed(answer.payload, answer.type), fatal: false };
    case 'too large':
      return { ...fatal(tooLarge()), fatal: false };
    case 'stream':
      return { payload: '', status: 'success', fatal: false };
  }
}

function fatal(failure: Failure): Verdict {
  return { ...failed(asPayload(failure), failure.errorType), fatal: true };
}

function failed(payload: string, errorType: string): Verdict {
  // A runtime may say nothing but the type.
  const body = payload === '' ? JSON.stringify({ errorType, errorMessage: '' }) : payload;
  return { functionError: 'Unhandled', payload: body, status: 'error', errorType, fatal: false };
}
