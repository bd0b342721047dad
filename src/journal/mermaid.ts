/**
 * A trace as a Mermaid sequence diagram, for documents and reviews: who handed what to whom, in the
 * order of time. https://mermaid.js.org/syntax/sequenceDiagram.html
 */
import { shortArn } from './draw.ts';
import { type Fact, isLost } from './journal.ts';
import type { Trace, TraceNode } from './trace.ts';

/** More arrows than anybody reads are left out, and counted. */
const MOST_STEPS = 200;

interface Step {
  readonly atMs: number;
  readonly line: string;
}

export function mermaidOf(trace: Trace): string {
  const people = new Participants();
  const nodes = nodesOf(trace);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const steps = nodes
    .flatMap((node) => stepsOf(node, byId, people))
    .sort((a, b) => a.atMs - b.atMs);
  const lines = steps.slice(0, MOST_STEPS).map(({ line }) => line);
  const more = steps.length - lines.length;
  if (more > 0) lines.push(`Note over ${people.any()}: … ${more} more steps`);
  return `${['sequenceDiagram', ...people.lines(), ...lines].join('\n  ')}\n`;
}

function nodesOf({ ancestors, tree }: Trace): readonly TraceNode[] {
  const nodes = [...ancestors];
  const waiting = [tree];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (!node.again) nodes.push(node);
    waiting.push(...node.children);
  }
  return nodes;
}

function stepsOf(
  node: TraceNode,
  byId: ReadonlyMap<string, TraceNode>,
  people: Participants,
): readonly Step[] {
  return node.facts.flatMap((fact) => {
    const line = lineOf(fact, node, byId, people);
    return line === undefined ? [] : [{ atMs: fact.atMs, line }];
  });
}

function lineOf(
  fact: Fact,
  node: TraceNode,
  byId: ReadonlyMap<string, TraceNode>,
  people: Participants,
): string | undefined {
  const { kind, arn, target, outcome, note = '' } = fact;
  const failed = outcome !== undefined && outcome !== 'ok';
  const at = people.of(node.arn ?? arn);
  switch (kind) {
    case 'publish': {
      const [cause] = node.causes.map((id) => byId.get(id)?.arn);
      const from = cause === undefined ? people.of('client') : people.of(withoutVersion(cause));
      return `${from}->>${people.of(arn)}: ${text(note || node.id)}`;
    }
    case 'deliver': {
      if (target === undefined) return undefined;
      const arrow = failed ? '--x' : '->>';
      const what = failed ? `${outcome}${note && `, ${note}`}` : nameOf(arn);
      return `${at}${arrow}${people.of(target)}: ${text(what)}`;
    }
    case 'dead-letter':
      return target === undefined || isLost(fact)
        ? `Note over ${at}: ${text(`given up: ${outcome ?? note}`)}`
        : `${at}-)${people.of(target)}: ${text(`dead letter, ${outcome ?? note}`)}`;
    case 'invoke': {
      const what = failed ? `${outcome}, ${note}` : note;
      return `Note over ${people.of(withoutVersion(arn))}: ${text(`ran ${what}`)}`;
    }
    case 'retry':
      return `Note over ${at}: ${text(`${outcome ?? 'failed'}, ${note}`)}`;
    case 'drop':
      return `Note over ${people.of(arn)}: ${text(`dropped, ${outcome ?? note}`)}`;
    default:
      return undefined;
  }
}

/** `…:function:name:7`, `…:$LATEST` without what comes last: one participant for all versions. */
function withoutVersion(arn: string): string {
  return /^(arn:[^:]*:lambda:[^:]*:[^:]*:function:[^:]+):[^:]+$/.exec(arn)?.[1] ?? arn;
}

function nameOf(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? arn;
}

/** Mermaid ends a line at a semicolon, and reads entities. */
function text(words: string): string {
  return words
    .replace(/\s+/g, ' ')
    .replaceAll('#', '#35;')
    .replaceAll(/;(?<!#35;)/g, '#59;')
    .slice(0, 120);
}

/** In the order in which they are first met. */
class Participants {
  readonly #names = new Map<string, string>();

  of(arn: string): string {
    let name = this.#names.get(arn);
    if (name === undefined) {
      name = `p${this.#names.size + 1}`;
      this.#names.set(arn, name);
    }
    return name;
  }

  any(): string {
    return this.#names.values().next().value ?? 'p1';
  }

  lines(): readonly string[] {
    return [...this.#names].map(([arn, name]) => `participant ${name} as ${text(shortArn(arn))}`);
  }
}
