export * from '../block-cache.ts';
