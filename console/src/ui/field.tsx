import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  useId,
} from 'react';
import './field.css';

interface Labelled {
  readonly label: string;
  /** The label is for screen readers only: what stands around says it to the eye. */
  readonly quiet?: boolean;
  readonly hint?: ReactNode;
  /** Why the value cannot be used. */
  readonly error?: string | undefined;
}

type Input = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'className' | 'style'>;

export interface FieldProps extends Labelled, Input {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Ids, ARNs, patterns. */
  readonly mono?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

export function Field({ label, quiet, hint, error, mono, onChange, ...rest }: FieldProps) {
  const id = useId();
  return (
    <Around id={id} {...{ label, quiet, hint, error }}>
      <input
        id={id}
        className={mono ? 'input mono' : 'input'}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${id}-more` : undefined}
        autoComplete="off"
        spellCheck={false}
        {...rest}
        onChange={(event) => onChange(event.target.value)}
      />
    </Around>
  );
}

interface AroundProps {
  readonly id: string;
  readonly label: string;
  readonly quiet?: boolean | undefined;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly children: ReactNode;
}

function Around({ id, label, quiet, hint, error, children }: AroundProps) {
  return (
    <div className="field">
      <label htmlFor={id} className={quiet ? 'unseen' : 'field-label'}>
        {label}
      </label>
      {children}
      {(error || hint) && (
        <p id={`${id}-more`} className={error ? 'field-error' : 'field-hint'}>
          {error || hint}
        </p>
      )}
    </div>
  );
}

type NativeSelect = Omit<
  SelectHTMLAttributes<HTMLSelectElement>,
  'onChange' | 'className' | 'style' | 'value'
>;

export interface SelectProps<Value extends string> extends Labelled, NativeSelect {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
}

/** The system's own: it works with every keyboard, reader and screen. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, quiet, hint, error, options, onChange, value, ...rest } = props;
  const id = useId();
  return (
    <Around id={id} {...{ label, quiet, hint, error }}>
      <select
        id={id}
        className="input select"
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${id}-more` : undefined}
        value={value}
        {...rest}
        onChange={({ target }) => {
          const chosen = options.find((option) => option.value === target.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Around>
  );
}

export interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}

export function Switch({ label, checked, onChange, disabled = false }: SwitchProps) {
  return (
    <label className="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={checked}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="switch-track" aria-hidden="true" />
      {label}
    </label>
  );
}
