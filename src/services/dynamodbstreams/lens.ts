/** What DynamoDB Streams shows of itself. */
import type { Lens } from '../../delivery/lens.ts';
import { content } from './content.ts';
import { map } from './map.ts';

export const lens: Lens = { content, map };
