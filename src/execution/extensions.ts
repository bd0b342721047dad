/**
 * The Extensions API of one execution environment.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 *
 * External extensions are programs of the layers, internal ones live in the runtime's process.
 * Both register, then ask for events; an environment is ready, and an invocation over, when all
 * of them ask again.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ids } from '../core/ids.ts';
import type { FunctionSpec } from './execution.ts';
import { json, read, refuse } from './runtime-api.ts';

const ROOT = '/2020-01-01/extension/';
const MOST_EXTENSIONS = 10;
const MOST_BODY_BYTES = 65_536;

interface Extension {
  readonly name: string;
  readonly id: string;
  readonly events: ReadonlySet<string>;
  asking: ServerResponse | undefined;
}

export interface ExtensionListener {
  /** Something changed that may make the environment ready. */
  changed(): void;
  failed(type: string, message: string): void;
}

export class Extensions {
  readonly #spec: FunctionSpec;
  readonly #ids: Ids;
  readonly #external: readonly string[];
  readonly #listener: ExtensionListener;
  readonly #registered = new Map<string, Extension>();

  constructor(
    spec: FunctionSpec,
    ids: Ids,
    external: readonly string[],
    listener: ExtensionListener,
  ) {
    this.#spec = spec;
    this.#ids = ids;
    this.#external = external;
    this.#listener = listener;
  }

  /** Whether all of them wait for an event. */
  get settled(): boolean {
    const all = [...this.#registered.values()];
    const names = new Set(all.map(({ name }) => name));
    return this.#external.every((name) => names.has(name)) && all.every(({ asking }) => asking);
  }

  get wantShutdown(): boolean {
    return [...this.#registered.values()].some(({ events }) => events.has('SHUTDOWN'));
  }

  reset(): void {
    this.#registered.clear();
  }

  send(eventType: 'INVOKE' | 'SHUTDOWN', event: object): void {
    for (const extension of this.#registered.values()) {
      if (!extension.asking || !extension.events.has(eventType)) continue;
      extension.asking.setHeader('Lambda-Extension-Event-Identifier', this.#ids.uuid());
      json(extension.asking, 200, { eventType, ...event });
      extension.asking = undefined;
    }
  }

  /** Answers when the path is one of the Extensions, Telemetry or Logs API. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    if (/^\/\d{4}-\d\d-\d\d\/(telemetry|logs)$/.test(path)) {
      const message = 'The Telemetry API and the Logs API are not built here.';
      refuse(response, 501, 'Extension.NotBuilt', message);
      return true;
    }
    if (!path.startsWith(ROOT)) return false;
    const what = path.slice(ROOT.length);
    if (what === 'register') this.#register(request, response);
    else if (what === 'event/next') this.#next(request, response);
    else if (what === 'init/error' || what === 'exit/error') this.#fail(what, request, response);
    else return false;
    return true;
  }

  #register(request: IncomingMessage, response: ServerResponse) {
    const name = request.headers['lambda-extension-name'];
    if (typeof name !== 'string' || name === '') {
      return refuse(response, 403, 'Extension.InvalidExtensionName', 'Empty extension name');
    }
    read(request, MOST_BODY_BYTES, (body = '') => {
      const events = eventsOf(body);
      if (!events) {
        return refuse(response, 403, 'InvalidRequestFormat', 'The body is not what is expected');
      }
      const allowed = this.#external.includes(name) ? ['INVOKE', 'SHUTDOWN'] : ['INVOKE'];
      const wrong = events.find((event) => !allowed.includes(event));
      if (wrong !== undefined) {
        return refuse(response, 403, 'Extension.InvalidEventType', `${wrong}: invalid event type`);
      }
      const taken = [...this.#registered.values()].some((other) => other.name === name);
      if (taken) {
        const message = 'Extension with this name already registered';
        return refuse(response, 403, 'Extension.InvalidExtensionState', message);
      }
      if (this.#registered.size >= MOST_EXTENSIONS) {
        const message = `Extension limit (${MOST_EXTENSIONS}) reached`;
        return refuse(response, 403, 'Extension.TooManyExtensions', message);
      }
      const id = this.#ids.uuid();
      this.#registered.set(id, { name, id, events: new Set(events), asking: undefined });
      response.setHeader('Lambda-Extension-Identifier', id);
      json(response, 200, this.#functionFor(request));
    });
  }

  #functionFor({ headers }: IncomingMessage): object {
    const features = String(headers['lambda-extension-accept-feature'] ?? '').split(',');
    const wantsAccount = features.some((feature) => feature.trim() === 'accountId');
    return {
      functionName: this.#spec.name,
      functionVersion: this.#spec.version,
      handler: this.#spec.handler,
      ...(wantsAccount && { accountId: this.#spec.account }),
    };
  }

  #next(request: IncomingMessage, response: ServerResponse): void {
    const extension = this.#asker(request, response);
    if (!extension) return;
    extension.asking = response;
    this.#listener.changed();
  }

  #fail(what: string, request: IncomingMessage, response: ServerResponse): void {
    const extension = this.#asker(request, response);
    if (!extension) return;
    const type = request.headers['lambda-extension-function-error-type'];
    read(request, MOST_BODY_BYTES, () => {
      json(response, 202, { status: 'OK' });
      const kind = what === 'init/error' ? 'Extension.InitError' : 'Extension.ExitError';
      this.#listener.failed(kind, `${extension.name}: ${type ?? kind}`);
    });
  }

  #asker(request: IncomingMessage, response: ServerResponse): Extension | undefined {
    const id = request.headers['lambda-extension-identifier'];
    if (typeof id !== 'string') {
      const type = 'Extension.MissingExtensionIdentifier';
      refuse(response, 403, type, 'Missing Lambda-Extension-Identifier header');
      return undefined;
    }
    const extension = this.#registered.get(id);
    if (!extension) {
      refuse(response, 403, 'Extension.UnknownExtensionIdentifier', 'Unknown extension');
    }
    return extension;
  }
}

function eventsOf(body: string): readonly string[] | undefined {
  try {
    const { events = [] } = JSON.parse(body) as { events?: unknown };
    return Array.isArray(events) ? events.map(String) : undefined;
  } catch {
    return undefined;
  }
}
