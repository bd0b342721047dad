import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import './split-pane.css';

export interface SplitPaneProps {
  /** What the second part is, for the handle between the two. */
  readonly label: string;
  readonly children: ReactNode;
  /** The second part; without it the first has all the room. */
  readonly side: ReactNode;
  /** Of the second part, in pixels. */
  readonly size?: number;
  readonly direction?: 'row' | 'column';
}

const LEAST = 220;
const STEP = 32;

/** Two parts and a handle: dragged, or moved by arrow keys. */
export function SplitPane({
  label,
  children,
  side,
  size = 440,
  direction = 'row',
}: SplitPaneProps) {
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(size);
  const across = direction === 'row';
  const resize = (wanted: number) => {
    const all = across ? box.current?.clientWidth : box.current?.clientHeight;
    setRoom(Math.max(LEAST, Math.min((all ?? 1_200) - LEAST, wanted)));
  };
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const rectangle = box.current?.getBoundingClientRect();
    if (!rectangle || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    resize(across ? rectangle.right - event.clientX : rectangle.bottom - event.clientY);
  };
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowLeft: STEP, ArrowUp: STEP, ArrowRight: -STEP, ArrowDown: -STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    resize(room + step);
  };
  return (
    <div ref={box} className={`split split-${direction}`}>
      <div className="split-main">{children}</div>
      {side && (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a rule that is moved is no <hr>. */}
          <div
            role="separator"
            className="split-handle"
            aria-label={`Size of ${label}`}
            aria-orientation={across ? 'vertical' : 'horizontal'}
            aria-valuenow={room}
            aria-valuemin={LEAST}
            tabIndex={0}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={drag}
            onKeyDown={keys}
          />
          <div className="split-side" style={{ flexBasis: room }}>
            {side}
          </div>
        </>
      )}
    </div>
  );
}
