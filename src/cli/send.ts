/** `millrace send`: publishes one thing where its ARN says, or prints how other tools would. */
import type { CopyAs, Sent } from '../admin-api/index.ts';
import { answerAt } from './admin-door.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { objectIn } from './server-door.ts';

export interface SendOptions {
  readonly endpoint: string;
  readonly json?: boolean;
  /** Of an event, whose detail the content is then. */
  readonly source?: string;
  readonly detailType?: string;
  /** The group of a message or notification that keeps an order; a record's partition key. */
  readonly group?: string;
  /** The id of what this is another edition of. */
  readonly again?: string;
  /** Prints how this tool would send it, and sends nothing. */
  readonly as?: keyof CopyAs;
}

/** A function may run for a quarter of an hour. */
const PATIENCE_MS = 910_000;

export async function send(
  arn: string,
  text: string,
  { endpoint, json, as, ...options }: SendOptions,
): Promise<string> {
  const { again } = options;
  const content = contentOf(arn, text, options);
  const body = { arn, content, ...(again !== undefined && { again }) };
  if (as !== undefined) {
    const printed = (await answerAt<CopyAs>(endpoint, 'send/as', { body }))[as];
    return printed.endsWith('\n') ? printed : `${printed}\n`;
  }
  const sent = await answerAt<Sent>(endpoint, 'send', { body, patienceMs: PATIENCE_MS });
  return json ? `${JSON.stringify(sent)}\n` : `${sent.id}\n`;
}

type Given = Pick<SendOptions, 'source' | 'detailType' | 'group'>;
type Members = Readonly<Record<string, unknown>>;

/** By the service: what names whole content, and what a text by itself becomes. */
const SHAPES: Readonly<
  Record<string, { readonly by: string; readonly of: (text: string, given: Given) => Members }>
> = {
  sqs: { by: 'MessageBody', of: (text, given) => ({ MessageBody: text, ...inGroup(given) }) },
  sns: { by: 'Message', of: (text, given) => ({ Message: text, ...inGroup(given) }) },
  kinesis: { by: 'Data', of: recordOf },
  lambda: { by: 'payload', of: (text) => ({ payload: text }) },
};

/** What is whole already, such as what the journal tells of another one, goes as it is. */
function contentOf(arn: string, text: string, given: Given): Members {
  const service = arn.split(':')[2] ?? '';
  if (service === 'events') return eventOf(text, given);
  const { source, detailType, group } = given;
  if (source !== undefined || detailType !== undefined) {
    throw new CommandFailed(EXIT.usage, 'Only events have --source and --detail-type.');
  }
  const shape = SHAPES[service];
  const whole = objectIn(text);
  const isWhole = whole && (!shape || shape.by in whole);
  if (!isWhole) return shape?.of(text, given) ?? {};
  if (group === undefined) return whole;
  throw new CommandFailed(EXIT.usage, 'The content names its group itself: leave --group out.');
}

function inGroup({ group }: Given): Members {
  return group === undefined ? {} : { MessageGroupId: group };
}

function recordOf(text: string, { group = '0' }: Given): Members {
  return { Data: Buffer.from(text).toString('base64'), PartitionKey: group };
}

function eventOf(text: string, { source, detailType, group }: Given): Members {
  if (group !== undefined) throw new CommandFailed(EXIT.usage, 'An event has no --group.');
  // As text, the detail keeps digits that a number has not.
  if (source !== undefined && detailType !== undefined) {
    return { source, 'detail-type': detailType, detail: text };
  }
  const whole = objectIn(text);
  if (whole && source === undefined && detailType === undefined) return whole;
  const message = 'An event is JSON with "source", "detail-type" and "detail"; or a detail, with';
  throw new CommandFailed(EXIT.usage, `${message} --source and --detail-type.`);
}

/** What is typed, or what comes by stdin. */
export async function textIn(typed: string | undefined): Promise<string> {
  if (typed !== undefined && typed !== '-') return typed;
  if (typed === undefined && process.stdin.isTTY) {
    throw new CommandFailed(EXIT.usage, 'Say what to send, or - to read it from stdin.');
  }
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
