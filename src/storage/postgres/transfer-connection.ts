/** The one connection of an export or import. */
import { Connection, loadDriver } from './connection.ts';
import { statement } from './names.ts';

export interface TransferOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Default `millrace`. */
  readonly schema?: string;
}

const PATIENCE_MS = 10_000;

export async function connectForTransfer({ url }: TransferOptions): Promise<Connection> {
  return Connection.open(await loadDriver(), {
    connectionString: url,
    applicationName: 'millrace transfer',
    connectTimeoutMs: PATIENCE_MS,
    prepares: true,
  });
}

/** Does one thing after another, and is done when the last of them is. */
export async function run(connection: Connection, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await connection.query(statement('', text));
}
