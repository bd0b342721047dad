/** What the options of `start` say about TLS. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Log } from '../delivery/stack.ts';
import { certificateFile, tlsFolder } from '../server/own-certificate.ts';
import type { KeyPair } from '../server/secure.ts';
import type { Server, ServerOptions } from '../start.ts';
import { CommandFailed, EXIT } from './exit.ts';

export interface TlsCommandOptions {
  readonly tlsKey?: string;
  readonly tlsCert?: string;
  readonly tlsSelfSigned?: boolean;
  readonly tlsOnly?: boolean;
}

export function tlsOptions(options: TlsCommandOptions): Pick<ServerOptions, 'tls' | 'tlsOnly'> {
  const { tlsKey, tlsCert, tlsSelfSigned, tlsOnly } = options;
  const only = tlsOnly ? { tlsOnly } : {};
  if (tlsSelfSigned && !tlsKey && !tlsCert) return { tls: 'self-signed', ...only };
  if (tlsKey && tlsCert && !tlsSelfSigned) return { tls: () => filesOf(tlsKey, tlsCert), ...only };
  if (!tlsSelfSigned && !tlsKey && !tlsCert && !tlsOnly) return {};
  throw new CommandFailed(
    EXIT.usage,
    'TLS takes a certificate: --tls-cert and --tls-key with a file each, or --tls-self-signed.',
  );
}

function filesOf(key: string, cert: string): KeyPair {
  return { key: textOf('--tls-key', key), cert: textOf('--tls-cert', cert) };
}

function textOf(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`${resolve(file)}, named by ${option}, cannot be read (${code}).`, { cause });
  }
}

/** A line for people about a certificate that nobody has signed but the server. */
export function trustLine(options: TlsCommandOptions, data: string | undefined): string {
  if (!options.tlsSelfSigned) return '';
  const where =
    data === undefined
      ? 'what GET /_millrace/v1/certificate answers'
      : `AWS_CA_BUNDLE=${certificateFile(tlsFolder(resolve(data)))}`;
  return `Clients with TLS trust it by ${where}\n`;
}

/** Shows the files' certificate as it is now at each SIGHUP. Returns how to stop. */
export function reloadOnSignal(server: Server, options: TlsCommandOptions, log: Log): () => void {
  if (!options.tlsSelfSigned && !options.tlsCert) return () => {};
  const reload = (): void => {
    try {
      server.reloadCertificate();
      log.info('The certificate was read again.');
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      log.error(`The certificate stays as it was: ${why}`);
    }
  };
  process.on('SIGHUP', reload);
  return () => process.off('SIGHUP', reload);
}
