import { useId } from 'react';
import { type Body, isJson } from './body-text.ts';
import { Editor } from './editor.tsx';
import { Segments } from './segments.tsx';
import './body-editor.css';

export interface BodyEditorProps {
  readonly label: string;
  readonly value: Body;
  readonly onChange: (value: Body) => void;
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
  readonly lines?: number;
  readonly onSubmit?: () => void;
}

const FORMS = [
  { name: 'json', label: 'JSON' },
  { name: 'text', label: 'Text' },
] as const;

/** Edits a text that is mostly JSON, and need not be: a message's body, a notification. */
export function BodyEditor(props: BodyEditorProps) {
  const { label, value, onChange, error, hint, lines = 6 } = props;
  const { form, text } = value;
  const broken = form === 'json' && text.trim() !== '' && !isJson(text);
  return (
    <div className="body-editor">
      <div className="body-editor-form">
        <Segments
          label={`${label}: form`}
          segments={FORMS}
          value={form}
          onChange={(next) => onChange({ form: next, text })}
        />
      </div>
      {form === 'json' ? (
        <Editor
          label={label}
          value={text}
          error={error}
          hint={broken ? 'This is no JSON. It will be sent as it stands.' : (hint ?? '')}
          lines={lines}
          onChange={(next) => onChange({ form, text: next })}
          {...(props.onSubmit && { onSubmit: props.onSubmit })}
        />
      ) : (
        <PlainText {...props} lines={lines} />
      )}
    </div>
  );
}

function PlainText({ label, value, onChange, error, hint, lines }: BodyEditorProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className="field-label">
        {label}
      </label>
      <textarea
        id={id}
        className="input mono"
        rows={lines}
        spellCheck={false}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${id}-more` : undefined}
        value={value.text}
        onChange={(event) => onChange({ form: 'text', text: event.target.value })}
      />
      {(error || hint) && (
        <p id={`${id}-more`} className={error ? 'field-error' : 'field-hint'}>
          {error || hint}
        </p>
      )}
    </div>
  );
}
