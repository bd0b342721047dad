/** Asks a running server what it is. */
import { statusOf } from './server-door.ts';

export interface StatusOptions {
  readonly endpoint: string;
  readonly json?: boolean;
}

export async function status({ endpoint, json }: StatusOptions): Promise<string> {
  const answer = await statusOf(endpoint);
  if (json) return `${JSON.stringify(answer)}\n`;
  const { upMs, processId, ...others } = answer;
  const rows = Object.entries({ ...others, up: spanOf(Number(upMs)), process: processId });
  const lines = rows.map(([name, value]) => {
    const shown = Array.isArray(value) ? value.join(', ') : String(value);
    return `${name.padEnd(12)}${shown}\n`;
  });
  return lines.join('');
}

/** Such as `12 s`, `3 min` or `5 h`. */
function spanOf(ms: number): string {
  if (ms < 120_000) return `${Math.floor(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${Math.floor(ms / 60_000)} min` : `${Math.floor(ms / 3_600_000)} h`;
}
