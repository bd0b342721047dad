/** Somebody who changes event source mappings: pauses them, goes on, and asks for more lanes. */
import { ask, explain, oneOf, type Work } from './scene.ts';

interface Listed {
  readonly EventSourceMappings?: readonly { readonly UUID: string; readonly State: string }[];
}

export const changeMappings: Work = async (scene) => {
  await scene.world.pause(5_000 + scene.ids.random() * 30_000);
  const { answer, outcome } = await ask(scene, 'lambda', 'ListEventSourceMappings', {});
  const { EventSourceMappings = [] } = answer as Listed;
  if (outcome !== 'ok' || EventSourceMappings.length === 0) return;
  const { UUID } = oneOf(scene.ids, EventSourceMappings);
  const Enabled = scene.ids.random() < 0.6;
  const change = scene.ids.random() < 0.6 ? { Enabled } : { BatchSize: oneOf(scene.ids, [2, 5]) };
  const reply = await ask(scene, 'lambda', 'UpdateEventSourceMapping', { UUID, ...change });
  explain(scene, 'UpdateEventSourceMapping', reply, ['ResourceInUseException']);
};

/** At the end every mapping pulls. */
export const enableMappings: Work = async (scene) => {
  const { answer } = await ask(scene, 'lambda', 'ListEventSourceMappings', {});
  const { EventSourceMappings = [] } = answer as Listed;
  for (const { UUID } of EventSourceMappings) {
    for (let outcome = 'refused'; outcome !== 'ok'; ) {
      await scene.world.pause(1_000);
      const input = { UUID, Enabled: true };
      ({ outcome } = await ask(scene, 'lambda', 'UpdateEventSourceMapping', input));
    }
  }
};
