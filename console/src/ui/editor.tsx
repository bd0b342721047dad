/** A JSON editor; CodeMirror is loaded when the first one is shown. */
import { lazy, Suspense, useId } from 'react';
import './editor.css';

export interface EditorProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with it, besides not being JSON, which the editor marks itself. */
  readonly error?: string | undefined;
  readonly hint?: string;
  /** Ctrl or Cmd with Enter. */
  readonly onSubmit?: () => void;
  /** Lines it has room for, at least. */
  readonly lines?: number;
}

const Loaded = lazy(() =>
  import('./editor-codemirror.tsx').then(({ CodeMirrorEditor }) => ({ default: CodeMirrorEditor })),
);

export function Editor(props: EditorProps) {
  const { label, error, hint, lines = 6 } = props;
  const id = useId();
  const height = lines * 20 + 12;
  return (
    <div className="field">
      <span id={id} className="field-label">
        {label}
      </span>
      <div className="editor" data-invalid={error ? true : undefined} style={{ minHeight: height }}>
        <Suspense fallback={<pre className="editor-wait">{props.value}</pre>}>
          <Loaded {...props} />
        </Suspense>
      </div>
      {(error || hint) && (
        <p className={error ? 'field-error' : 'field-hint'} role={error ? 'alert' : undefined}>
          {error || hint}
        </p>
      )}
    </div>
  );
}
