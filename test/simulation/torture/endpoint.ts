/**
 * An HTTP endpoint that fails for seconds at a time: with an error status, or by hanging up.
 *
 * What it could not take must come again, across crashes of the server, until it was taken once.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Arrival } from '../history.ts';
import { digestOf, keyOf } from './notebook.ts';

export const ENDPOINT = 'http';

export class Endpoint {
  arrivals: Arrival[] = [];
  /** How it answers: as it should, with status 500, or not at all. */
  mood: 'well' | 'failing' | 'gone' = 'well';
  readonly #server: Server;
  readonly #confirm: (subscribeUrl: string) => Promise<void>;

  constructor(confirm: (subscribeUrl: string) => Promise<void>) {
    this.#confirm = confirm;
    this.#server = createServer((request, response) => this.#take(request, response));
  }

  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const { port } = this.#server.address() as AddressInfo;
        resolve(`http://127.0.0.1:${port}/news`);
      });
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = JSON.parse(Buffer.concat(chunks).toString());
      if (message.Type === 'SubscriptionConfirmation') {
        this.#confirm(message.SubscribeURL).catch(() => {});
        response.end();
        return;
      }
      const accepted = this.mood === 'well';
      const text = String(message.Message);
      const atMs = performance.now();
      const arrival = { endpoint: ENDPOINT, key: keyOf(text), digest: digestOf(text) };
      this.arrivals.push({ op: 'arrival', ...arrival, accepted, atMs });
      if (this.mood === 'gone') request.socket.destroy();
      else response.writeHead(accepted ? 200 : 500).end();
    });
  }
}
