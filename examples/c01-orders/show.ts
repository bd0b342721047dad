/**
 * Draws an order's causal trace: its events as a tree, each with the queues that it reached and
 * the runs of the functions behind them.
 *
 * A function works on messages of several orders at once, so all that it says is caused by all of
 * them. What belongs to one order is told by `causationId` in its events, and drawn from that.
 */
import { paint } from '../paint.ts';
import type { OrderState } from './books.ts';

/** The parts of `GET /_millrace/v1/trace/<id>` that are drawn. */
export interface TraceNode {
  readonly id: string;
  readonly arn?: string;
  readonly atMs?: number;
  readonly note?: string;
  readonly again?: true;
  readonly facts: readonly { readonly kind: string; readonly arn: string; readonly atMs: number }[];
  readonly children: readonly TraceNode[];
}

export async function fetchTrace(endpoint: string, eventId: string): Promise<TraceNode> {
  const answer = await fetch(`${endpoint}/_millrace/v1/trace/${eventId}`);
  if (!answer.ok) throw new Error(`No trace of ${eventId}: ${await answer.text()}`);
  return ((await answer.json()) as { tree: TraceNode }).tree;
}

export function drawOrder(title: string, state: OrderState, trace: TraceNode): string {
  const ok = state.status === 'SHIPPED';
  const money = `charged ${state.charged}, shipments ${state.shipments}, mails ${state.mails}`;
  const status = paint(ok ? 'green' : 'yellow', state.status.padEnd(8));
  const head = `${paint('bold', state.orderId)}  ${status}  ${title.padEnd(14)} ${money}`;
  return [head, ...drawEvent(trace, '  ', '  ', trace.atMs ?? 0), ''].join('\n');
}

/** An event's line, then the events it led to. Queues and their functions are on the line. */
function drawEvent(
  node: TraceNode,
  head: string,
  indent: string,
  startMs: number,
): readonly string[] {
  const queues = messagesOf(node).map((message) => `${nameOf(message.arn)} ${runsOf(message)}`);
  const at = paint('dim', `+${(node.atMs ?? startMs) - startMs} ms`);
  const reached = queues.length > 0 ? ` ${paint('dim', '→')} ${queues.join(', ')}` : '';
  const line = `${head}${paint('cyan', node.note ?? node.id)} ${at}${reached}`;
  const events = eventsOf(node);
  const below = events.flatMap((child, index) => {
    const last = index === events.length - 1;
    return drawEvent(
      child,
      `${indent}${last ? '└─ ' : '├─ '}`,
      `${indent}${last ? '   ' : '│  '}`,
      startMs,
    );
  });
  return [line, ...below];
}

/** One mark for each time that the function ran for the message; the last one may have ended it. */
function runsOf(message: TraceNode): string {
  const runs = message.children.filter(({ arn }) => arn?.includes(':lambda:')).length;
  const done = wasDeleted(message);
  const failed = paint('red', '✗'.repeat(done ? Math.max(runs - 1, 0) : runs));
  return `λ${failed}${done ? paint('green', '✓') : paint('yellow', '…')}`;
}

/** Whether every message that the order led to has been worked off. */
export function isWorkedOff(node: TraceNode): boolean {
  return messagesOf(node).every(wasDeleted) && eventsOf(node).every(isWorkedOff);
}

const isEvent = (node: TraceNode) => node.arn?.includes(':events:') ?? false;
const isTopic = (node: TraceNode) => node.arn?.includes(':sns:') ?? false;
const wasDeleted = ({ facts }: TraceNode) => facts.some(({ kind }) => kind === 'delete');

const eventsOf = ({ children }: TraceNode) =>
  children.filter((child) => isEvent(child) && !child.again);

/** The SQS messages that an event became, directly or through a topic. */
function messagesOf(node: TraceNode): readonly TraceNode[] {
  return node.children
    .filter((child) => !isEvent(child))
    .flatMap((child) => (isTopic(child) ? messagesOf(child) : [child]));
}

const nameOf = (arn: string | undefined) => arn?.split(':').at(-1)?.replace(/^c01-/, '') ?? '?';
