/** `millrace dlq`: dead letters of all services, looked at and sent on their way again. */
import type {
  DeadLetter,
  DeadLetterMessages,
  DeadLetterQueue,
  DeadLetters,
  RedriveTask,
  RedriveTasks,
} from '../admin-api/index.ts';
import { keepAlive, realClock } from '../core/clock.ts';
import { answerAt, printable, printableLines, shortArn } from './admin-door.ts';
import { CommandFailed, EXIT } from './exit.ts';

export interface Place {
  readonly endpoint: string;
  readonly account?: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** The first look reads the whole journal. */
const PATIENCE_MS = 60_000;

function inbox({ endpoint, account, region }: Place): Promise<DeadLetters> {
  const query = { account, region };
  return answerAt(endpoint, 'dead-letters', { query, patienceMs: PATIENCE_MS });
}

export async function list(place: Place): Promise<string> {
  const answer = await inbox(place);
  if (place.json) return `${JSON.stringify(answer)}\n`;
  if (answer.queues.length === 0) return 'Nothing names a dead-letter queue.\n';
  return answer.queues.map(inShort).join('\n');
}

function inShort(queue: DeadLetterQueue): string {
  const { name, sources, groups, looked } = queue;
  const held = messagesIn(queue);
  const from = sources.map(({ arn, kind }) => `${kind} ${shortArn(arn)}`).join(', ');
  const some = looked < held ? `, of the first ${looked}` : '';
  const width = Math.max(...groups.map(({ count }) => String(count).length), 0);
  const lines = groups.map(({ key, source, code, error, count }) => {
    const what = `${key}  ${shortArn(source)}  ${printable(code)}  ${printable(error)}`;
    return `  ${String(count).padStart(width)}  ${what.trimEnd()}\n`;
  });
  return `${name}: ${held} messages${some}; from ${from}\n${lines.join('')}`;
}

function messagesIn({ visible, inFlight, delayed }: DeadLetterQueue): number {
  return visible + inFlight + delayed;
}

/** A queue's ARN, or its name where that is enough. */
async function found(place: Place, queue: string): Promise<DeadLetterQueue> {
  const { queues } = await inbox(place);
  const one = queues.find(({ arn, name }) => arn === queue || name === queue);
  if (one) return one;
  const names = queues.map(({ name }) => name).join(', ') || 'none';
  throw new CommandFailed(EXIT.failed, `${queue} is no dead-letter queue. There is: ${names}.`);
}

export interface ShowOptions extends Place {
  readonly group?: string;
  readonly limit: number;
}

export async function show(queue: string, options: ShowOptions): Promise<string> {
  const { endpoint, group, limit, json } = options;
  const { arn } = await found(options, queue);
  const messages: DeadLetter[] = [];
  let after: string | undefined;
  do {
    const query = { queue: arn, group, limit: limit - messages.length, after };
    const page = await answerAt<DeadLetterMessages>(endpoint, 'dead-letters/messages', { query });
    messages.push(...page.messages);
    after = page.next;
  } while (after !== undefined && messages.length < limit);
  const more = after !== undefined;
  if (json) return `${JSON.stringify({ queue: arn, messages, more })}\n`;
  if (messages.length === 0) return 'No messages.\n';
  const end = more ? `\nThere are more: --limit ${limit * 2}\n` : '';
  return messages.map(inFull).join('\n') + end;
}

function inFull(letter: DeadLetter): string {
  const { id, state, sentAtMs, receives, code, error, origin, redriven, history, body } = letter;
  const again = redriven === undefined ? '' : `, redriven ${redriven} times before`;
  const from = origin === undefined ? '' : `\n  back to ${printable(origin)}`;
  const attempts = history.map(({ atMs, target, outcome, note }) => {
    const said = note === undefined ? '' : `: ${printable(note)}`;
    return `\n  ${new Date(atMs).toISOString()} ${shortArn(target)} ${printable(outcome)}${said}`;
  });
  const when = `sent ${new Date(sentAtMs).toISOString()}, received ${receives} times`;
  const why = `${printable(code)} ${printable(error)}`.trimEnd();
  const head = `${printable(id)}  ${state}, ${when}${again}\n  ${why}`;
  const text = printableLines(body).replaceAll(/^/gm, '    ');
  return `${head}${from}${attempts.join('')}\n${text}\n`;
}

export interface RedriveOptions extends Place {
  readonly group?: string;
  readonly to?: string;
  /** Messages in a second. */
  readonly rate?: number;
  /** Asks nothing. */
  readonly yes?: boolean;
}

export interface Asking {
  /** Answers whether a person has said yes; undefined where there is none to ask. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  readonly say: (text: string) => void;
}

export async function redrive(
  queue: string,
  options: RedriveOptions,
  { confirm, say }: Asking,
): Promise<string> {
  const { endpoint, group, to, rate, yes, json } = options;
  const one = await found(options, queue);
  const known = one.groups.find(({ key }) => key === group);
  if (group !== undefined && !known) {
    throw new CommandFailed(
      EXIT.failed,
      `${one.name} has no group ${group}. See: millrace dlq list`,
    );
  }
  const count = known ? `${known.count} messages of group ${group}` : `${messagesIn(one)} messages`;
  const goal = to === undefined ? 'each back to where it came from' : `to ${to}`;
  if (!yes) await mustAgree(confirm, `Move ${count} out of ${one.name}, ${goal}?`);
  const order = {
    ...(group !== undefined && { group }),
    ...(to !== undefined && { to }),
    ...(rate !== undefined && { perSecond: rate }),
  };
  const body = { queue: one.arn, ...order };
  const begun = await answerAt<RedriveTask>(endpoint, 'dead-letters/redrive', { body });
  const task = await ended(endpoint, begun, say);
  const { moved, toMove, status, failure } = task;
  if (status === 'FAILED') {
    const why = failure === undefined ? '' : `: ${printable(failure)}`;
    throw new CommandFailed(EXIT.failed, `Failed after ${moved} messages${why}`);
  }
  if (json) return `${JSON.stringify(task)}\n`;
  const end = status === 'CANCELLED' ? 'Cancelled: moved' : 'Moved';
  return `${end} ${moved} of ${Math.max(moved, toMove)} messages.\n`;
}

async function mustAgree(confirm: Asking['confirm'], question: string): Promise<void> {
  const said = await confirm(question);
  if (said) return;
  const why = said === undefined ? 'Nobody can be asked here: say --yes.' : 'Nothing was moved.';
  throw new CommandFailed(said === undefined ? EXIT.usage : EXIT.failed, why);
}

const LOOK_EVERY_MS = 250;
/** Between lines about how far it is. */
const LOOKS_PER_LINE = 8;

/** Waits for a task, which goes on in the server whether somebody waits or not. */
async function ended(
  endpoint: string,
  begun: RedriveTask,
  say: Asking['say'],
): Promise<RedriveTask> {
  const stop = keepAlive();
  try {
    let task = begun;
    for (let looks = 1; task.status === 'RUNNING' || task.status === 'CANCELLING'; looks += 1) {
      if (looks % LOOKS_PER_LINE === 0) say(`moved ${task.moved} of ${task.toMove}`);
      await new Promise<void>((resolve) => realClock().afterWallMs(LOOK_EVERY_MS, resolve));
      const query = { queue: begun.queue };
      const { tasks } = await answerAt<RedriveTasks>(endpoint, 'dead-letters/tasks', { query });
      const found = tasks.find(({ id }) => id === begun.id);
      if (!found) throw new CommandFailed(EXIT.failed, 'The server has forgotten the task.');
      task = found;
    }
    return task;
  } finally {
    stop();
  }
}
