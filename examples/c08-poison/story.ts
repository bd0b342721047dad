/** What happened to one message, in lines: the facts of its trace, and the runs it was part of. */

interface Fact {
  readonly kind: string;
  readonly arn: string;
  readonly atMs: number;
  readonly note?: string;
}

interface TraceNode {
  readonly facts: readonly Fact[];
  readonly children: readonly TraceNode[];
}

const VERBS: Readonly<Record<string, string>> = {
  publish: 'sent to',
  receive: 'received from',
  invoke: 'run by',
  'dead-letter': 'given up by',
};

export async function storyOf(endpoint: string, messageId: string): Promise<readonly string[]> {
  const answer = await fetch(`${endpoint}/_millrace/v1/trace/${messageId}`);
  const { tree } = (await answer.json()) as { readonly tree: TraceNode };
  const runs = tree.children.flatMap(({ facts }) => facts.filter(({ kind }) => kind === 'invoke'));
  const facts = [...tree.facts, ...runs].sort((a, b) => a.atMs - b.atMs);
  const startMs = facts[0]?.atMs ?? 0;
  return facts.map(({ kind, arn, atMs, note }) => {
    const after = `+${Math.round((atMs - startMs) / 1000)} s`.padStart(8);
    const where = arn.split(':').slice(5).join(':');
    return `${after}  ${VERBS[kind] ?? kind} ${where}${note ? `: ${note}` : ''}`;
  });
}
