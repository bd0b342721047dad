/**
 * From a request to its answer: Host and Origin gate, our own paths, who asks, which operation,
 * the operation itself, and the answer in the protocol of the question.
 *
 * Every request passes the same gates in the same order, whatever transport or protocol it comes
 * by. An answer never holds a stack trace; what broke is logged under the request's id.
 */
import { AwsError } from '../core/errors.ts';
import { without } from '../core/redaction.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Call } from '../services/call.ts';
import type { Operation, Route, Service } from '../services/service.ts';
import { Conflict, Unavailable } from '../storage/storage.ts';
import {
  credentialScope,
  decode,
  detect,
  encodeAnswer,
  encodeError,
  type Routed,
} from '../wire/wire.ts';
import { suffer } from './api-faults.ts';
import type { Authenticator, Principal, Visitor } from './auth.ts';
import type { Authorize } from './auth-iam.ts';
import type { Drain } from './drain.ts';
import { pathByHost } from './function-urls.ts';
import type { Gate } from './hosts.ts';
import { bodyLimit } from './limits.ts';
import { type Operating, operateAs, type Performed } from './own-operations.ts';
import { type Answer, type Gateway, type Head, jsonAnswer, type Request } from './request.ts';
import { RequestFigures } from './request-figures.ts';
import { answerRoute, noSuchPath, type OwnPaths, ownPaths } from './routes.ts';
import { secretsOf, signingOf, withoutSecrets } from './secrets.ts';

export interface GatewayParts {
  readonly stack: Stack;
  readonly services: ReadonlyMap<string, Service>;
  /** Plain HTTP routes by path; see `ownPaths`. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly gate: Gate;
  readonly authenticator: Authenticator;
  /** Undefined where everybody may do everything. */
  readonly authorize: Authorize | undefined;
  readonly drain: Drain;
  /** Takes the name of each service that is called. */
  readonly called: Set<string>;
}

/** Who asks, where the way that a request came by says so. */
export interface Known {
  readonly signer: Visitor;
  readonly readOnly: boolean;
}

const NO_BODY = new Uint8Array(0);

type AnyOperation = Operation<{ input: object; output: object }>;

export class AwsGateway implements Gateway {
  readonly #parts: GatewayParts;
  readonly #ownPaths: OwnPaths;
  readonly #figures: RequestFigures;
  readonly #operating: Operating;
  /** Operations by service and name. Maps, because `constructor` is no operation. */
  readonly #operations: ReadonlyMap<string, ReadonlyMap<string, AnyOperation>>;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#operating = {
      settings: parts.stack.settings,
      requestId: () => parts.stack.ids.uuid(),
      perform: this.#perform,
      explain: this.#explain,
    };
    this.#ownPaths = ownPaths(parts.routes);
    this.#figures = new RequestFigures(parts.stack.metrics);
    const tables = [...parts.services].map(([name, service]) => {
      const operations = Object.entries(service.operations) as [string, AnyOperation][];
      return [name, new Map(operations)] as const;
    });
    this.#operations = new Map(tables);
  }

  get draining(): boolean {
    return this.#parts.drain.begun;
  }

  admit(head: Head): Answer | number {
    const refused = this.#parts.gate.check(head);
    if (refused) return refused;
    const declared = Number(head.header('content-length') ?? 0);
    const { bytes } = bodyLimit(head);
    return declared > bytes ? this.tooLarge(head) : bytes;
  }

  /** In the protocol that the head alone tells of. */
  tooLarge(head: Head): Answer {
    const { method, path, query, header } = head;
    const { refusal } = bodyLimit(head);
    const error = new AwsError('RequestEntityTooLargeException', refusal, { status: 413 });
    const request = { method, path, query, header, body: NO_BODY };
    return encodeError(undefined, error, this.#parts.stack.ids.uuid(), request);
  }

  answer(request: Request): Promise<Answer> {
    const crossOrigin = this.#parts.gate.crossOrigin(request);
    return crossOrigin ? this.#answerPage(request, crossOrigin) : this.#route(request);
  }

  broken(cause: unknown): Answer {
    const { status, code, message } = this.#explain(cause, this.#parts.stack.ids.uuid(), 'answer');
    return jsonAnswer(status, { __type: code, message });
  }

  async #answerPage(request: Request, crossOrigin: readonly string[]): Promise<Answer> {
    if (request.method === 'OPTIONS') return { status: 204, headers: crossOrigin, body: '' };
    const answer = await this.#route(request);
    return { ...answer, headers: [...answer.headers, ...crossOrigin] };
  }

  /** Answers one of our own paths to who is known already; undefined for every other path. */
  answerOwn(request: Request, known: Known): Promise<Answer> | undefined {
    const route = this.#ownPaths(request.path, () => false);
    return route && this.#ownAnswer(route, request, request.path, known);
  }

  #route(request: Request): Promise<Answer> {
    const path = pathByHost(request) ?? request.path;
    const route = this.#ownPaths(path, () => credentialScope(request) !== undefined);
    if (route) return this.#ownAnswer(route, request, path);
    return path.startsWith('/_') ? Promise.resolve(noSuchPath(path)) : this.#operate(request);
  }

  async #ownAnswer(route: Route, request: Request, path: string, known?: Known): Promise<Answer> {
    const { stack } = this.#parts;
    try {
      const signer = known?.signer ?? (await this.#parts.authenticator.visitor(request, path));
      return await answerRoute(stack, route, request, {
        path,
        endpoint: this.#endpoint(request),
        signer,
        operate: (asked) => operateAs(this.#operating, request, signer(), asked),
        onDrain: this.#parts.drain.on,
        readOnly: known?.readOnly ?? false,
      });
    } catch (cause) {
      const error = this.#explain(cause, stack.ids.uuid(), request.path);
      return jsonAnswer(error.status, { __type: error.code, message: error.message });
    }
  }

  async #operate(request: Request): Promise<Answer> {
    const requestId = this.#parts.stack.ids.uuid();
    const asked = this.#figures.begin(request.body.length);
    let routed: Routed | undefined;
    try {
      routed = detect(request);
      if (!routed) throw unrecognised();
      const { service, operation } = routed;
      asked.figures = this.#figures.of(service, operation);
      const { authenticator, authorize, stack, drain } = this.#parts;
      const caller = authenticator.caller(request, routed);
      const who = caller instanceof Promise ? await caller : caller;
      const operate = this.#operations.get(service)?.get(operation);
      if (!operate) throw notBuilt(routed);
      this.#parts.called.add(service);
      const call = this.#call(request, routed, who, requestId);
      const input = decode(routed, request);
      const leave = authorize?.({ request, routed, call, input, who });
      if (leave) await leave;
      if (stack.faults.on) await suffer(stack, drain, service, operation);
      const output = operate(call, input);
      const said = output instanceof Promise ? await output : output;
      return this.#figures.answered(asked, encodeAnswer(routed, said, requestId, this.#explain));
    } catch (cause) {
      const what = routed ? `${routed.service}:${routed.operation}` : request.path;
      const isTheirs = cause instanceof AwsError;
      const secrets = isTheirs ? signingOf(request) : secretsOf(request, routed);
      const error = withoutSecrets(this.#explain(cause, requestId, what, secrets), secrets);
      return this.#figures.answered(asked, encodeError(routed, error, requestId, request), error);
    }
  }

  /** As `#operate`, for what comes by one of our own paths. */
  readonly #perform = async (asked: Performed): Promise<object> => {
    const { request, routed, who, requestId, again } = asked;
    const { service, operation } = routed;
    const { authorize, called, stack, drain } = this.#parts;
    const operate = this.#operations.get(service)?.get(operation);
    if (!operate) throw notBuilt(routed);
    called.add(service);
    const call = { ...this.#call(request, routed, who, requestId), again };
    const input = asked.read();
    await authorize?.({ request, routed, call, input, who });
    if (stack.faults.on) await suffer(stack, drain, service, operation);
    return operate(call, input);
  };

  #call(request: Request, routed: Routed, who: Principal, requestId: string): Call {
    const { connection } = request;
    const { region, identity, signed, verified } = who;
    return {
      stack: this.#parts.stack,
      service: routed.service,
      operation: routed.operation,
      account: identity.account,
      region,
      principalArn: identity.arn,
      identity,
      signed,
      verified,
      requestId,
      endpoint: this.#endpoint(request),
      traceHeader: request.header('x-amzn-trace-id'),
      gone: () => connection.gone(),
      onGone: (listener) => connection.onGone(listener),
      onDrain: this.#parts.drain.on,
    };
  }

  #endpoint(request: Request): string {
    const host = request.header('host');
    if (host === undefined) return this.#parts.stack.endpoint();
    return `${request.connection.secure() ? 'https' : 'http'}://${host}`;
  }

  /** What AWS would say of `cause`. What is logged has none of the request's `secrets` in it. */
  readonly #explain = (
    cause: unknown,
    requestId: string,
    what: string,
    secrets: readonly string[] = [],
  ): AwsError => {
    if (cause instanceof AwsError) return cause;
    if (cause instanceof Conflict) {
      return unavailable('The resource is being changed by other requests. Please try again.');
    }
    const { log } = this.#parts.stack;
    if (cause instanceof Unavailable) {
      const why = without(secrets, cause.message);
      log.error(`${what}: the storage cannot write: ${why}`, { requestId });
      return unavailable(`The storage cannot write at the moment: ${cause.message}`);
    }
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    log.error(`${what} broke`, { requestId, stack: without(secrets, stack) });
    const message = `An internal error occurred; the log has more under ${requestId}.`;
    return new AwsError('InternalFailure', message, { status: 500 });
  };
}

function unavailable(message: string): AwsError {
  return new AwsError('ServiceUnavailable', message, { status: 503 });
}

function notBuilt({ service, operation }: Routed): AwsError {
  const message = `millrace has not built ${service}:${operation} yet; see /_millrace/v1/coverage.`;
  return new AwsError('NotImplemented', message, { status: 501 });
}

function unrecognised(): AwsError {
  const message =
    'millrace cannot tell which service this request is for: it names none by X-Amz-Target, by ' +
    'Action, by path or by the scope of its credentials.';
  return new AwsError('UnknownOperationException', message, { status: 404 });
}
