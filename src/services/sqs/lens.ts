/** What SQS shows of itself. */
import type { Lens } from '../../delivery/lens.ts';
import { depths } from './depths.ts';
import { map } from './map.ts';

export const lens: Lens = { map, depths };
