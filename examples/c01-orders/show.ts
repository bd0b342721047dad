/**
 * Draws an order's causal trace: its events as a tree, each with the queues it reached.
 */
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

const COLORS = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36, bold: 1 } as const;

/** Colours `text` where the terminal shows colours and nobody asked for none. */
export function paint(color: keyof typeof COLORS, text: string): string {
  const plain = process.env.NO_COLOR || !(process.stdout.isTTY || process.env.FORCE_COLOR);
  return plain ? text : `\u001b[${COLORS[color]}m${text}\u001b[0m`;
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

/** An event's line, then the events it led to. Messages in queues are named on the line. */
function drawEvent(
  node: TraceNode,
  head: string,
  indent: string,
  startMs: number,
): readonly string[] {
  const queues = messagesOf(node).map((message) => {
    const deleted = wasDeleted(message);
    return `${nameOf(message.arn)}${deleted ? paint('green', ' ✓') : paint('yellow', ' …')}`;
  });
  const at = paint('dim', `+${(node.atMs ?? startMs) - startMs} ms`);
  const reached = queues.length > 0 ? ` ${paint('dim', '→')} ${queues.join(', ')}` : '';
  const line = `${head}${paint('cyan', node.note ?? node.id)} ${at}${reached}`;
  const events = node.children.filter((child) => isEvent(child) && !child.again);
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

const isEvent = (node: TraceNode) => node.arn?.includes(':events:') ?? false;
const isTopic = (node: TraceNode) => node.arn?.includes(':sns:') ?? false;

/** Whether every message that the event led to, at any remove, has been worked off. */
export function isWorkedOff(node: TraceNode): boolean {
  const done = isEvent(node) || isTopic(node) || wasDeleted(node);
  return done && node.children.every(isWorkedOff);
}

const wasDeleted = ({ facts }: TraceNode) => facts.some(({ kind }) => kind === 'delete');

/** The SQS messages that an event became, directly or through a topic. */
function messagesOf(node: TraceNode): readonly TraceNode[] {
  return node.children
    .filter((child) => !isEvent(child))
    .flatMap((child) => (isTopic(child) ? messagesOf(child) : [child]));
}

const nameOf = (arn: string | undefined) => arn?.split(':').at(-1)?.replace(/^c01-/, '') ?? '?';
