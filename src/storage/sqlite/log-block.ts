export * from '../log-block.ts';
