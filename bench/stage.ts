/**
 * The servers of one bench: the floor, millrace and, where it can be had, the peer; all running at
 * once, driven in turns.
 */
import { createQueue } from './api.ts';
import { startElasticMq } from './elasticmq.ts';
import { drive, type Options } from './rounds.ts';
import { type MillraceOptions, type Server, startFloor, startMillrace } from './servers.ts';

export interface Stage {
  readonly floor: Server;
  readonly millrace: Server;
  readonly peer: Server | undefined;
  readonly notes: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openStage(
  /** Bytes of the measured operation's answer, for the floor. */
  answerBytes: number,
  options: Options,
  millraceOptions: MillraceOptions = {},
): Promise<Stage> {
  const floor = await startFloor(answerBytes);
  const millrace = await startMillrace(millraceOptions).catch(async (cause: unknown) => {
    await floor[Symbol.asyncDispose]();
    throw cause;
  });
  const peer = options.withoutPeer ? undefined : await startPeer();
  return {
    floor,
    millrace,
    peer,
    notes: peer ? [] : ['ElasticMQ was left out.'],
    [Symbol.asyncDispose]: async () => {
      const servers = [floor, millrace, ...(peer ? [peer] : [])];
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

/** ElasticMQ after some seconds of work: a JVM is at its best only then. */
async function startPeer(): Promise<Server | undefined> {
  const peer = await startElasticMq();
  if (!peer) return undefined;
  const { url } = await createQueue(peer.port, 'warm-up');
  const job = { connections: 32, warmUpSeconds: 4 };
  drive(peer, { ...job, seconds: 2, scenario: { kind: 'send', to: url } });
  drive(peer, { ...job, seconds: 1, scenario: { kind: 'receive-delete', to: url } });
  return peer;
}

/** Puts `count` messages of 1 KiB into a queue, in batches. */
export function fill(server: Server, to: string, count: number, bytes = 1024): void {
  const job = { connections: 32, warmUpSeconds: 0, seconds: 0, limit: count };
  drive(server, { ...job, scenario: { kind: 'send-batch', to, bytes } });
}
