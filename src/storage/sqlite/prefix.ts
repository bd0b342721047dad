export * from '../prefix.ts';
