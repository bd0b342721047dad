/**
 * Stands between a node and its database and cuts the line where a test wants it cut: at a place
 * in what the node sends, before the database has got it or before the node has got the answer.
 */
import { createServer, connect as dial, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Cut {
  /** Told of all that the node sends on any connection; true where the line is to be cut. */
  readonly here: (sent: Buffer) => boolean;
  /** `before`: the database does not get it. `after`: it does, and the node gets no answer. */
  readonly when: 'before' | 'after';
}

export interface Proxy {
  /** The database's address through the proxy. */
  readonly url: string;
  /** Cuts once; the promise resolves when it has. */
  cut(cut: Cut): Promise<void>;
  /** Cuts all lines and takes no new ones until it is called again. */
  close(): void;
  open(): void;
  /** Cuts all lines and leads new ones to another database, as an address does that fails over. */
  leadTo(url: string): void;
}

export async function cuttingProxy(url: string): Promise<Proxy> {
  let target = new URL(url);
  const lines = new Set<Socket>();
  let next: (Cut & { readonly done: () => void }) | undefined;
  let closed = false;
  const server = createServer((node) => {
    if (closed) {
      node.destroy();
      return;
    }
    const database = dial(Number(target.port), target.hostname);
    let deaf = false;
    const end = () => {
      node.destroy();
      database.destroy();
      lines.delete(node);
    };
    lines.add(node);
    for (const socket of [node, database]) socket.setNoDelay(true).on('error', end);
    node.on('close', end);
    database.on('close', end);
    node.on('data', (sent) => {
      const cut = next?.here(sent) ? next : undefined;
      if (!cut) {
        database.write(sent);
        return;
      }
      next = undefined;
      cut.done();
      if (cut.when === 'before') {
        end();
      } else {
        deaf = true;
        database.write(sent);
      }
    });
    database.on('data', (answered) => {
      if (deaf) end();
      else node.write(answered);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    closed = true;
    for (const line of lines) line.destroy();
  };
  onTestFinished(() => {
    close();
    server.close();
  });
  const address = server.address();
  const through = new URL(url);
  through.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: through.href,
    cut: (cut) => new Promise((done) => (next = { ...cut, done: () => done() })),
    close,
    open: () => {
      closed = false;
    },
    leadTo: (url) => {
      target = new URL(url);
      for (const line of lines) line.destroy();
    },
  };
}
