/** What parameters of the admin API mean, by their names. */
import type { Schema } from './schemas.ts';

const TEXT: Schema = { type: 'string' };
const WHOLE: Schema = { type: 'integer' };

const NUMBERS = new Set(['limit', 'fromMs', 'toMs', 'atMs']);

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  state: ['visible', 'in-flight', 'delayed'],
  form: ['event', 'notification', 'message', 'record', 'change', 'invocation'],
  as: ['text', 'mermaid'],
  failed: ['true', 'false'],
  change: ['disable', 'enable'],
};

const MEANINGS: Readonly<Record<string, string>> = {
  account: "Twelve digits. The server's own where it is absent.",
  region: "The server's own where it is absent.",
  after: 'The `next` of the page before.',
  limit: 'How many of a page; a page may have fewer and go on.',
  from: 'Where to go on: the `next` of the answer, or its header `millrace-next`.',
  fromMs: 'Not before this moment.',
  toMs: 'Before this moment.',
  atMs: 'Which of the runs of one asynchronous event; the last where it is absent.',
  pattern: "An EventBridge pattern, matched against the event or a message's JSON body.",
  text: 'Stands somewhere in content or note, whatever the case.',
  arn: 'Published there; ends with `*` for a prefix.',
  prefix: 'Names that begin with it.',
  queue: "The queue's ARN.",
  bus: "The bus's ARN; where events are explained its name will do.",
  archive: "The archive's ARN.",
  function: "The function's ARN, with a version's qualifier for that version alone.",
  failed: 'Only those that failed.',
  group: "A message group; of dead letters a group's `key`.",
  id: 'The id of what was published, run or made.',
  of: 'Along this rule, subscription or mapping only.',
  rule: 'This rule only, by its name.',
  topicArn: 'Where the body does not name the topic.',
  as: 'Drawn as text, or as a sequence diagram of Mermaid.',
  service: "The AWS CLI's name for the service.",
  operation: 'As in `SendMessage`.',
  sha256: 'What it hashes to, in hexadecimal.',
};

export function parameter(name: string, place: 'path' | 'query', isRequired: boolean): object {
  const choices = CHOICES[name];
  const schema: Schema = choices ? { ...TEXT, enum: [...choices] } : (plain(name) ?? TEXT);
  const description = MEANINGS[name];
  return {
    ...{ name, in: place },
    ...(isRequired && { required: true }),
    ...(description !== undefined && { description }),
    schema,
  };
}

function plain(name: string): Schema | undefined {
  return NUMBERS.has(name) ? WHOLE : undefined;
}
