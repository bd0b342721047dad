/**
 * Producers and consumers. Each has a connection and a stream of random numbers of its own, and
 * does one thing after another until the run ends.
 */

import { jsonRequest } from '../../../bench/requests.ts';
import type { Ids } from '../../../src/core/ids.ts';
import type { Cast } from './cast.ts';
import { Client } from './client.ts';
import { ENDPOINT } from './endpoint.ts';
import type { Held, Notebook, Queue } from './notebook.ts';
import type { Fed, Resources } from './resources.ts';
import { countUp, putRecord } from './stream-workers.ts';
import { pause } from './time.ts';

export interface Scene {
  readonly cast: Cast;
  readonly notebook: Notebook;
  readonly resources: Resources;
  readonly ids: Ids;
  /** Producers stop; consumers delete all they get. */
  draining: boolean;
  ended: boolean;
  /** Keys made so far; each is used once. */
  keys: number;
}

export type Work = (scene: Scene, client: Client, index: number) => Promise<void>;

interface Role {
  readonly count: number;
  readonly produces: boolean;
  readonly work: Work;
}

/** Between two requests of one worker, at most; it keeps the history small enough to check. */
const LONGEST_PAUSE_MS = 40;

export function startWorkers(scene: Scene): readonly Promise<void>[] {
  return rolesOf(scene.resources).flatMap((role) =>
    Array.from({ length: role.count }, (_, index) => live(scene, role, index)),
  );
}

async function live(scene: Scene, role: Role, index: number): Promise<void> {
  const client = new Client(scene.cast, (request) => {
    scene.notebook.complaints.push(
      `no answer in time: ${request.toString('latin1').slice(0, 300)}`,
    );
  });
  while (!scene.ended && !(role.produces && scene.draining)) {
    await role.work(scene, client, index);
    if (role.produces) await pause(scene.ids.random() * LONGEST_PAUSE_MS);
  }
  client.close();
}

function rolesOf({ jobs, orders, work, buried, fed }: Resources): readonly Role[] {
  const produce = (count: number, task: Work): Role => ({ count, produces: true, work: task });
  const consume = (count: number, queue: Queue): Role => ({
    ...{ count, produces: false },
    work: consumer(queue),
  });
  const sqs = [
    produce(10, sendJob(jobs)),
    consume(8, jobs),
    produce(8, sendOrder(orders)),
    consume(8, orders),
    produce(4, sendJob(work)),
    consume(4, work),
    consume(2, buried),
  ];
  if (!fed) return sqs;
  return [
    ...sqs,
    produce(6, putEvent(fed)),
    ...[fed.ruleA, fed.ruleB, fed.ruleBoth].map((queue) => consume(2, queue)),
    produce(4, publishNews(fed)),
    ...[fed.raw, fed.enveloped, fed.filtered].map((queue) => consume(2, queue)),
    produce(4, publishLedger(fed)),
    consume(3, fed.ledger),
    consume(1, fed.ticks),
    produce(3, callFunction(fed)),
    consume(2, fed.called),
    produce(3, countUp(fed)),
    consume(2, fed.changes),
    produce(3, putRecord(fed)),
    consume(2, fed.records),
  ];
}

/** A message that nobody else makes; now and then a large one. */
export function newText(scene: Scene): string {
  const { ids } = scene;
  const bytes = ids.random() < 0.02 ? 40_000 : 20 + Math.floor(ids.random() * 300);
  return JSON.stringify({ key: `k${scene.keys++}`, pad: ids.hex(8).padEnd(bytes, 'x') });
}

function sendJob(queue: Queue): Work {
  return async (scene, client) => {
    const delayMs = scene.ids.random() < 0.1 ? 1000 * Math.ceil(scene.ids.random() * 3) : undefined;
    await scene.notebook.send(client, queue, newText(scene), { ...(delayMs && { delayMs }) });
  };
}

/** One producer per group; what got no answer is sent again under its deduplication id. */
function sendOrder(queue: Queue): Work {
  return async (scene, client, index) => {
    const text = newText(scene);
    const group = `g${index}-${Math.floor(scene.ids.random() * 3)}`;
    const dedupId = `d${text.length}-${scene.keys}`;
    await insist(scene, () => scene.notebook.send(client, queue, text, { group, dedupId }));
  };
}

function putEvent(fed: Fed): Work {
  return async (scene, client) => {
    const kind = scene.ids.random() < 0.5 ? 'a' : 'b';
    const chosen = kind === 'a' ? fed.ruleA : fed.ruleB;
    const expects = [chosen.name, fed.ruleBoth.name];
    await scene.notebook.putEvent(client, kind, newText(scene), { expects });
  };
}

function publishNews(fed: Fed): Work {
  return async (scene, client) => {
    const kind = scene.ids.random() < 0.5 ? 'a' : 'b';
    const expects = [fed.raw.name, fed.enveloped.name, ENDPOINT];
    if (kind === 'a') expects.push(fed.filtered.name);
    const attribute = 'MessageAttributes.entry.1';
    const more = {
      [`${attribute}.Name`]: 'kind',
      [`${attribute}.Value.DataType`]: 'String',
      [`${attribute}.Value.StringValue`]: kind,
    };
    await scene.notebook.publish(client, fed.topicArn, newText(scene), { expects, more });
  };
}

function publishLedger(fed: Fed): Work {
  return async (scene, client, index) => {
    const text = newText(scene);
    const publish = { expects: [fed.ledger.name], group: `l${index}`, dedupId: `l${scene.keys}` };
    await insist(scene, () => scene.notebook.publish(client, fed.ledgerArn, text, publish));
  };
}

function callFunction({ calls, called }: Fed): Work {
  return async (scene, client) => {
    const text = newText(scene);
    const input = { QueueUrl: calls.url, MessageBody: text };
    const request = jsonRequest('sqs', 'SendMessage', input);
    const options = { expects: [called.name] };
    await scene.notebook.publishBy(client, 'SendMessage', request, text, options);
  };
}

async function insist(scene: Scene, send: () => Promise<string>): Promise<void> {
  while ((await send()) === 'unknown' && !scene.ended) await pause(5);
}

/** Deletes most of what it gets, gives some back, holds some longer, and forgets some. */
function consumer(queue: Queue): Work {
  return async (scene, client) => {
    const max = 1 + Math.floor(scene.ids.random() * 10);
    for (const held of await scene.notebook.receive(client, queue, max, 1)) {
      await treat(scene, client, held);
    }
  };
}

async function treat(scene: Scene, client: Client, held: Held): Promise<void> {
  const { notebook, ids } = scene;
  const luck = scene.draining ? 1 : ids.random();
  if (luck < 0.05) return;
  if (luck < 0.1) {
    await notebook.change(client, held, 0);
    return;
  }
  if (luck < 0.13) await notebook.change(client, held, held.queue.leaseMs + 1000);
  await notebook.delete(client, held);
}
