/**
 * What is being written before it is sent, and the way to and from the admin API's `content`. One
 * draft serves all kinds, so that what was written stays when another target is chosen.
 */
import type { Form, MessageAttribute } from '../../../../src/admin-api/index.ts';
import { arnParts, kindOf } from '../../ui/arns.ts';
import { decoded, encoded } from '../../ui/base64.ts';
import { type Body, bodyOf, jsonFault, NO_BODY, textOf } from '../../ui/body-text.ts';

export type SendForm = Exclude<Form, 'change'>;

export interface AttributeDraft {
  readonly name: string;
  readonly type: string;
  /** Base64 where the type is binary. */
  readonly value: string;
}

export interface Draft {
  /** Detail, message, body, data or payload. */
  readonly body: Body;
  readonly source: string;
  readonly detailType: string;
  /** ARNs, each on its own line or after a comma. */
  readonly resources: string;
  readonly subject: string;
  readonly attributes: readonly AttributeDraft[];
  readonly group: string;
  readonly dedupId: string;
  readonly delaySeconds: string;
  readonly partitionKey: string;
  /** A record's data that is no text is edited in base64. */
  readonly isBase64: boolean;
  /** What else the first edition was sent with; goes along as it is. */
  readonly rest: Members;
}

export type Members = Readonly<Record<string, unknown>>;

export const EMPTY: Draft = {
  body: NO_BODY,
  source: '',
  detailType: '',
  resources: '',
  subject: '',
  attributes: [],
  group: '',
  dedupId: '',
  delaySeconds: '',
  partitionKey: '',
  isBase64: false,
  rest: {},
};

const FORMS: Readonly<Record<string, SendForm>> = {
  bus: 'event',
  topic: 'notification',
  queue: 'message',
  stream: 'record',
  function: 'invocation',
};

/** What is sent to `arn`; undefined where nothing can be. */
export function formOf(arn: string): SendForm | undefined {
  return arnParts(arn) && FORMS[kindOf(arn)];
}

/** The first draft of another edition of something. */
export function draftOf(form: SendForm, content: unknown): Draft {
  const members = typeof content === 'object' && content !== null ? (content as Members) : {};
  return { ...EMPTY, ...READ[form](members) };
}

const READ: Readonly<Record<SendForm, (content: Members) => Partial<Draft>>> = {
  event: ({ source, 'detail-type': type, detail, resources }) => ({
    source: asText(source),
    detailType: asText(type),
    body: bodyOf(JSON.stringify(detail ?? {})),
    resources: Array.isArray(resources) ? resources.join('\n') : '',
  }),
  notification: ({ Message, Subject, ...others }) => ({
    body: bodyOf(asText(Message)),
    subject: asText(Subject),
    ...withMessages(others),
  }),
  message: ({ MessageBody, DelaySeconds, ...others }) => ({
    body: bodyOf(asText(MessageBody)),
    delaySeconds: asText(DelaySeconds),
    ...withMessages(others),
  }),
  record: ({ Data, PartitionKey, ...rest }) => {
    const text = decoded(asText(Data));
    return {
      body: bodyOf(text ?? asText(Data)),
      isBase64: text === undefined,
      partitionKey: asText(PartitionKey),
      rest,
    };
  },
  invocation: ({ payload }) => ({ body: bodyOf(asText(payload)) }),
};

function withMessages(others: Members): Partial<Draft> {
  const { MessageAttributes, MessageGroupId, MessageDeduplicationId, ...rest } = others;
  return {
    attributes: attributesOf(MessageAttributes),
    group: asText(MessageGroupId),
    dedupId: asText(MessageDeduplicationId),
    rest,
  };
}

function attributesOf(value: unknown): readonly AttributeDraft[] {
  const attributes = Object.entries((value ?? {}) as Readonly<Record<string, MessageAttribute>>);
  return attributes.map(([name, { DataType, StringValue, BinaryValue }]) => ({
    name,
    type: DataType,
    value: StringValue ?? BinaryValue ?? '',
  }));
}

function asText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

/** `content` as the API takes it. */
export function contentOf(form: SendForm, draft: Draft): Members {
  return WRITTEN[form](draft);
}

const WRITTEN: Readonly<Record<SendForm, (draft: Draft) => Members>> = {
  event: ({ source, detailType, body, resources }) => ({
    source,
    'detail-type': detailType,
    // As text it keeps digits that a number of JSON.parse has not.
    detail: textOf(body),
    ...given({ resources: listOf(resources) }),
  }),
  notification: (draft) => ({
    ...draft.rest,
    Message: textOf(draft.body),
    ...given({ Subject: draft.subject }),
    ...messages(draft),
  }),
  message: (draft) => ({
    ...draft.rest,
    MessageBody: textOf(draft.body),
    ...(draft.delaySeconds.trim() && { DelaySeconds: Number(draft.delaySeconds) }),
    ...messages(draft),
  }),
  record: ({ body, isBase64, partitionKey, rest }) => ({
    ...rest,
    Data: isBase64 ? body.text.trim() : encoded(textOf(body)),
    PartitionKey: partitionKey,
  }),
  invocation: ({ body }) => ({ payload: textOf(body) }),
};

function messages({ attributes, group, dedupId }: Draft): Members {
  const written = attributes.map(({ name, type, value }) => [
    name,
    { DataType: type, [isBinary(type) ? 'BinaryValue' : 'StringValue']: value },
  ]);
  return {
    ...(written.length > 0 && { MessageAttributes: Object.fromEntries(written) }),
    ...given({ MessageGroupId: group, MessageDeduplicationId: dedupId }),
  };
}

export function isBinary(type: string): boolean {
  return type === 'Binary' || type.startsWith('Binary.');
}

function listOf(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .map((one) => one.trim())
    .filter(Boolean);
}

/** Without what is empty. */
function given(members: Readonly<Record<string, string | readonly string[]>>): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value.length > 0));
}

export type Faults = Partial<Record<keyof Draft, string>>;

/** Why a draft cannot be sent yet, by its member; the server says the rest. */
export function faultsOf(form: SendForm, arn: string, draft: Draft): Faults {
  const fifo = arn.endsWith('.fifo') && (form === 'message' || form === 'notification');
  return {
    ...CHECKED[form](draft),
    ...(fifo && draft.group === '' && { group: 'A FIFO queue or topic needs a message group.' }),
  };
}

const CHECKED: Readonly<Record<SendForm, (draft: Draft) => Faults>> = {
  event: ({ source, detailType, body }) => ({
    ...(source === '' && { source: 'Who tells this? An event needs a source.' }),
    ...(detailType === '' && { detailType: 'What happened? An event needs a detail type.' }),
    ...fault('body', objectFault(textOf(body))),
  }),
  notification: (draft) => ({
    ...(textOf(draft.body) === '' && { body: 'A notification needs a message.' }),
    ...fault('attributes', attributesFault(draft.attributes)),
  }),
  message: (draft) => ({
    ...(textOf(draft.body) === '' && { body: 'A message needs a body.' }),
    ...fault('delaySeconds', delayFault(draft.delaySeconds)),
    ...fault('attributes', attributesFault(draft.attributes)),
  }),
  record: ({ partitionKey, body, isBase64 }) => ({
    ...(partitionKey === '' && { partitionKey: 'A record needs a partition key.' }),
    ...(isBase64 && !isBase64Text(body.text) && { body: 'This is no base64.' }),
  }),
  invocation: ({ body }) => {
    const text = textOf(body);
    return fault('body', text === '' ? undefined : jsonFault(text));
  },
};

function fault(member: keyof Draft, words: string | undefined): Faults {
  return words === undefined ? {} : { [member]: words };
}

function objectFault(text: string): string | undefined {
  const words = jsonFault(text);
  if (words !== undefined) return text.trim() === '' ? 'A detail is a JSON object.' : words;
  return text.trim().startsWith('{') ? undefined : 'A detail is a JSON object.';
}

function attributesFault(attributes: readonly AttributeDraft[]): string | undefined {
  const names = attributes.map(({ name }) => name);
  if (names.includes('')) return 'Each attribute needs a name.';
  if (new Set(names).size < names.length) return 'Two attributes have the same name.';
  const wrong = attributes.find(({ type, value }) => isBinary(type) && !isBase64Text(value));
  if (wrong) return `${wrong.name} is binary, and its value is no base64.`;
  const empty = attributes.find(({ value }) => value === '');
  return empty && `${empty.name} has no value.`;
}

function delayFault(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const seconds = Number(text);
  const known = Number.isInteger(seconds) && seconds >= 0 && seconds <= 900;
  return known ? undefined : 'Whole seconds from 0 to 900.';
}

function isBase64Text(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text.trim()) && text.trim().length % 4 === 0;
}
