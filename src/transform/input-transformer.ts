/**
 * Input transformers: what a target gets instead of the event.
 *
 * Numbers are inserted as the event has them, digit by digit: values are cut out of the event's
 * JSON text and never parsed.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
import { endOfString, endOfValue, isJson, members } from '../core/json-text.ts';
import { TransformError } from './error.ts';
import { type JsonPath, parsePath, textAt } from './json-path.ts';
import { type Placeholder, parseTemplate, type Template } from './template.ts';

/** As EventBridge's API has it. */
export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>> | undefined;
  readonly InputTemplate: string;
}

export interface Transformer {
  readonly paths: ReadonlyMap<string, JsonPath>;
  readonly template: Template;
}

/** What placeholders can name besides the event's own values. */
export interface Reserved {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly ingestedAtMs: number;
}

const RESERVED = new Map<string, (event: string, reserved: Reserved) => string>([
  ['aws.events.rule-arn', (_, { ruleArn }) => JSON.stringify(ruleArn)],
  ['aws.events.rule-name', (_, { ruleName }) => JSON.stringify(ruleName)],
  [
    'aws.events.event.ingestion-time',
    (_, { ingestedAtMs }) => JSON.stringify(new Date(ingestedAtMs)),
  ],
  ['aws.events.event', withoutDetail],
  ['aws.events.event.json', (event) => event],
]);

/**
 * Checks what PutTargets checks. The error names the placeholder when it is unknown ("InputTemplate
 * for target T contains invalid placeholder K.") or stands for a key.
 */
export function compileTransformer(input: InputTransformer): Transformer {
  const paths = new Map<string, JsonPath>();
  for (const [name, path] of Object.entries(input.InputPathsMap ?? {})) {
    if (/^aws\./i.test(name)) throw new TransformError(`${name} is a reserved name`, name);
    paths.set(name, parsePath(path));
  }
  const template = parseTemplate(input.InputTemplate);
  for (const part of template.parts) {
    if (typeof part === 'string' || paths.has(part.name) || RESERVED.has(part.name)) continue;
    throw new TransformError(`invalid placeholder ${part.name}`, part.name);
  }
  return { paths, template };
}

export interface Rendered {
  readonly text: string;
  /**
   * True when the template is JSON and what came out is not, because a value inside quotes is an
   * object or holds a quote. EventBridge then delivers nothing.
   */
  readonly broken: boolean;
}

/** Fills in the template. `event` is the event's JSON text. */
export function render(transformer: Transformer, event: string, reserved: Reserved): Rendered {
  const { paths, template } = transformer;
  const values = new Map<string, string | undefined>();
  const lookUp = (name: string) => {
    if (!values.has(name)) {
      const path = paths.get(name);
      const value = path ? textAt(path, event) : RESERVED.get(name)?.(event, reserved);
      values.set(name, value);
    }
    return values.get(name);
  };
  let text = '';
  let risky = false;
  for (const part of template.parts) {
    const inserted = typeof part === 'string' ? part : insert(part, lookUp(part.name), template);
    if (typeof part !== 'string') risky ||= part.quoted && needsEscape(inserted);
    text += inserted;
  }
  return { text, broken: template.kind === 'json' && risky && !isJson(text) };
}

/** What a value becomes where its placeholder stands; without a value, an empty text. */
function insert({ quoted }: Placeholder, value: string | undefined, { kind }: Template): string {
  if (kind === 'json' && !quoted) return value ?? '""';
  if (value === undefined) return '';
  if (kind === 'json' && !value.startsWith('"')) return value;
  return flat(value);
}

/** JSON without its quotes and escapes, as EventBridge writes values into strings. */
function flat(json: string): string {
  let text = '';
  let from = 0;
  for (let at = json.indexOf('"'); at >= 0; at = json.indexOf('"', from)) {
    const end = endOfString(json, at);
    text += json.slice(from, at) + JSON.parse(json.slice(at, end));
    from = end;
  }
  return text + json.slice(from);
}

/** The event but for its detail; the one key with a dash is spelled in camel case here. */
function withoutDetail(event: string): string {
  const kept = members(event, 0).filter(({ key }) => key !== 'detail');
  const written = kept.map(({ key, at }) => {
    const name = key === 'detail-type' ? 'detailType' : key;
    return `${JSON.stringify(name)}:${event.slice(at, endOfValue(event, at))}`;
  });
  return `{${written.join(',')}}`;
}

function needsEscape(text: string): boolean {
  return JSON.stringify(text).length !== text.length + 2;
}
