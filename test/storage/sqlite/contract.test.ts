import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { storageContract } from '../contract.ts';
import { emptyDirectory } from './directory.ts';

storageContract('SQLite in memory', () => openSqlite({ path: ':memory:' }));
storageContract('SQLite on disk', () =>
  openSqlite({ path: emptyDirectory(), reserveBytes: 0, durability: 'process' }),
);
