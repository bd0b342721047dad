import { useEffect, useRef, useState } from 'react';
import { IconButton } from './button.tsx';
import { toast } from './toast.tsx';
import './copy.css';

/** Puts `text` on the clipboard and shows for a moment that it is there. */
export function useCopy(): readonly [boolean, (text: string) => void] {
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (text: string) => {
    copied(text).then(
      () => {
        setDone(true);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setDone(false), 1_500);
      },
      () => toast({ tone: 'fail', text: 'The browser does not let this page copy.' }),
    );
  };
  return [done, copy];
}

/** Browsers give `navigator.clipboard` to https and this machine only. */
async function copied(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('not copied');
}

export interface CopyButtonProps {
  readonly text: string;
  /** What it is: "id", "ARN". */
  readonly what: string;
}

export function CopyButton({ text, what }: CopyButtonProps) {
  const [done, copy] = useCopy();
  const label = done ? 'Copied' : `Copy ${what}`;
  return <IconButton icon={done ? 'check' : 'copy'} label={label} onClick={() => copy(text)} />;
}

/** Text to copy: a command, code. */
export function Code({ text, what = 'code' }: { readonly text: string; readonly what?: string }) {
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus. */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
