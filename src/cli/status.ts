/** Asks a running server what it is. */
import { http } from '../core/node-http.ts';
import { CommandFailed, EXIT } from './exit.ts';

export interface StatusOptions {
  readonly endpoint: string;
  readonly json?: boolean;
}

/** Long enough for a busy server, short enough for a person. */
const PATIENCE_MS = 5_000;

export async function status({ endpoint, json }: StatusOptions): Promise<string> {
  const answer = await ask(endpoint);
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

async function ask(endpoint: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await fetchText(new URL('/_millrace/v1/status', urlOf(endpoint)));
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null && 'version' in answer) return { ...answer };
  } catch {
    // Not JSON, so not millrace: said below.
  }
  throw new CommandFailed(EXIT.unreachable, `What answers at ${endpoint} is not millrace.`);
}

function urlOf(endpoint: string): URL {
  if (URL.canParse(endpoint) && endpoint.startsWith('http://')) return new URL(endpoint);
  throw new CommandFailed(EXIT.usage, `${endpoint} is no URL such as http://127.0.0.1:4566.`);
}

function fetchText(url: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      const why = (cause as NodeJS.ErrnoException).code ?? cause.message;
      const message = `No server answers at ${url.origin} (${why}). Start one: millrace start`;
      reject(new CommandFailed(EXIT.unreachable, message));
    };
    const asked = http.get(url, { timeout: PATIENCE_MS, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      answer.on('end', () => resolve(text)).on('error', fail);
    });
    asked.on('error', fail);
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${PATIENCE_MS / 1_000} s`)));
  });
}
