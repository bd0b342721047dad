/** The whole map in small, while not all of it is in view. */
import { MiniMap, type Node, useStore } from '@xyflow/react';
import { useMemo } from 'react';
import { boundsOf } from '../../../graph/bounds.ts';
import type { Picture } from './picture.ts';

export function Overview({ picture }: { readonly picture: Picture }) {
  const bounds = useMemo(() => boundsOf(picture.boxes.values()), [picture]);
  const isAllSeen = useStore(({ transform: [x, y, zoom], width, height }) => {
    const [left, top] = [bounds.x * zoom + x, bounds.y * zoom + y];
    const [right, bottom] = [left + bounds.width * zoom, top + bounds.height * zoom];
    return left >= -SLACK && top >= -SLACK && right <= width + SLACK && bottom <= height + SLACK;
  });
  if (isAllSeen) return null;
  return <MiniMap pannable zoomable ariaLabel="The whole map" nodeClassName={classOf} />;
}

const SLACK = 8;

function classOf({ id, type }: Node): string {
  return type === 'frame' ? 'mini-frame' : id.startsWith('group:') ? 'mini-group' : 'mini-node';
}
