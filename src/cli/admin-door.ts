/** How commands ask the admin API, and texts of strangers in a terminal. */
import { CommandFailed, EXIT } from './exit.ts';
import { ask, objectIn, textOf } from './server-door.ts';

export interface Question {
  /** What is undefined is not asked for. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Makes it a POST. */
  readonly body?: object;
  /** How long the answer may take to begin. */
  readonly patienceMs?: number;
}

const API = '/_millrace/v1/';

export function pathOf(path: string, query: Question['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return `${API}${path}${parameters.size === 0 ? '' : `?${parameters}`}`;
}

/** The text that a path below the API answers with; what it refuses ends the command. */
export async function textAt(
  endpoint: string,
  path: string,
  { query, body, patienceMs }: Question = {},
): Promise<string> {
  const answer = await ask(endpoint, pathOf(path, query), {
    ...(body && { method: 'POST', type: 'application/json', body: JSON.stringify(body) }),
    ...(patienceMs !== undefined && { patienceMs }),
  });
  const text = await textOf(answer);
  if (answer.statusCode !== 200) throw refusal(endpoint, text);
  return text;
}

export async function answerAt<Answer>(
  endpoint: string,
  path: string,
  question?: Question,
): Promise<Answer> {
  const answer = objectIn(await textAt(endpoint, path, question));
  if (!answer) throw new CommandFailed(EXIT.unreachable, notOurs(endpoint));
  return answer as Answer;
}

/** What a server of ours says that it refuses, or that this is none. */
export function refusal(endpoint: string, text: string): CommandFailed {
  const message = objectIn(text)?.message;
  if (typeof message === 'string') return new CommandFailed(EXIT.failed, message);
  return new CommandFailed(EXIT.unreachable, notOurs(endpoint));
}

function notOurs(endpoint: string): string {
  return `What answers at ${endpoint} is not millrace.`;
}

/** Controls, and what turns the direction of writing. */
const UNSEEN = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** A text that somebody else has written: no control sequence of it reaches the terminal. */
export function printable(text: string): string {
  return text.replaceAll(UNSEEN, (found) => {
    if (found === '\t') return ' ';
    if (found === '\n') return '\\n';
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The same, line by line. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n');
}

/** `arn:aws:sqs:us-east-1:000000000000:orders` as `sqs:orders`. */
export function shortArn(arn: string): string {
  const [, , service, , , ...resource] = arn.split(':');
  return printable(service && resource.length > 0 ? `${service}:${resource.join(':')}` : arn);
}
