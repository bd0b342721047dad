/** The fields of each kind of thing that can be sent. */
import type { ComponentType } from 'react';
import { BodyEditor } from '../../ui/body-editor.tsx';
import { Editor } from '../../ui/editor.tsx';
import { Field, Switch } from '../../ui/field.tsx';
import { AttributesEditor } from './attributes-editor.tsx';
import type { Draft, Faults, SendForm } from './drafts.ts';

export interface FormProps {
  readonly draft: Draft;
  readonly onChange: (changed: Partial<Draft>) => void;
  readonly faults: Faults;
  readonly arn: string;
  /** Another edition of something. */
  readonly again: boolean;
  readonly onSubmit: () => void;
}

const LINES = 14;

function EventForm({ draft, onChange, faults, onSubmit }: FormProps) {
  return (
    <>
      <div className="send-pair">
        <Field
          label="Source"
          placeholder="shop.orders"
          value={draft.source}
          onChange={(source) => onChange({ source })}
          error={faults.source}
        />
        <Field
          label="Detail type"
          placeholder="OrderPlaced"
          value={draft.detailType}
          onChange={(detailType) => onChange({ detailType })}
          error={faults.detailType}
        />
      </div>
      <JsonBody label="Detail" {...{ draft, onChange, faults, onSubmit }} />
      <Field
        label="Resources"
        mono
        placeholder="ARNs that the event is about, with commas between them; optional"
        value={draft.resources.replaceAll('\n', ', ')}
        onChange={(resources) => onChange({ resources })}
      />
    </>
  );
}

function NotificationForm(props: FormProps) {
  const { draft, onChange, faults } = props;
  return (
    <>
      <Field
        label="Subject"
        placeholder="optional"
        value={draft.subject}
        onChange={(subject) => onChange({ subject })}
      />
      <Text label="Message" {...props} />
      <InOrder {...props} />
      <AttributesEditor
        attributes={draft.attributes}
        onChange={(attributes) => onChange({ attributes })}
        error={faults.attributes}
      />
    </>
  );
}

function MessageForm(props: FormProps) {
  const { draft, onChange, faults, arn } = props;
  return (
    <>
      <Text label="Body" {...props} />
      <InOrder {...props} />
      <AttributesEditor
        attributes={draft.attributes}
        onChange={(attributes) => onChange({ attributes })}
        error={faults.attributes}
      />
      {!arn.endsWith('.fifo') && (
        <Field
          label="Delay in seconds"
          inputMode="numeric"
          placeholder="as the queue says"
          value={draft.delaySeconds}
          onChange={(delaySeconds) => onChange({ delaySeconds })}
          error={faults.delaySeconds}
        />
      )}
    </>
  );
}

/** What keeps messages in order, where the queue or topic does. */
function InOrder({ draft, onChange, faults, arn, again }: FormProps) {
  if (!arn.endsWith('.fifo')) return null;
  return (
    <div className="send-pair">
      <Field
        label="Message group"
        mono
        value={draft.group}
        onChange={(group) => onChange({ group })}
        error={faults.group}
      />
      <Field
        label="Deduplication id"
        mono
        disabled={again}
        placeholder={again ? 'made anew' : 'by the content, where the queue or topic does so'}
        value={again ? '' : draft.dedupId}
        onChange={(dedupId) => onChange({ dedupId })}
        hint={again && 'With the first one’s it would be taken for the first.'}
      />
    </div>
  );
}

function RecordForm(props: FormProps) {
  const { draft, onChange, faults } = props;
  return (
    <>
      <Field
        label="Partition key"
        mono
        value={draft.partitionKey}
        onChange={(partitionKey) => onChange({ partitionKey })}
        error={faults.partitionKey}
      />
      <Text label="Data" {...props} />
      <Switch
        label="The data is written in base64"
        checked={draft.isBase64}
        onChange={(isBase64) => onChange({ isBase64, body: { ...draft.body, form: 'text' } })}
      />
    </>
  );
}

function InvocationForm({ draft, onChange, faults, onSubmit }: FormProps) {
  return (
    <JsonBody label="Input" {...{ draft, onChange, faults, onSubmit }}>
      Empty is sent as no input at all.
    </JsonBody>
  );
}

interface BodyProps {
  readonly label: string;
  readonly draft: Draft;
  readonly onChange: (changed: Partial<Draft>) => void;
  readonly faults: Faults;
  readonly onSubmit: () => void;
  readonly children?: string;
}

function Text({ label, draft, onChange, faults, onSubmit }: BodyProps) {
  return (
    <BodyEditor
      label={label}
      value={draft.body}
      onChange={(body) => onChange({ body })}
      error={faults.body}
      lines={LINES}
      onSubmit={onSubmit}
    />
  );
}

/** What can be nothing but JSON. */
function JsonBody({ label, draft, onChange, faults, onSubmit, children = '' }: BodyProps) {
  return (
    <Editor
      label={label}
      value={draft.body.text}
      onChange={(text) => onChange({ body: { form: 'json', text } })}
      error={faults.body}
      hint={children}
      lines={LINES}
      onSubmit={onSubmit}
    />
  );
}

export const FORMS: Readonly<Record<SendForm, ComponentType<FormProps>>> = {
  event: EventForm,
  notification: NotificationForm,
  message: MessageForm,
  record: RecordForm,
  invocation: InvocationForm,
};
