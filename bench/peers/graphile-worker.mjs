/**
 * Graphile Worker doing what `bench/nodes.ts` measures, as a process of its own: started in the
 * folder in which it is installed, told by its parent when to send and when to consume. It takes
 * and completes jobs in batches, as its guide to performance recommends.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.cwd(), 'package.json'));
const graphile = await import(pathToFileURL(require.resolve('graphile-worker')).href);
const { makeWorkerUtils, run, Logger } = graphile;
const { url, messages, body } = JSON.parse(process.argv[2]);

const logger = new Logger(() => () => {});
const utils = await makeWorkerUtils({ connectionString: url, logger });
await utils.migrate();

const steps = {
  send: async () => {
    let left = messages;
    const line = async () => {
      while (left-- > 0) await utils.addJob('bench', { body });
    };
    await Promise.all(Array.from({ length: 32 }, line));
  },
  consume: async () => {
    const { promise: all, resolve } = Promise.withResolvers();
    let done = 0;
    const bench = async () => {
      done += 1;
      if (done === messages) resolve();
    };
    const runner = await run({
      connectionString: url,
      logger,
      taskList: { bench },
      preset: {
        worker: { concurrentJobs: 24, localQueue: { size: 500 }, completeJobBatchDelay: 0 },
      },
    });
    await all;
    await runner.stop();
  },
};

process.on('message', async (step) => {
  await steps[step]();
  process.send(step);
});
process.send('ready');
