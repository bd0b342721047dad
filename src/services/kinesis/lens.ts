/** What Kinesis shows of itself. */
import type { Lens } from '../../delivery/lens.ts';
import { content } from './content.ts';
import { map } from './map.ts';
import { sending } from './sending.ts';

export const lens: Lens = { content, map, sending };
