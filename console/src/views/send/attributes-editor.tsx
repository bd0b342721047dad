import { Button, IconButton } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { type AttributeDraft, isBinary } from './drafts.ts';

export interface AttributesEditorProps {
  readonly attributes: readonly AttributeDraft[];
  readonly onChange: (attributes: readonly AttributeDraft[]) => void;
  readonly error: string | undefined;
}

const TYPES = ['String', 'Number', 'Binary', 'String.Array'];

/** Message attributes, one a row. */
export function AttributesEditor({ attributes, onChange, error }: AttributesEditorProps) {
  const change = (at: number, changed: Partial<AttributeDraft>) =>
    onChange(attributes.map((one, index) => (index === at ? { ...one, ...changed } : one)));
  const add = () => onChange([...attributes, { name: '', type: 'String', value: '' }]);
  return (
    <fieldset className="send-attributes">
      <legend className="field-label">Message attributes</legend>
      {attributes.map((attribute, index) => (
        <AttributeRow
          // biome-ignore lint/suspicious/noArrayIndexKey: names change while they are typed.
          key={index}
          attribute={attribute}
          number={index + 1}
          onChange={(changed) => change(index, changed)}
          onRemove={() => onChange(attributes.filter((_, other) => other !== index))}
        />
      ))}
      {error && <p className="field-error">{error}</p>}
      <Button look="quiet" icon="plus" onClick={add}>
        Add attribute
      </Button>
    </fieldset>
  );
}

interface AttributeRowProps {
  readonly attribute: AttributeDraft;
  readonly number: number;
  readonly onChange: (changed: Partial<AttributeDraft>) => void;
  readonly onRemove: () => void;
}

function AttributeRow({ attribute, number, onChange, onRemove }: AttributeRowProps) {
  const { name, type, value } = attribute;
  const types = TYPES.includes(type) ? TYPES : [...TYPES, type];
  return (
    <div className="send-attribute">
      <Field
        label={`Name of attribute ${number}`}
        quiet
        placeholder="name"
        value={name}
        onChange={(next) => onChange({ name: next })}
      />
      <Select
        label={`Type of attribute ${number}`}
        quiet
        value={type}
        onChange={(next) => onChange({ type: next })}
        options={types.map((one) => ({ value: one, label: one }))}
      />
      <Field
        label={`Value of attribute ${number}`}
        quiet
        mono
        placeholder={isBinary(type) ? 'value in base64' : 'value'}
        value={value}
        onChange={(next) => onChange({ value: next })}
      />
      <IconButton icon="minus" label={`Remove attribute ${number}`} onClick={onRemove} />
    </div>
  );
}
