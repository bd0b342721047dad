/** What SQS shows of itself. */
import type { Lens } from '../../delivery/lens.ts';
import { depths } from './depths.ts';
import { map } from './map.ts';
import { sending } from './sending.ts';

export const lens: Lens = { map, depths, sending };
