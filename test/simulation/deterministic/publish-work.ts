/** Publishers: what they say must reach every queue that it is meant for, and no other. */
import type { Publish } from '../history.ts';
import type { Reply } from './node.ts';
import { insist } from './queue-work.ts';
import { ask, explain, newText, oneOf, queueOf, type Scene, spanOf, type Work } from './scene.ts';

type Text = ReturnType<typeof newText>;
type Options = Pick<Publish, 'expects' | 'group' | 'dedupId'>;

export function notePublish(scene: Scene, what: Text, options: Options, reply: Reply): void {
  const { key, text: digest } = what;
  scene.entries.push({ op: 'publish', key, digest, ...options, ...spanOf(reply) });
}

/** Events of two kinds, each with a rule of its own; a third rule takes both. */
export const putEvent: Work = async (scene) => {
  const what = newText(scene);
  const kind = oneOf(scene.ids, ['a', 'b']);
  const Entries = [{ Source: 'simulation', DetailType: kind, Detail: what.text }];
  const reply = await ask(scene, 'events', 'PutEvents', { Entries });
  explain(scene, 'PutEvents', reply);
  const { FailedEntryCount = 0 } = reply.answer as { readonly FailedEntryCount?: number };
  if (FailedEntryCount > 0) scene.world.complaints.push(`PutEvents: ${text(reply.answer)}`);
  const expects = [`rule-${kind}`, 'rule-both'];
  notePublish(scene, what, { expects }, reply);
};

export const publishNews: Work = async (scene) => {
  const what = newText(scene);
  const kind = oneOf(scene.ids, ['a', 'b']);
  const reply = await ask(scene, 'sns', 'Publish', {
    ...{ TopicArn: topicArn('news'), Message: what.text },
    MessageAttributes: { kind: { DataType: 'String', StringValue: kind } },
  });
  explain(scene, 'Publish', reply);
  const expects = kind === 'a' ? ['news', 'news-a'] : ['news'];
  notePublish(scene, what, { expects }, reply);
};

/** One publisher for each group; what got no answer is published again as the same. */
export const publishLedger: Work = async (scene, index) => {
  const what = newText(scene);
  const options = { expects: ['ledger.fifo'], group: `l${index}`, dedupId: `d-${what.key}` };
  await insist(scene, async () => {
    const reply = await ask(scene, 'sns', 'Publish', {
      ...{ TopicArn: topicArn('ledger.fifo'), Message: what.text },
      ...{ MessageGroupId: options.group, MessageDeduplicationId: options.dedupId },
    });
    explain(scene, 'Publish', reply);
    notePublish(scene, what, options, reply);
    return reply;
  });
};

/** Through a function, which carries it on. */
export const callFunction: Work = async (scene) => {
  const what = newText(scene);
  const input = { QueueUrl: queueOf(scene, 'calls').url, MessageBody: what.text };
  const reply = await ask(scene, 'sqs', 'SendMessage', input);
  explain(scene, 'SendMessage', reply);
  notePublish(scene, what, { expects: ['called.fifo'], group: what.key }, reply);
};

/** A function again, asked without waiting for it; it is asked again when it fails. */
export const invokeFunction: Work = async (scene) => {
  const what = newText(scene);
  const reply = await ask(scene, 'lambda', 'Invoke', {
    ...{ FunctionName: 'carry-invoked', InvocationType: 'Event' },
    Payload: Buffer.from(JSON.stringify({ text: what.text })),
  });
  explain(scene, 'Invoke', reply);
  notePublish(scene, what, { expects: ['invoked.fifo'], group: what.key }, reply);
};

export function topicArn(name: string): string {
  return `arn:aws:sns:us-east-1:000000000000:${name}`;
}

function text(value: object): string {
  return JSON.stringify(value);
}
