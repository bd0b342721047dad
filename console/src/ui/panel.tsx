import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './button.tsx';
import './panel.css';

export interface PanelProps {
  readonly title: ReactNode;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly onClose?: (() => void) | undefined;
  readonly children: ReactNode;
}

/** A part of a view with a title: details of what is chosen. */
export function Panel({ title, actions, onClose, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {actions}
        {onClose && <IconButton icon="close" label="Close" onClick={onClose} />}
      </header>
      <div className="panel-body">{children}</div>
    </section>
  );
}

export interface DrawerProps extends PanelProps {
  readonly onClose: () => void;
}

/** A panel over the right edge of a view; escape closes it. Put it into `position: relative`. */
export function Drawer(props: DrawerProps) {
  const box = useRef<HTMLDivElement>(null);
  const { onClose } = props;
  useEffect(() => {
    const drawer = box.current;
    const before = document.activeElement;
    // Who goes through a list keeps the focus there, and the drawer follows.
    if (!before?.closest('[role="grid"]')) drawer?.focus();
    return () => {
      const now = document.activeElement;
      const isElsewhere = now !== document.body && !drawer?.contains(now);
      if (before instanceof HTMLElement && before.isConnected && !isElsewhere) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: escape works wherever the focus is.
    <div
      ref={box}
      className="drawer"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <Panel {...props} />
    </div>
  );
}
