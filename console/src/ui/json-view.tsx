/** JSON to read: folded below the second level, long lists in parts. */
import { type ReactNode, useState } from 'react';
import { Digits, parsedExact } from '../api/exact-json.ts';
import { Icon } from './icon.tsx';
import './json-view.css';

export interface JsonViewProps {
  readonly value: unknown;
  /** Levels that are open at first. */
  readonly open?: number;
}

export function JsonView({ value, open = 2 }: JsonViewProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus.
    <div className="json" tabIndex={0}>
      <Value value={value} open={open} name={undefined} last />
    </div>
  );
}

interface ValueProps {
  readonly value: unknown;
  readonly open: number;
  readonly name: string | undefined;
  readonly last: boolean;
}

function Value(props: ValueProps) {
  const { value, name, last } = props;
  if (isGroup(value) && Object.keys(value).length > 0) {
    return <Group {...props} value={value} />;
  }
  return (
    <div className="json-line">
      <Name name={name} />
      <Plain value={value} />
      {!last && ','}
    </div>
  );
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Digits);
}

function Name({ name }: { readonly name: string | undefined }) {
  if (name === undefined) return null;
  return (
    <>
      <span className="json-name">{JSON.stringify(name)}</span>
      {': '}
    </>
  );
}

function Plain({ value }: { readonly value: unknown }): ReactNode {
  if (value instanceof Digits) return <span className="json-number">{value.text}</span>;
  const kind = value === null ? 'null' : typeof value;
  return <span className={`json-${kind}`}>{JSON.stringify(value) ?? 'undefined'}</span>;
}

/** Members shown at once; more are asked for. */
const PART = 100;

interface GroupProps extends ValueProps {
  readonly value: object;
}

function Group({ value, open, name, last }: GroupProps) {
  const [isOpen, setOpen] = useState(open > 0);
  const [shown, setShown] = useState(PART);
  const list = Array.isArray(value);
  const members = Object.entries(value);
  const [start, end] = list ? ['[', ']'] : ['{', '}'];
  const what = `${members.length} ${list ? 'items' : 'members'}`;
  return (
    <div>
      <div className="json-line">
        <button
          type="button"
          className="json-fold"
          aria-expanded={isOpen}
          aria-label={`${name ?? 'value'}, ${what}`}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name={isOpen ? 'down' : 'right'} size={12} />
        </button>
        <Name name={name} />
        {start}
        {!isOpen && <Folded what={what} end={last ? end : `${end},`} />}
      </div>
      {isOpen && (
        <>
          <div className="json-members">
            {members.slice(0, shown).map(([key, member], index) => (
              <Value
                key={key}
                name={list ? undefined : key}
                value={member}
                open={open - 1}
                last={index === members.length - 1}
              />
            ))}
            {members.length > shown && (
              <button type="button" className="json-more" onClick={() => setShown(shown + PART)}>
                {members.length - shown} more
              </button>
            )}
          </div>
          <div className="json-line">
            {end}
            {!last && ','}
          </div>
        </>
      )}
    </div>
  );
}

function Folded({ what, end }: { readonly what: string; readonly end: string }) {
  return (
    <>
      <span className="json-what"> {what} </span>
      {end}
    </>
  );
}

/** JSON where `text` is JSON, and the text where it is not. */
export function TextOrJson({ text }: { readonly text: string }) {
  const value = parsed(text);
  if (value !== undefined) return <JsonView value={value} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus.
    <pre className="json" tabIndex={0}>
      {text}
    </pre>
  );
}

function parsed(text: string): unknown {
  try {
    const value = parsedExact(text);
    return isGroup(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
