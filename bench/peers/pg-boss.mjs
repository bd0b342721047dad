/**
 * pg-boss doing what `bench/nodes.ts` measures, as a process of its own: started in the folder in
 * which it is installed, told by its parent when to send and when to consume.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.cwd(), 'package.json'));
const { PgBoss } = await import(pathToFileURL(require.resolve('pg-boss')).href);
const { url, messages, body } = JSON.parse(process.argv[2]);

const boss = new PgBoss({ connectionString: url, max: 10, supervise: false, schedule: false });
boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue('bench');

/** `width` at a time, until `more` says no. */
async function together(width, more) {
  const line = async () => {
    while (await more());
  };
  await Promise.all(Array.from({ length: width }, line));
}

const steps = {
  send: async () => {
    let left = messages;
    await together(32, async () => {
      if (left-- <= 0) return false;
      await boss.send('bench', { body });
      return true;
    });
  },
  consume: () =>
    together(16, async () => {
      const jobs = await boss.fetch('bench', { batchSize: 10 });
      if (jobs.length === 0) return false;
      await boss.complete(
        'bench',
        jobs.map(({ id }) => id),
      );
      return true;
    }),
};

process.on('message', async (step) => {
  await steps[step]();
  process.send(step);
});
process.send('ready');
