/** Every service that is built. */
import type { Service } from './service.ts';

export const allServices: readonly Service[] = [];
