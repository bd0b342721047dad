/**
 * Puts a stack on the wire: gates, gateway, our own paths, and the port.
 */
import type { Stack } from '../delivery/stack.ts';
import type { Route, Service } from '../services/service.ts';
import { type AuthMode, authenticator } from './auth.ts';
import { authorizer, type IamMode } from './auth-iam.ts';
import { type AccessOptions, accessFromEnvironment, startAccess } from './auth-start.ts';
import type { ConsoleOptions, ServedConsole } from './console/serve.ts';
import { Drain } from './drain.ts';
import { AwsGateway } from './gateway.ts';
import { hostGate } from './hosts.ts';
import {
  addressesOf,
  endpointOf,
  type Listening,
  listen,
  refusePublic,
  type TlsOptions,
} from './listen.ts';
import type { KeyPair } from './secure.ts';
import type { Controls } from './side/controls.ts';
import { coverageRoutes } from './side/coverage.ts';
import { keyRoutes } from './side/keys.ts';
import { localStackRoutes } from './side/localstack.ts';
import { metricsRoutes } from './side/metrics.ts';
import { statusRoutes } from './side/status.ts';
import { timeRoutes } from './side/time.ts';

/** A stack that can be put on the wire. */
export interface Servable extends Stack, Controls {
  readonly services: ReadonlyMap<string, Service>;
  /** Plain HTTP routes by path; each takes all below it too. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Tells the stack where it is reached. */
  reachedAt(endpoint: string): void;
}

export interface ServeOptions {
  /** 0 for a free one. */
  readonly port: number;
  /** An address, or `localhost` for both loopbacks. */
  readonly host: string;
  /** Says that an address which others can reach is meant. */
  readonly open?: boolean;
  readonly auth?: AuthMode;
  /** Whether policies bind callers. Default: `enforce` with strict auth, else `off`. */
  readonly iam?: IamMode;
  /** How secrets are sealed, and the root's key. Default: what the environment says. */
  readonly access?: AccessOptions;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  /** Shows a certificate to clients that speak TLS; without it there is none. */
  readonly tls?: ServeTls;
  /** Where the data lives, for the status page: a folder, or `memory`. */
  readonly data?: string;
  /** Serves the console too, on a port of its own. */
  readonly console?: ConsoleOptions;
}

export interface ServeTls {
  /** Reads or makes the certificate. */
  readonly load: () => KeyPair;
  /** Refuses requests without TLS. */
  readonly only?: boolean;
}

export interface Served {
  /** Such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly port: number;
  /** Where the console is opened, with the token where one was made. */
  readonly console?: string;
  /** Our own paths, those of the services among them. */
  readonly paths: readonly string[];
  /** What is shown to clients that speak TLS, in PEM. */
  certificate(): string | undefined;
  /** Loads the certificate anew. When that fails, it throws and the one before is kept. */
  reloadCertificate(): void;
  /**
   * Accepts no more, ends long polls, answers what is in flight and closes every connection,
   * within `timeoutMs`. The stack stays.
   */
  close(timeoutMs: number): Promise<void>;
}

export async function serve(stack: Servable, options: ServeOptions): Promise<Served> {
  const auth = options.auth ?? 'off';
  const iam = options.iam ?? (auth === 'strict' ? 'enforce' : 'off');
  if (!options.open && auth !== 'strict') refusePublic(options.host);
  const access = options.access ?? accessFromEnvironment(process.env);
  const folder = options.data === 'memory' ? undefined : options.data;
  const keys = await startAccess(stack, auth, folder, access);
  const { services } = stack;
  const [drain, called] = [new Drain(), new Set<string>()];
  const startedAtWallMs = stack.clock.wallNowMs();
  const { host, port, tls } = options;
  let pair = tls?.load();
  const certificate = () => pair?.cert;
  const { data = 'memory' } = options;
  const status = { services, drain, startedAtWallMs, data, certificate };
  const routes = new Map<string, Route>([
    ...Object.entries({
      ...coverageRoutes(services),
      ...timeRoutes(stack),
      ...keyRoutes(keys, auth === 'strict'),
      ...statusRoutes(status),
      ...metricsRoutes,
      ...localStackRoutes({ services, called, startedAtWallMs }),
    }),
    ...stack.routes,
  ]);
  const gateway = new AwsGateway({
    stack,
    services,
    routes,
    called,
    drain,
    gate: hostGate({
      ...options,
      addresses: addressesOf(options.host),
      anyHost: auth === 'strict',
    }),
    authenticator: authenticator(auth, stack, iam === 'enforce'),
    authorize: authorizer(iam, stack),
  });
  const shown = pair && { tls: { pair, only: tls?.only === true } };
  const listening = await listen(gateway, stack.clock, { host, port, ...shown });
  const consoled = await consoleOf(stack, gateway, options, shown).catch(async (cause) => {
    await listening.close(0);
    throw cause;
  });
  countConnections(stack, listening);
  const endpoint = endpointOf(host, listening.port, tls?.only === true);
  stack.reachedAt(endpoint);
  return {
    endpoint,
    port: listening.port,
    paths: [...routes.keys()],
    ...(consoled && { console: consoled.url }),
    certificate,
    reloadCertificate: () => {
      const next = tls?.load();
      if (!next) return;
      listening.show(next);
      consoled?.listening.show(next);
      pair = next;
    },
    close: (timeoutMs) => {
      drain.begin();
      return closeAll([listening, ...(consoled ? [consoled.listening] : [])], timeoutMs);
    },
  };
}

async function closeAll(all: readonly Listening[], timeoutMs: number): Promise<void> {
  await Promise.all(all.map((one) => one.close(timeoutMs)));
}

function countConnections({ metrics }: Stack, listening: Listening): void {
  const connections = metrics
    .gauge({ name: 'millrace_connections', help: 'Open connections.' })
    .of();
  metrics.collect(async () => connections.set(await listening.connections()));
}

type Shown = { readonly tls: TlsOptions } | undefined;

/** Loaded only where somebody wants it: most tests do not. */
async function consoleOf(
  stack: Stack,
  gateway: AwsGateway,
  options: ServeOptions,
  shown: Shown,
): Promise<ServedConsole | undefined> {
  const { host, port, allowedHosts, auth, console } = options;
  if (!console) return undefined;
  const { serveConsole } = await import('./console/serve.ts');
  const parts = {
    ...{ stack, gateway, host, strict: auth === 'strict' },
    ...(allowedHosts && { allowedHosts }),
    ...shown,
  };
  // Whoever takes any port for the API takes any for the console.
  return serveConsole(parts, port === 0 ? { port: 0, ...console } : console);
}
