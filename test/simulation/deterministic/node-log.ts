/** What a node writes into its log is a complaint, unless a fault of the simulation explains it. */
import type { Log } from '../../../src/delivery/stack.ts';
import type { Life } from '../faults/life.ts';

/** Begin the text of errors that the simulation makes, and of races that are lost in earnest. */
const MEANT = /Unavailable|Unanswered|Conflict|The simulated|simulated failure|ExecutionClosed/;

export function nodeLog(name: string, life: Life, complaints: string[]): Log {
  const note = (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const text = `${name}: ${message} ${JSON.stringify(fields)}`;
    if (!life.isOver && !MEANT.test(text)) complaints.push(text);
  };
  return { info: () => {}, warn: note, error: note };
}
