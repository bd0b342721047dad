/**
 * The console's port: its files, and the admin API for them. A port of its own is an origin of its
 * own: nothing that is stored in the server, and served by it, can act here.
 *
 * What keeps other pages out: the Host gate of the API (DNS rebinding); an Origin must be this
 * very one; a request of the API must come from this origin by Sec-Fetch-Site where the browser
 * says; whatever changes something carries a header that no form can send; no page may frame this
 * one; no script runs that is not a file of the console. Read-only, nothing is changed at all.
 */
import type { Gate } from '../hosts.ts';
import { bodyLimit } from '../limits.ts';
import type { Answer, Gateway, Head, Request } from '../request.ts';
import { jsonAnswer } from '../request.ts';
import type { ConsoleFile, ConsoleFiles } from './files.ts';
import type { ConsoleSession } from './session.ts';

export interface ConsoleParts {
  /** Undefined where the console was not built. */
  readonly files: ConsoleFiles | undefined;
  readonly session: ConsoleSession;
  readonly gate: Gate;
  readonly readOnly: boolean;
  /** Answers a path of the admin API; undefined where there is none. */
  readonly api: (request: Request) => Promise<Answer> | undefined;
  readonly draining: () => boolean;
  readonly broken: (cause: unknown) => Answer;
}

const API = '/_millrace/v1/';
/** Not for the console: keys are shown once, to who made them; code and backups go by the CLI. */
const NOT_HERE = ['keys', 'backup', 'lambda/code'].map((path) => API + path);
/** They are asked by POST and change nothing. */
const LOOKS = new Set(['send/as', 'events/explain', 'sns/explain'].map((path) => API + path));

/** Sent by the console with all that changes something. */
const OWN_HEADER = 'x-millrace-console';

/** https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html */
const GUARDS: readonly string[] = [
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Resource-Policy',
  'same-origin',
];
const PAGE_GUARDS: readonly string[] = [
  ...GUARDS,
  'Content-Security-Policy',
  "default-src 'self'; img-src 'self' data:; worker-src 'self'; object-src 'none'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Frame-Options',
  'DENY',
  'Cross-Origin-Opener-Policy',
  'same-origin',
];

export class ConsoleGateway implements Gateway {
  readonly #parts: ConsoleParts;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  get draining(): boolean {
    return this.#parts.draining();
  }

  admit(head: Head): Answer | number {
    return this.#refusal(head) ?? bodyLimit(head).bytes;
  }

  tooLarge(head: Head): Answer {
    return refused(413, bodyLimit(head).refusal);
  }

  broken(cause: unknown): Answer {
    return this.#parts.broken(cause);
  }

  async answer(request: Request): Promise<Answer> {
    const { path } = request;
    if (path.startsWith('/_')) return guarded(await this.#api(request));
    if (path === '/open') return this.#open(request);
    if (!this.#parts.session.isIn(request)) return page(401, CLOSED);
    return this.#file(request);
  }

  async #api(request: Request): Promise<Answer> {
    const { api } = this.#parts;
    if (!request.path.startsWith(API) || NOT_HERE.some((path) => request.path.startsWith(path))) {
      return refused(404, `The console has nothing at ${request.path}.`);
    }
    return (await api(request)) ?? refused(404, `The console has nothing at ${request.path}.`);
  }

  /** `/open?token=…`: from the link that the terminal shows, to the console. */
  #open({ query, connection }: Request): Answer {
    const { session } = this.#parts;
    if (session.isOpen) return redirect([]);
    const token = new URLSearchParams(query).get('token') ?? '';
    const cookie = session.open(token, connection.secure());
    return cookie ? redirect(['Set-Cookie', cookie]) : page(401, CLOSED);
  }

  #file({ method, path, header }: Request): Answer {
    if (method !== 'GET' && method !== 'HEAD') return refused(405, 'Files are read by GET.');
    const { files } = this.#parts;
    if (!files) return page(503, NOT_BUILT);
    const file = files.at(path);
    if (!file) return page(404, `The console has nothing at ${path.slice(0, 200)}.`);
    return fileAnswer(file, header);
  }

  #refusal(head: Head): Answer | undefined {
    const refusal = this.#parts.gate.check(this.#asSeenByGate(head));
    if (refusal) return refusal;
    // The gate lets any Origin call the hosts of function URLs; there are none here.
    const origin = head.header('origin');
    if (origin !== undefined && !isSameHost(origin, head.header('host'))) {
      return refused(403, 'The console is for its own pages.');
    }
    const isApi = head.path.startsWith('/_');
    const site = head.header('sec-fetch-site');
    if (isApi && site !== undefined && site !== 'same-origin' && site !== 'none') {
      return refused(403, 'The console’s API is for the console’s own pages.');
    }
    if (isApi && !this.#parts.session.isIn(head)) return refused(401, CLOSED);
    if (head.method === 'GET' || head.method === 'HEAD') return undefined;
    if (site === 'none' || head.header(OWN_HEADER) === undefined) {
      return refused(403, `What changes something must carry the header ${OWN_HEADER}.`);
    }
    if (this.#parts.readOnly && !LOOKS.has(head.path)) {
      return refused(403, 'This console is read-only (--console-read-only).');
    }
    return undefined;
  }

  /** The gate knows nothing of this origin, nor that a link from elsewhere may open the page. */
  #asSeenByGate(head: Head): Head {
    const origin = head.header('origin');
    const isOwn = origin !== undefined && isSameHost(origin, head.header('host'));
    const isOpening =
      head.method === 'GET' &&
      !head.path.startsWith('/_') &&
      head.header('sec-fetch-mode') === 'navigate';
    if (!isOwn && !isOpening) return head;
    const header = (name: string) => {
      if (isOwn && name === 'origin') return undefined;
      return isOpening && name === 'sec-fetch-site' ? undefined : head.header(name);
    };
    return {
      method: head.method,
      path: head.path,
      query: head.query,
      header,
      headerCount: (name) => head.headerCount(name),
    };
  }
}

function isSameHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

const NOT_BUILT =
  'The console is not built. In the repository: npm run build:console. The API is there.';
const CLOSED =
  'This console is closed to whoever has no token. Open it by the link that the server has ' +
  'printed at its start.';

function fileAnswer(file: ConsoleFile, header: Head['header']): Answer {
  const caching = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  const common = [...PAGE_GUARDS, 'ETag', file.etag, 'Cache-Control', caching];
  if (header('if-none-match') === file.etag) return { status: 304, headers: common, body: '' };
  const packed = /\bgzip\b/.test(header('accept-encoding') ?? '');
  const headers = [...common, 'Content-Type', file.type, 'Vary', 'Accept-Encoding'];
  if (packed) headers.push('Content-Encoding', 'gzip');
  return { status: 200, headers, body: packed ? file.gzip : file.plain };
}

function guarded({ status, headers, body }: Answer): Answer {
  const isSaid = headers.some((name, at) => at % 2 === 0 && /^cache-control$/i.test(name));
  const caching = isSaid ? [] : ['Cache-Control', 'no-store'];
  return { status, headers: [...headers, ...GUARDS, ...caching], body };
}

function redirect(headers: readonly string[]): Answer {
  return { status: 303, headers: ['Location', './', ...GUARDS, ...headers], body: '' };
}

function refused(status: number, message: string): Answer {
  return jsonAnswer(status, { message });
}

function page(status: number, sentence: string): Answer {
  const headers = [...PAGE_GUARDS, 'Content-Type', 'text/plain; charset=utf-8'];
  return { status, headers: [...headers, 'Cache-Control', 'no-store'], body: `${sentence}\n` };
}
