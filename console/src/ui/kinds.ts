/** Kinds of resources, as they are shown. */
import type { NodeKind } from '../../../src/admin-api/index.ts';

export type ShownKind = NodeKind | 'dead-letter-queue' | 'group';

/** How people name a kind, and several of it. */
export const KIND_WORDS: Readonly<Record<ShownKind, readonly [one: string, many: string]>> = {
  bus: ['bus', 'buses'],
  rule: ['rule', 'rules'],
  topic: ['topic', 'topics'],
  queue: ['queue', 'queues'],
  'dead-letter-queue': ['dead-letter queue', 'dead-letter queues'],
  function: ['function', 'functions'],
  stream: ['stream', 'streams'],
  table: ['table', 'tables'],
  archive: ['archive', 'archives'],
  endpoint: ['endpoint', 'endpoints'],
  'log-group': ['log group', 'log groups'],
  other: ['resource', 'resources'],
  group: ['group', 'groups'],
};
