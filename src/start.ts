/**
 * Starting a server: storage, stack and port, in that order, and back in the other one.
 */
import { createStack, DEFAULT_SETTINGS, type RunningStack } from './app.ts';
import { type Clock, realClock, VirtualClock } from './core/clock.ts';
import type { QuotaName } from './core/quotas.ts';
import { quotas } from './core/quotas.ts';
import type { Log, Stack } from './delivery/stack.ts';
import { openStore, type StoreOptions, shownStore } from './open-store.ts';
import type { AuthMode } from './server/auth.ts';
import type { IamMode } from './server/auth-iam.ts';
import type { AccessOptions } from './server/auth-start.ts';
import type { ConsoleOptions } from './server/console/serve.ts';
import { ownCertificate, tlsFolder } from './server/own-certificate.ts';
import type { KeyPair } from './server/secure.ts';
import { type ServeTls, serve } from './server/serve.ts';
import { allServices } from './services/all.ts';
import type { TelemetryOptions } from './telemetry/settings.ts';

export interface ServerOptions extends StoreOptions {
  /** Default 4566; 0 for one that is free. */
  readonly port?: number;
  /** Address to listen on. Default `localhost`, which is both loopbacks. */
  readonly host?: string;
  /**
   * What an acknowledged write survives: `power` (fsynced, the default) a power cut, `process` a
   * `kill -9`, which is a little faster.
   */
  readonly durability?: 'power' | 'process';
  /** Account of callers whose access key is not twelve digits. Default 000000000000. */
  readonly account?: string;
  /** Region of requests that name none. Default us-east-1. */
  readonly region?: string;
  /** AWS's limits as they are now, or as they were when queues took 256 KiB. */
  readonly limits?: 'current' | 'classic';
  /** Limits that differ from the profile, by name. */
  readonly quotas?: Partial<Record<QuotaName, number>>;
  /** Whether facts are kept for traces. Default true. */
  readonly journal?: boolean;
  /** Whether they keep what events held, for the console and to send it again. Default true. */
  readonly contents?: boolean;
  /** Whether policies bind service principals and other accounts. Default true, as on AWS. */
  readonly enforcePolicies?: boolean;
  /**
   * Whether a queue is purged at most once a minute, and its name free a minute after it was
   * deleted. Default true, as on AWS.
   */
  readonly queueCooldowns?: boolean;
  /** `virtual`: time stands still until it is moved over HTTP. Default `real`. */
  readonly clock?: 'real' | 'virtual';
  /** Says that a public address is meant, although nobody's signature is verified. */
  readonly open?: boolean;
  /** Opens data of which the end was lost, and goes on with what is there. */
  readonly acceptLoss?: boolean;
  /**
   * `parse` refuses requests without credentials, `strict` those whose signature is not that of a
   * stored key (docs/guides/security.md). Default `off`.
   */
  readonly auth?: AuthMode;
  /** Whether policies bind users: not, only in the log, or so. Default `enforce` when strict. */
  readonly iam?: IamMode;
  /** How secrets are sealed, and a key for the root. Default: what the environment says. */
  readonly access?: AccessOptions;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  /**
   * Takes TLS on the same port too. `self-signed` makes a certificate for this machine's names and
   * keeps it in the folder of the data; a function is called again by `reloadCertificate`.
   */
  readonly tls?: 'self-signed' | KeyPair | (() => KeyPair);
  /** Refuses requests without TLS. */
  readonly tlsOnly?: boolean;
  /** Serves the console beside it; `true` for its defaults. Default false. */
  readonly console?: boolean | ConsoleOptions;
  /**
   * Sends spans to a collector of OpenTelemetry. Default: what the environment says, and nothing
   * where it names no collector; see docs/guides/telemetry.md. False for never.
   */
  readonly telemetry?: TelemetryOptions | false;
  readonly log?: Log;
}

export interface Server {
  /** Such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly port: number;
  readonly stack: RunningStack;
  /** Where the console is opened, with the token where one was made. */
  readonly console?: string;
  /** What clients that speak TLS are shown, in PEM: for their lists of authorities. */
  certificate(): string | undefined;
  /** Shows the certificate as it is now. When it cannot be used, throws and keeps the other. */
  reloadCertificate(): void;
  /** Answers what is in flight, within `timeoutMs` (default 10,000), and closes the data. */
  close(timeoutMs?: number): Promise<void>;
}

/** Starts a server and resolves when it accepts requests. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const stack = await openStack(options);
  try {
    await tellSpans(options, stack);
    const served = await serve(stack, {
      port: options.port ?? 4566,
      host: options.host ?? 'localhost',
      data: options.store === undefined ? (options.data ?? 'memory') : shownStore(options.store),
      ...(options.open !== undefined && { open: options.open }),
      ...(options.auth !== undefined && { auth: options.auth }),
      ...(options.iam !== undefined && { iam: options.iam }),
      ...(options.access !== undefined && { access: options.access }),
      ...(options.allowedHosts && { allowedHosts: options.allowedHosts }),
      ...(options.allowedOrigins && { allowedOrigins: options.allowedOrigins }),
      ...(options.console && { console: options.console === true ? {} : options.console }),
      ...tlsOf(options, stack),
    });
    const close = async (timeoutMs = 10_000) => {
      try {
        await served.close(timeoutMs);
      } finally {
        await stack.close();
      }
    };
    return { ...served, stack, close };
  } catch (cause) {
    await stack.close();
    throw cause;
  }
}

async function openStack(options: ServerOptions): Promise<RunningStack> {
  return createStack({
    storage: await openStore(options),
    services: allServices,
    waits: true,
    clock: clockOf(options.clock),
    settings: {
      account: options.account ?? DEFAULT_SETTINGS.account,
      region: options.region ?? DEFAULT_SETTINGS.region,
      quotas: quotas(options.limits, options.quotas),
      enforcePolicies: options.enforcePolicies ?? DEFAULT_SETTINGS.enforcePolicies,
      // A server behaves as AWS does; tests leave the cooldowns out.
      queueCooldowns: options.queueCooldowns ?? true,
    },
    ...(options.journal !== undefined && { journal: options.journal }),
    ...(options.contents !== undefined && { contents: options.contents }),
    ...(options.log && { log: options.log }),
  });
}

/** Loaded only when there is somebody to be told. */
async function tellSpans({ telemetry }: ServerOptions, stack: Stack): Promise<void> {
  const { env } = process;
  const named = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (telemetry === false || (!telemetry && !named)) return;
  const { startTelemetry } = await import('./telemetry/start.ts');
  startTelemetry(stack, telemetry, env);
}

function tlsOf(options: ServerOptions, stack: RunningStack): { readonly tls?: ServeTls } {
  const { tls, tlsOnly: only = false } = options;
  if (!tls) {
    if (only) throw new Error('A port that takes TLS only needs a certificate: see "tls".');
    return {};
  }
  if (typeof tls === 'function') return { tls: { load: tls, only } };
  const load = tls === 'self-signed' ? () => selfSigned(options, stack) : () => tls;
  return { tls: { load, only } };
}

/** Addresses that stand for all of a machine's. */
const ANY = new Set(['0.0.0.0', '::']);

function selfSigned({ data, host = 'localhost', allowedHosts = [] }: ServerOptions, stack: Stack) {
  return ownCertificate({
    ...(data !== undefined && { folder: tlsFolder(data) }),
    hosts: [...(ANY.has(host) ? [] : [host]), ...allowedHosts],
    region: stack.settings.region,
    nowMs: stack.clock.wallNowMs(),
    serial: stack.ids.hex(16),
  });
}

function clockOf(kind: ServerOptions['clock']): Clock {
  const real = realClock();
  return kind === 'virtual' ? new VirtualClock(real.nowMs()) : real;
}
