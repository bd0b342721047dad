/** The box around an open group. */
import type { Node, NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import './frame.css';

export type FrameNode = Node<
  { readonly name: string; readonly count: number; readonly onClose: (name: string) => void },
  'frame'
>;

export const Frame = memo(function Frame({ data }: NodeProps<FrameNode>) {
  const { name, count, onClose } = data;
  return (
    <section className="frame" aria-label={`Group ${name}`}>
      <header className="frame-head">
        <span className="frame-name">{name}</span>
        <span className="frame-count">{count}</span>
        <IconButton icon="minus" label={`Close group ${name}`} onClick={() => onClose(name)} />
      </header>
    </section>
  );
});
