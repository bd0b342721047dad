/**
 * A database that takes its time and serves twenty at once; who comes then is sent away.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const MOST = 20;
const WRITE_MS = 10;

export interface Database {
  readonly url: string;
  readonly rows: readonly string[];
  /** The most writes at one time, and the writes that were sent away. */
  readonly load: { readonly peak: number; readonly refused: number };
  close(): void;
}

export async function startDatabase(): Promise<Database> {
  const rows: string[] = [];
  const load = { peak: 0, refused: 0 };
  let now = 0;
  const server = createServer(async (request, response) => {
    now += 1;
    load.peak = Math.max(load.peak, now);
    const row = Buffer.concat(await request.toArray()).toString();
    if (now > MOST) {
      load.refused += 1;
      response.statusCode = 503;
    } else {
      await wait(WRITE_MS);
      rows.push(row);
    }
    now -= 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, rows, load, close: () => void server.close() };
}
