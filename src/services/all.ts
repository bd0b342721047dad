/** Every service that is built. */
import { logs } from './logs/index.ts';
import type { Service } from './service.ts';

export const allServices: readonly Service[] = [logs];
