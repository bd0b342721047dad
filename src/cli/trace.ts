/** `millrace trace`: what an event or message led to. */
import { textAt } from './admin-door.ts';

export interface TraceOptions {
  readonly endpoint: string;
  readonly json?: boolean;
  /** As a sequence diagram. */
  readonly mermaid?: boolean;
}

/** The first trace that a server is asked for reads the whole journal. */
const PATIENCE_MS = 60_000;

export function trace(id: string, { endpoint, json, mermaid }: TraceOptions): Promise<string> {
  const as = json ? undefined : mermaid ? 'mermaid' : 'text';
  const path = `trace/${encodeURIComponent(id)}`;
  return textAt(endpoint, path, { query: { as }, patienceMs: PATIENCE_MS });
}
