/**
 * Waits until all that was accepted has arrived and was deleted, with every node well. Consumers
 * go on meanwhile; queues without any get one.
 */
import { enableMappings } from './mapping-work.ts';
import { consume } from './queue-work.ts';
import { readAll } from './run.ts';
import { ask, type Scene } from './scene.ts';

const ROUND_MS = 15_000;
const MOST_ROUNDS = 80;
/** Rounds in a row without anything left. */
const EMPTY_ROUNDS = 3;

export async function drain(scene: Scene): Promise<boolean> {
  const { world } = scene;
  await run(scene, ask(scene, 'events', 'DisableRule', { Name: 'every-minute' }));
  scene.tickedUntilMs = world.moment();
  // Whoever has begun to change something ends it first.
  await world.pass(90_000);
  await run(scene, enableMappings(scene, 0));
  let empty = 0;
  let left: readonly string[] = [];
  for (let round = 0; round < MOST_ROUNDS && empty < EMPTY_ROUNDS; round++) {
    await world.pass(ROUND_MS);
    for (const name of scene.queues.keys()) {
      if (name !== 'calls') await run(scene, consume(name)(scene, 0));
    }
    left = [...(await run(scene, leftIn(scene))), ...owed(scene)];
    empty = left.length === 0 ? empty + 1 : 0;
  }
  if (left.length > 0) world.complaints.push(`never drained: ${left.slice(0, 8).join(', ')}`);
  scene.ended = true;
  await world.pass(ROUND_MS);
  await run(scene, readAll(scene));
  return empty >= EMPTY_ROUNDS;
}

async function run<Value>({ world }: Scene, work: Promise<Value>): Promise<Value> {
  if (!(await world.until(work, 600_000))) throw new Error('The simulation hangs while draining.');
  return work;
}

/** Queues that hold something. */
async function leftIn(scene: Scene): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { name, url } of scene.queues.values()) {
    const input = { QueueUrl: url, AttributeNames: ['All'] };
    const { answer } = await ask(scene, 'sqs', 'GetQueueAttributes', input);
    const { Attributes = {} } = answer as { readonly Attributes?: Record<string, string> };
    const visible = Number(Attributes.ApproximateNumberOfMessages);
    const inFlight = Number(Attributes.ApproximateNumberOfMessagesNotVisible);
    const delayed = Number(Attributes.ApproximateNumberOfMessagesDelayed);
    if (visible + inFlight + delayed === 0) continue;
    left.push(`${name} holds ${visible} visible, ${inFlight} in flight, ${delayed} delayed`);
  }
  return left;
}

/** Confirmed publishes that have not come out where they were to. */
function owed({ entries }: Scene): readonly string[] {
  const received = new Set(
    entries.flatMap((entry) =>
      entry.op === 'receive' ? entry.messages.map(({ key }) => `${entry.queue} ${key}`) : [],
    ),
  );
  return entries.flatMap((entry) => {
    if (entry.op !== 'publish' || entry.outcome !== 'ok') return [];
    const missed = entry.expects.find((name) => !received.has(`${name} ${entry.key}`));
    return missed === undefined ? [] : [`${missed} never gave ${entry.key}`];
  });
}
