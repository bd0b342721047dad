/** Node's own SQLite, for the query builder; on AWS it would be Aurora and another dialect. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';

/** Functions are processes of their own: one of them writes at a time, the others wait. */
export function openFile(path: string | undefined): DatabaseSync {
  const file = new DatabaseSync(path ?? ':memory:');
  file.exec('PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL');
  return file;
}

export function builderOf<Schema>(file: DatabaseSync): Kysely<Schema> {
  const prepare = (sql: string) => {
    const statement = file.prepare(sql);
    const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...values(parameters)),
      run: (parameters: readonly unknown[]) => statement.run(...values(parameters)),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...values(parameters)),
    };
  };
  const database = { prepare, close: () => file.close() };
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
}
