/**
 * The `millrace` command. What a command needs is loaded when it runs, so that help and `env`
 * answer at once and `start` listens early.
 */
import { quietSqlite } from './quiet-sqlite.ts';

quietSqlite();
const { run } = await import('./program.ts');
await run(process.argv);
