/** Puts the console on a port of its own, beside the API's. */
import { rootIdentity } from '../../access/identity.ts';
import type { Stack } from '../../delivery/stack.ts';
import { signerOf } from '../auth.ts';
import type { AwsGateway } from '../gateway.ts';
import { hostGate, isLoopback } from '../hosts.ts';
import { addressesOf, endpointOf, type Listening, listen, type TlsOptions } from '../listen.ts';
import type { Request } from '../request.ts';
import { ConsoleFiles, consoleFolder } from './files.ts';
import { ConsoleGateway } from './gateway.ts';
import { ConsoleSession } from './session.ts';

export interface ConsoleOptions {
  /** 0 for a free one. Default 4567, or where that is taken one that is free. */
  readonly port?: number;
  /** Nothing can be changed from it. Default false. */
  readonly readOnly?: boolean;
  /**
   * Whoever opens the console must name it. Default: one is made where others can reach the
   * console, or where signatures are checked.
   */
  readonly token?: string;
}

export interface ServedConsole {
  /** Where to open it, with the token where one was made. */
  readonly url: string;
  readonly port: number;
  readonly listening: Listening;
}

interface Parts {
  readonly stack: Stack;
  readonly gateway: AwsGateway;
  readonly host: string;
  readonly allowedHosts?: readonly string[];
  /** Whether signatures are checked, so that not everybody may do everything. */
  readonly strict: boolean;
  readonly tls?: TlsOptions;
}

const PORT = 4567;

export async function serveConsole(
  { stack, gateway, host, allowedHosts, strict, tls }: Parts,
  { port, readOnly = false, token }: ConsoleOptions,
): Promise<ServedConsole> {
  const isGuarded = strict || !isLoopback(host);
  // An empty one is a variable that was not set, and never a token that everybody knows.
  const secret = token || (isGuarded ? stack.ids.hex(32) : undefined);
  const signer = signerOf({ identity: rootIdentity(stack.settings.account, ''), verified: true });
  const folder = consoleFolder();
  const console = new ConsoleGateway({
    files: folder === undefined ? undefined : new ConsoleFiles(folder),
    session: new ConsoleSession(secret),
    gate: hostGate({ addresses: addressesOf(host), ...(allowedHosts && { allowedHosts }) }),
    readOnly,
    api: (request) => {
      return gateway.answerOwn(toApi(request, stack), { signer: () => signer, readOnly });
    },
    draining: () => gateway.draining,
    broken: (cause) => gateway.broken(cause),
  });
  const at = { host, ...(tls && { tls }) };
  const listening = await listen(console, stack.clock, { ...at, port: port ?? PORT }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (port !== undefined || cause.code !== 'EADDRINUSE') throw cause;
      return listen(console, stack.clock, { ...at, port: 0 });
    },
  );
  const base = `${endpointOf(host, listening.port, tls?.only === true)}/`;
  // Whoever has chosen the token knows it; logs need not.
  const url = secret === undefined || token ? base : `${base}open?token=${secret}`;
  return { url, port: listening.port, listening };
}

/** As if it had been asked for at the API's port: queue URLs and the like must lead there. */
function toApi(request: Request, stack: Stack): Request {
  const { host } = new URL(stack.endpoint());
  const { method, path, query, body, protocol, connection } = request;
  return {
    ...{ method, path, query, body, protocol, connection },
    header: (name) => (name === 'host' ? host : request.header(name)),
    headerCount: (name) => request.headerCount(name),
    fields: () => request.fields(),
  };
}
