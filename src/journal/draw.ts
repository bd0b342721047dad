/**
 * A trace as text, for terminals and for failing tests.
 */
import type { Fact } from './journal.ts';
import type { LeftOut, Trace, TraceNode } from './trace.ts';

/** Draws the tree with one line per event, and under it one line per thing that happened. */
export function drawTrace(trace: Trace): string {
  const lines: string[] = [];
  const { ancestors, ancestorsLeftOut = 0 } = trace;
  if (ancestorsLeftOut > 0) lines.push(`caused by ${ancestorsLeftOut} more that are not shown`);
  for (const ancestor of ancestors) lines.push(`caused by ${title(ancestor)}`);
  const startMs = trace.tree.atMs ?? trace.tree.facts[0]?.atMs ?? 0;
  drawNode(trace.tree, '', '', startMs, lines);
  return `${lines.join('\n')}\n`;
}

function drawNode(
  node: TraceNode,
  head: string,
  indent: string,
  startMs: number,
  lines: string[],
): void {
  lines.push(`${head}${title(node)}${node.again ? ' (see above)' : ''}`);
  if (node.again) return;
  const last = node.children.length - 1;
  for (const fact of node.facts.filter(({ kind }) => kind !== 'publish')) {
    lines.push(`${indent}${last >= 0 ? '│' : ' '}   ${sentence(fact, startMs)}`);
  }
  if (node.leftOut) lines.push(`${indent}${last >= 0 ? '│' : ' '}   ${gap(node.leftOut)}`);
  for (const [index, child] of node.children.entries()) {
    const [branch, below] = index === last ? ['└─ ', '   '] : ['├─ ', '│  '];
    drawNode(child, indent + branch, indent + below, startMs, lines);
  }
}

function gap({ facts, children }: LeftOut): string {
  return `… not shown: ${facts} more facts, ${children} more events`;
}

function title(node: TraceNode): string {
  const what = node.note ? `${node.note} ` : '';
  return `${what}${node.id}${node.arn ? ` at ${shortArn(node.arn)}` : ''}`;
}

const VERBS: Readonly<Record<Fact['kind'], string>> = {
  publish: 'published at',
  match: 'matched by',
  deliver: 'handed over by',
  invoke: 'run by',
  retry: 'to be retried by',
  'dead-letter': 'given up by',
  receive: 'received from',
  delete: 'deleted from',
  drop: 'dropped at',
};

function sentence(fact: Fact, startMs: number): string {
  const after = `+${fact.atMs - startMs} ms`.padStart(9);
  const to = fact.target ? ` to ${shortArn(fact.target)}` : '';
  const failed = fact.outcome !== undefined && fact.outcome !== 'ok';
  const outcome = failed ? ` [${fact.outcome}]` : '';
  const note = fact.note && fact.kind !== 'match' ? `: ${fact.note}` : '';
  const verb = failed && fact.kind === 'deliver' ? 'tried in vain by' : VERBS[fact.kind];
  return `${after}  ${verb} ${shortArn(fact.arn)}${to}${outcome}${note}`;
}

/** `arn:aws:sqs:us-east-1:000000000000:orders` as `sqs:orders`. */
export function shortArn(arn: string): string {
  const [prefix, , service, , , ...resource] = arn.split(':');
  return prefix === 'arn' && service ? `${service}:${resource.join(':')}` : arn;
}
