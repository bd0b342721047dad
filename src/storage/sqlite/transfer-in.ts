/**
 * Makes a data folder of what another engine gave away. The folder appears when all is in it: see
 * `folder.ts`. What memory knows of queues and logs is made anew when the folder is opened.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Importing, Item } from '../transfer.ts';
import { COMMIT_FILE, commitText } from './commit-number.ts';
import { connect } from './database.ts';
import { beginFolder, giveUpFolder, moveOut } from './folder.ts';
import { LogFilling } from './log-filling.ts';
import { migrate } from './migrations.ts';
import { QueueFilling } from './queue-filling.ts';
import { TableFilling } from './table-filling.ts';

/** All of it counts as the first commit. */
const COMMIT = 1;

export function importSqlite(path: string): Importing {
  const inside = beginFolder(path);
  const database = connect(inside, 'process');
  migrate(database);
  const { sql } = database;
  const queues = new QueueFilling(sql);
  const logs = new LogFilling(sql);
  const tables = new TableFilling(sql);
  let last = 0;

  const takeOne = (item: Item): void => {
    if (item.kind === 'given') last = item.last;
    else if (item.kind === 'message') queues.message(item);
    else if (item.kind === 'remembered') queues.remembered(item);
    else if (item.kind === 'log') logs.begin(item);
    else if (item.kind === 'record') logs.record(item);
    else tables.row(item);
  };

  return {
    take: async (items) => {
      sql.exec('BEGIN');
      queues.beginList();
      for (const item of items) takeOne(item);
      sql.exec('COMMIT');
    },
    finish: async () => {
      logs.finish();
      sql.prepare('UPDATE progress SET commits = ?, sequence = ?').run(COMMIT, last);
      sql.close();
      writeFileSync(join(inside, COMMIT_FILE), commitText(COMMIT));
      moveOut(path);
    },
    abandon: async () => {
      sql.close();
      giveUpFolder(path);
    },
  };
}
