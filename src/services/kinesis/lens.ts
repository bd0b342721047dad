/** What Kinesis shows of itself. */
import type { Lens } from '../../delivery/lens.ts';
import { map } from './map.ts';
import { sending } from './sending.ts';

export const lens: Lens = { map, sending };
