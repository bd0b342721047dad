/** What Lambda shows of itself. */
import type { Lens } from '../../delivery/lens.ts';
import { map } from './map.ts';
import { sending } from './sending.ts';
import { ways } from './ways.ts';

export const lens: Lens = { map, sending, ways };
