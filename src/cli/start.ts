/**
 * Starts a server and sees it to its end.
 *
 * The last line on stdout before requests are taken is `Ready.`, which containers wait for.
 * The first SIGTERM or SIGINT drains and ends with 0; the second ends at once, as does a drain
 * that fails.
 */
import { resolve } from 'node:path';
import { keepAlive, realClock } from '../core/clock.ts';
import { readQuota } from '../core/quotas.ts';
import { VERSION } from '../core/version.ts';
import type { Log } from '../delivery/stack.ts';
import { type StoreOptions, shownStore } from '../open-store.ts';
import type { AuthMode } from '../server/auth.ts';
import type { IamMode } from '../server/auth-iam.ts';
import type { ConsoleOptions } from '../server/console/serve.ts';
import { type Server, type ServerOptions, startServer } from '../start.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { commandLog } from './log.ts';
import { reloadOnSignal, type TlsCommandOptions, tlsOptions, trustLine } from './tls.ts';

export interface StartOptions extends TlsCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly memory?: boolean;
  readonly store?: string;
  readonly storeSchema?: string;
  readonly storePooled?: boolean;
  readonly durability: 'power' | 'process';
  readonly acceptLoss?: boolean;
  readonly account?: string;
  readonly region?: string;
  readonly limits?: 'current' | 'classic';
  readonly quota?: readonly string[] | string;
  readonly journal: boolean;
  readonly contents: boolean;
  readonly console: boolean;
  readonly consolePort?: number;
  readonly consoleReadOnly?: boolean;
  readonly consoleToken?: string;
  readonly policies: boolean;
  readonly cooldowns: boolean;
  readonly clock?: 'real' | 'virtual';
  readonly auth?: AuthMode;
  readonly iam?: IamMode;
  readonly allowHost?: readonly string[] | string;
  readonly allowOrigin?: readonly string[] | string;
  readonly iKnowThisIsOpen?: boolean;
  readonly shutdownTimeout: number;
}

export async function start(options: StartOptions): Promise<void> {
  const log = commandLog({
    write: (line) => process.stderr.write(line),
    people: process.stderr.isTTY === true,
    level: process.env.LOG_LEVEL,
    nowMs: realClock().nowMs,
  });
  const server = await started(options, log);
  if (options.iKnowThisIsOpen && options.auth !== 'strict') {
    log.warn('Signatures are not checked: whoever reaches this address can use the server.');
  }
  const ending = endOnSignal(server, options.shutdownTimeout * 1_000, log);
  const stopReloading = reloadOnSignal(server, options, log);
  const trust = trustLine(options, folderOf(options));
  process.stdout.write(
    `millrace ${VERSION} at ${server.endpoint}, data ${whereOf(options)}\n` +
      `${server.console ? `console at ${server.console}\n` : ''}${trust}Ready.\n`,
  );
  await ending;
  stopReloading();
}

/** The folder of the data, where there is one. */
function folderOf({ memory, store, data }: StartOptions): string | undefined {
  return memory || store !== undefined ? undefined : data;
}

function whereOf(options: StartOptions): string {
  const { store, data } = options;
  if (store !== undefined) return `in ${shownStore(store)}`;
  return options.memory ? 'in memory' : `in ${resolve(data)}`;
}

async function started(options: StartOptions, log: Log): Promise<Server> {
  try {
    return await startServer(serverOptions(options, log));
  } catch (cause) {
    if (cause instanceof CommandFailed) throw cause;
    throw new CommandFailed(EXIT.failed, explain(cause as NodeJS.ErrnoException, options));
  }
}

/** What was refused, with what to do about it. */
function explain(
  cause: NodeJS.ErrnoException & { readonly port?: number },
  options: StartOptions,
): string {
  const { port, host, data, store, consolePort } = options;
  const { name, code, syscall, message } = cause;
  if (name === 'InUse') return `${message} Stop it, or choose another folder with --data.`;
  if (code === 'EADDRINUSE' && port !== cause.port && consolePort === cause.port) {
    return `Port ${consolePort} is taken. Choose another with --console-port.`;
  }
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken. Is millrace running already? Choose another with --port.`;
  }
  if (syscall === 'listen' && code === 'EACCES') {
    return `Port ${port} is not for everybody (${code}). Choose another with --port.`;
  }
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    return `This machine cannot listen at ${host} (${code}). Choose an address with --host.`;
  }
  if (syscall === undefined || store !== undefined) return message;
  return `${resolve(data)} cannot be a folder of data (${code}). Choose another with --data.`;
}

function serverOptions(options: StartOptions, log: Log): ServerOptions {
  const { port, host, durability, journal, account, region, limits, quota, clock } = options;
  return {
    port,
    host,
    durability,
    journal,
    contents: options.contents,
    console: consoleOf(options),
    log,
    enforcePolicies: options.policies,
    queueCooldowns: options.cooldowns,
    ...storeOf(options),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    ...(limits !== undefined && { limits }),
    ...(quota !== undefined && { quotas: Object.assign({}, ...list(quota).map(readQuota)) }),
    ...(clock !== undefined && { clock }),
    ...(options.auth !== undefined && { auth: options.auth }),
    ...(options.iam !== undefined && { iam: options.iam }),
    ...(options.acceptLoss && { acceptLoss: true }),
    ...(options.iKnowThisIsOpen && { open: true }),
    ...tlsOptions(options),
    ...(options.allowHost !== undefined && { allowedHosts: list(options.allowHost) }),
    ...(options.allowOrigin !== undefined && { allowedOrigins: list(options.allowOrigin) }),
  };
}

function consoleOf(options: StartOptions): false | ConsoleOptions {
  const { consolePort: port, consoleToken: token, consoleReadOnly: readOnly } = options;
  if (!options.console) return false;
  return {
    ...(port !== undefined && { port }),
    ...(token !== undefined && { token }),
    ...(readOnly && { readOnly }),
  };
}

function storeOf(options: StartOptions): StoreOptions {
  const { store, storeSchema, storePooled } = options;
  if (store === undefined) return options.memory ? {} : { data: options.data };
  return {
    store,
    ...(storeSchema !== undefined && { storeSchema }),
    ...(storePooled && { storePooled }),
  };
}

/** A variable holds one text, with commas between its entries. */
function list(value: readonly string[] | string): readonly string[] {
  return typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : value;
}

/** What the storage may take after the last request is answered. */
const GRACE_MS = 1_000;

function endOnSignal(server: Server, timeoutMs: number, log: Log): Promise<void> {
  return new Promise<void>((ended, failed) => {
    let ending = false;
    const end = (signal: 'SIGINT' | 'SIGTERM'): void => {
      if (ending) process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
      ending = true;
      log.info('Ending: requests in flight are answered first.', { signal });
      const late = realClock().afterWallMs(timeoutMs + GRACE_MS, () => {
        log.error('Not everything ended in time; what was acknowledged is stored.');
        process.exit(EXIT.failed);
      });
      // What is waited for may be a database that is away, and then nothing else keeps us here.
      const letGo = keepAlive();
      server
        .close(timeoutMs)
        .then(ended, failed)
        .finally(() => {
          late.cancel();
          letGo();
        });
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  }).finally(() => process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM'));
}
