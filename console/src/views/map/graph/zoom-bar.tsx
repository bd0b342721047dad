import { Panel, useReactFlow } from '@xyflow/react';
import { IconButton } from '../../../ui/button.tsx';

export function ZoomBar({ onFit }: { readonly onFit: () => void }) {
  const flow = useReactFlow();
  return (
    <Panel position="bottom-left" className="zoom-bar">
      <IconButton icon="plus" label="Zoom in" onClick={() => flow.zoomIn({ duration: 120 })} />
      <IconButton icon="minus" label="Zoom out" onClick={() => flow.zoomOut({ duration: 120 })} />
      <IconButton icon="fit" label="Show all" onClick={onFit} />
    </Panel>
  );
}
