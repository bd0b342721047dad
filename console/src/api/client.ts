/**
 * The admin API as the console uses it: the same that everybody has, and nothing beside it.
 * Addresses are relative to the document, so that it works under any path.
 */
import type {
  ArchivedEvents,
  Archives,
  ClockState,
  Content,
  CopyAs,
  DeadLetterMessages,
  DeadLetters,
  Due,
  FaultRule,
  Faults,
  Functions,
  OperationAnswer,
  QueueMessages,
  Queues,
  Redriven,
  RedriveTask,
  RedriveTasks,
  Refusal,
  RunDetail,
  Runs,
  Sent,
  Session,
  Tail,
  TopologyMap,
  Trace,
  Unmatched,
  Why,
} from '../../../src/admin-api/index.ts';
import { noteAnswer, noteNoAnswer } from './connection.ts';
import { parsedAnswer } from './exact-json.ts';

export interface Looks {
  readonly session: Session;
  readonly clock: ClockState;
  readonly 'clock/due': Due;
  readonly faults: Faults;
  readonly map: TopologyMap;
  readonly tail: Tail;
  readonly why: Why;
  readonly unmatched: Unmatched;
  readonly queues: Queues;
  readonly 'queues/messages': QueueMessages;
  readonly 'dead-letters': DeadLetters;
  readonly 'dead-letters/messages': DeadLetterMessages;
  readonly 'dead-letters/tasks': RedriveTasks;
  readonly functions: Functions;
  readonly runs: Runs;
  readonly archives: Archives;
  readonly 'archives/events': ArchivedEvents;
  readonly [trace: `trace/${string}`]: Trace;
  readonly [content: `contents/${string}`]: Content;
  readonly [run: `runs/${string}`]: RunDetail;
}

export interface Changing {
  readonly send: Sent;
  readonly 'send/as': CopyAs;
  readonly 'clock/advance': ClockState;
  readonly faults: FaultRule;
  readonly 'faults/remove': Faults;
  readonly 'dead-letters/redrive': Redriven | RedriveTask;
  readonly 'dead-letters/tasks/cancel': RedriveTask;
  readonly [operation: `operations/${string}/${string}`]: OperationAnswer;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What the server refused, in its own words; status 0 when there was no answer at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** AWS's, where an AWS operation refused. */
  readonly code: string | undefined;

  constructor(status: number, { message, code }: Refusal) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The address of `path` below `/_millrace/v1/`, with the members of `query` that have a value. */
export function urlOf(path: string, query: Query = {}): string {
  const members = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') members.set(name, String(value));
  }
  const text = members.toString();
  return `_millrace/v1/${path}${text && `?${text}`}`;
}

export async function get<Path extends keyof Looks & string>(
  path: Path,
  query?: Query,
  signal?: AbortSignal,
): Promise<Looks[Path]> {
  const response = await answerOf(urlOf(path, query), { signal: signal ?? null });
  // What was published may hold more digits than a number has, and is sent again from here.
  return parsedAnswer(await response.text()) as Looks[Path];
}

/** What the API draws as text, `trace/<id>?as=mermaid`. */
export async function getText(path: string, query?: Query): Promise<string> {
  const response = await answerOf(urlOf(path, query), {});
  return response.text();
}

export async function post<Path extends keyof Changing & string>(
  path: Path,
  body: object,
  query?: Query,
): Promise<Changing[Path]> {
  const response = await answerOf(urlOf(path, query), {
    method: 'POST',
    // Neither can be sent from another site without the server's leave.
    headers: { 'content-type': 'application/json', 'x-millrace-console': '1' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Changing[Path];
}

async function answerOf(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    noteNoAnswer();
    throw new ApiError(0, { message: 'The server does not answer. Is it running?' });
  });
  noteAnswer();
  if (!response.ok) throw new ApiError(response.status, await refusalOf(response));
  return response;
}

async function refusalOf(response: Response): Promise<Refusal> {
  try {
    const body: unknown = await response.json();
    if (typeof body === 'object' && body !== null && 'message' in body) return body as Refusal;
  } catch {
    // Not JSON: something between here and the server has answered.
  }
  return { message: `The server answered ${response.status} ${response.statusText}.` };
}

/** For a path's last part: ids of applications may hold anything. */
export const pathPart = encodeURIComponent;
