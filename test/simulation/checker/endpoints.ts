/**
 * Did every HTTP endpoint get what was published to it? At least once, and nothing else: a
 * hand-over to the outside may repeat.
 */
import type { Finding, History } from '../history.ts';
import type { Lives } from './lives.ts';

export function checkEndpoints({ history, arrivals }: Lives): readonly Finding[] {
  const findings: Finding[] = [];
  const queues = new Set(history.queues.map((queue) => queue.name));
  const accepted = new Set(
    arrivals.filter((entry) => entry.accepted).map((entry) => `${entry.endpoint} ${entry.key}`),
  );
  const published = publishedTo(history);
  for (const entry of history.entries) {
    if (entry.op !== 'publish' || entry.outcome !== 'ok' || !history.drained) continue;
    for (const target of entry.expects) {
      if (queues.has(target) || accepted.has(`${target} ${entry.key}`)) continue;
      const text = `${entry.key} was confirmed, but ${target} never took it`;
      findings.push({ fault: 'undelivered', key: entry.key, text });
    }
  }
  for (const { endpoint, key, digest } of arrivals) {
    const origin = published.get(key);
    if (!origin) {
      findings.push({ fault: 'phantom', key, text: `${key} reached ${endpoint}, unpublished` });
    } else if (!origin.expects.has(endpoint)) {
      findings.push({ fault: 'misrouted', key, text: `${key} was not meant for ${endpoint}` });
    } else if (origin.digest !== digest) {
      findings.push({ fault: 'altered', key, text: `${key} reached ${endpoint} changed` });
    }
  }
  return findings;
}

function publishedTo(history: History) {
  const published = new Map<string, { digest: string; expects: Set<string> }>();
  for (const entry of history.entries) {
    if (entry.op !== 'publish' || entry.outcome === 'refused') continue;
    published.set(entry.key, { digest: entry.digest, expects: new Set(entry.expects) });
  }
  return published;
}
